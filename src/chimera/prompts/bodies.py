"""What a version of a prompt or persona says, as it is kept: JSON text that never changes."""

from typing import Final, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Struct

Value: TypeAlias = object
"""What JSON can say."""
VariableType: TypeAlias = Literal["string", "integer", "number", "boolean", "list", "object"]


class Variable(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that whoever uses the prompt fills in.

    Attributes:
        default: Taken where nothing is given; `None` for none.
        choices: Of a string: nothing else will do, unless there are none.
    """

    name: str
    type: VariableType = "string"
    required: bool = True
    default: Value = None
    choices: tuple[str, ...] = ()
    description: str = ""


class Example(Struct, frozen=True, kw_only=True):
    """A question and how it should be answered."""

    input: str
    output: str


class Sections(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The parts of a system prompt, each a template."""

    identity: str = ""
    capabilities: tuple[str, ...] = ()
    guidelines: tuple[str, ...] = ()
    format: str = ""
    constraints: tuple[str, ...] = ()


class PromptBody(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A prompt: a text, sections, or both, and examples; in all of them variables are filled in."""

    text: str = ""
    sections: Sections = Sections()
    examples: tuple[Example, ...] = ()
    variables: tuple[Variable, ...] = ()


class PromptUse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A prompt as somebody uses it: one version, or whichever a label stands for."""

    id: UUID
    version: int | None = None
    label: str | None = None
    variables: dict[str, Value] = msgspec.field(default_factory=dict)


class PersonaBody(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody that a model plays.

    Attributes:
        text: What it is told; or `prompt`, which goes before it.
        greeting: What a person reads before they say anything; no model is shown it.
        starters: What a person may begin with.
    """

    avatar: str = ""
    colour: str = ""
    model: str | None = None
    temperature: float | None = None
    text: str = ""
    prompt: PromptUse | None = None
    greeting: str = ""
    starters: tuple[str, ...] = ()


Body: TypeAlias = PromptBody | PersonaBody
_ENCODER: Final = msgspec.json.Encoder()
_PROMPT: Final = msgspec.json.Decoder(PromptBody)
_PERSONA: Final = msgspec.json.Decoder(PersonaBody)
_USE: Final = msgspec.json.Decoder(PromptUse)


def encode_body(body: Body | PromptUse) -> str:
    return _ENCODER.encode(body).decode()


def decode_prompt(kept: str) -> PromptBody:
    return _PROMPT.decode(kept)


def decode_persona(kept: str) -> PersonaBody:
    return _PERSONA.decode(kept)


def decode_use(kept: str | None) -> PromptUse | None:
    return None if kept is None else _USE.decode(kept)
