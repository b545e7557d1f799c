"""The body of `:generateContent` as our request. The model's name stands in the address.

What the language has no word for is of two kinds: what would make the answer something else (another modality, built-in
tools, a cached prompt) can only be forwarded; what merely tunes it is named as lost where it cannot go along.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta, Raw, Struct, field

from chimera.kit.errors import InvalidRequestError
from chimera.llm import Original, Request, Text
from chimera.wires.bodies import MEMBERS, decode_body
from chimera.wires.gemini.content import ORIGIN
from chimera.wires.gemini.decoding.content import Decoded, WireContent, WirePart, listed
from chimera.wires.gemini.decoding.generation import GenerationConfig, decode_generation, generation_beyond
from chimera.wires.gemini.decoding.tools import ToolConfig, decode_choice, decode_tools
from chimera.wires.gemini.spelling import camel, in_camel_case

WIRE = ORIGIN
SSE, ARRAY, WHOLE = "streamGenerateContent?alt=sse", "streamGenerateContent", "generateContent"
"""The operations: events, a JSON array that grows, one answer."""

_Contents: TypeAlias = Annotated[list[WireContent], Meta(max_length=100_000)]


class _Body(Struct, frozen=True, gc=False, rename="camel"):
    contents: _Contents | WireContent | None = None
    system_instruction: WireContent | str | None = None
    tools: Annotated[list[dict[str, Raw]], Meta(max_length=1024)] | dict[str, Raw] | None = None
    tool_config: ToolConfig | None = None
    generation_config: GenerationConfig | None = None
    fallback_models: Annotated[list[str], Meta(max_length=16)] = field(default_factory=list[str])


_OURS = frozenset({"fallbackModels", "model"})
_KNOWN = _OURS | {"contents", "systemInstruction", "tools", "toolConfig", "generationConfig", "cachedContent"}
_body = msgspec.json.Decoder(_Body)


@dataclass(frozen=True, slots=True, kw_only=True)
class GeminiCall:
    """What the body asks, and how it wants the answer.

    Attributes:
        shows_thoughts: Whether reasoning is shown (`thinkingConfig.includeThoughts`), or only carried along.
        fallback_models: Our extension `fallbackModels`: models to ask in turn when the first fails.
    """

    request: Request
    shows_thoughts: bool
    fallback_models: tuple[str, ...]


def decode_request(body: bytes, *, model: str, operation: str = WHOLE) -> GeminiCall:
    """Return the call that a JSON body asks for.

    Raises:
        InvalidRequestError: for a body that is no request, with the path of the field.
    """
    try:
        return _decoded(body, model, operation)
    except RecursionError as error:
        raise InvalidRequestError("The body is nested too deeply.") from error
    except UnicodeDecodeError as error:
        raise InvalidRequestError("The body is not valid JSON in UTF-8.") from error


def _decoded(body: bytes, model: str, operation: str) -> GeminiCall:
    fields = {name: raw for name, raw in decode_body(body, MEMBERS).items() if bytes(raw) != b"null"}
    plain = in_camel_case(body)
    told = decode_body(plain, _body)
    conversation = _conversation(told.contents)
    generation = told.generation_config or GenerationConfig()
    tools, built_in = decode_tools([told.tools] if isinstance(told.tools, dict) else told.tools or ())
    choice, tools = decode_choice(told.tool_config, tools)
    beyond = [*conversation.beyond, *built_in, *generation_beyond(generation)]
    beyond += ["cachedContent"] if "cachedContent" in map(camel, fields) else []
    sampling, wanted, reasoning = decode_generation(generation)
    request = Request(
        model=model,
        system=tuple(_system(told.system_instruction)),
        messages=tuple(conversation.messages),
        tools=tools,
        tool_choice=choice,
        sampling=sampling,
        response_format=wanted,
        reasoning=reasoning,
        original=Original(
            wire=WIRE,
            fields={name: raw for name, raw in fields.items() if camel(name) not in _OURS},
            stream=operation != WHOLE,
            operation=operation,
            beyond=tuple(beyond),
            minor=(*_minor(fields), *_minor_generation(fields)),
        ),
    )
    thinking = generation.thinking_config
    return GeminiCall(
        request=request,
        shows_thoughts=bool(thinking and thinking.include_thoughts),
        fallback_models=tuple(told.fallback_models),
    )


def _conversation(contents: Sequence[WireContent] | WireContent | None) -> Decoded:
    if not contents:
        raise InvalidRequestError("`contents` is missing.", field="contents")
    conversation = Decoded()
    for index, content in enumerate([contents] if isinstance(contents, WireContent) else contents):
        conversation.add(content, f"contents.{index}")
    return conversation


def _system(told: WireContent | str | None) -> Iterator[Text]:
    if told is None:
        return
    if isinstance(told, str):
        told = WireContent(parts=WirePart(text=told))
    for index, part in enumerate(listed(told.parts)):
        if part.text is None:
            raise InvalidRequestError("Instructions are text only.", field=f"systemInstruction.parts.{index}")
        if part.text:
            yield Text(text=part.text)


def _minor(fields: Mapping[str, Raw]) -> Iterator[str]:
    return (name for name in map(camel, fields) if name not in _KNOWN)


def _minor_generation(fields: Mapping[str, Raw]) -> Iterator[str]:
    config = next((raw for name, raw in fields.items() if camel(name) == "generationConfig"), None)
    members = decode_body(config, MEMBERS, at="generationConfig") if config is not None else {}
    read = GenerationConfig.__struct_encode_fields__
    return (f"generationConfig.{name}" for name in map(camel, members) if name not in read)
