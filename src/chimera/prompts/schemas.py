"""Shapes of the HTTP API of prompts; those of personas stand beside."""

from datetime import datetime
from typing import Annotated, Final, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, StringConstraints

from chimera.kit.numbers import number
from chimera.prompts.bodies import VariableType
from chimera.prompts.errors import VariablesError
from chimera.prompts.states import Sharing
from chimera.prompts.variables import check_value

MOST_TEXT: Final = 50_000
LARGEST_INT: Final = 2**31 - 1


def storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain the character U+0000")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("must not contain half of a surrogate pair") from None
    return text


def _kept(value: JsonValue) -> JsonValue:
    try:
        check_value(value)
    except VariablesError as error:
        raise ValueError(error.message) from error
    return value


_NO_NUL: Final = {"pattern": "^[^\\u0000]*$"}
Text: TypeAlias = Annotated[str, Field(max_length=MOST_TEXT, json_schema_extra=_NO_NUL), AfterValidator(storable)]
Point: TypeAlias = Annotated[str, Field(max_length=5_000, json_schema_extra=_NO_NUL), AfterValidator(storable)]
_LINE: Final = r"^[^\x00-\x1f\x7f]*$"
Line: TypeAlias = Annotated[str, StringConstraints(max_length=300, pattern=_LINE), AfterValidator(storable)]
Name: TypeAlias = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$"),
    AfterValidator(storable),
]
Tag: TypeAlias = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=50, pattern=r"^[^\x00-\x1f\x7f]+$"),
    AfterValidator(storable),
]
Command: TypeAlias = Annotated[str, StringConstraints(max_length=50, pattern="^([a-z0-9][a-z0-9_-]*)?$")]
VariableName: TypeAlias = Annotated[str, StringConstraints(max_length=50, pattern="^[a-z][a-z0-9_]*$")]
LabelName: TypeAlias = Annotated[str, StringConstraints(max_length=50, pattern="^[a-z][a-z0-9_-]*$")]
Number: TypeAlias = Annotated[int, Field(ge=1, le=LARGEST_INT), BeforeValidator(number)]
Weight: TypeAlias = Annotated[int, Field(ge=1, le=1_000), BeforeValidator(number)]
KeptValue: TypeAlias = Annotated[JsonValue, AfterValidator(_kept)]
Values: TypeAlias = Annotated[
    dict[VariableName, KeptValue],
    Field(
        max_length=50,
        examples=[{"city": "Rome"}],
        description="By variable.",
        json_schema_extra={"additionalProperties": False},
    ),
]
Expected: TypeAlias = Annotated[
    Number | None,
    Field(description="Refused with 409 unless it is at this `revision`.", examples=[1]),
]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Read(BaseModel):
    model_config = ConfigDict(frozen=True)


class VariableSetting(Body):
    """Something that whoever uses the prompt fills in."""

    name: VariableName = Field(examples=["city"])
    type: VariableType = "string"
    required: Annotated[bool, Field(strict=True, examples=[False])] = True
    default: KeptValue = Field(None, description="Taken where nothing is given.", examples=["Rome"])
    choices: tuple[Point, ...] = Field((), max_length=100, description="Of a string: nothing else will do.")
    description: Line = ""


class ExampleSetting(Body):
    """A question, and how it should be answered."""

    input: Point = Field(examples=["2+2"])
    output: Point = Field(examples=["4"])


class SectionsSetting(Body):
    """The parts of a system prompt, put together in this order."""

    identity: Text = Field("", description="Who the model is.", examples=["You are a guide in {{ city }}."])
    capabilities: tuple[Point, ...] = Field((), max_length=50)
    guidelines: tuple[Point, ...] = Field((), max_length=50)
    format: Text = Field("", description="How answers look.", examples=["One paragraph."])
    constraints: tuple[Point, ...] = Field((), max_length=50, examples=[["Never guess prices."]])


class PromptBodySetting(Body):
    """What a prompt says: all texts of it are templates."""

    text: Text = Field("", description="A free text, after the identity.", examples=["Tell of {{ city }}."])
    sections: SectionsSetting = SectionsSetting()
    examples: tuple[ExampleSetting, ...] = Field((), max_length=50, description="Shown at the end.")
    variables: tuple[VariableSetting, ...] = Field((), max_length=50)


class ItemProfile(Body):
    """What an item is called, and with whom it is shared."""

    name: Name = Field(examples=["City guide"])
    description: Line = Field("", examples=["Tells of a city."])
    tags: tuple[Tag, ...] = Field((), max_length=20, examples=[["travel"]])
    command: Command = Field("", description="Calls it up with a slash.", examples=["guide"])
    sharing: Sharing = Field(
        Sharing.PRIVATE, description="With the organisation: needs `prompts:manage`, and it is the organisation's then."
    )
    group_ids: tuple[UUID, ...] = Field((), max_length=50, description="With which groups, where `sharing` says so.")


class ItemUpdate(Body):
    """What is left out, or null, stays."""

    name: Name | None = Field(None, examples=["City guide"])
    description: Line | None = Field(None, examples=["Tells of a city."])
    tags: Annotated[tuple[Tag, ...], Field(max_length=20)] | None = Field(None, examples=[["travel"]])
    command: Command | None = Field(None, examples=["guide"])
    sharing: Sharing | None = Field(None, examples=["private"])
    group_ids: Annotated[tuple[UUID, ...], Field(max_length=50)] | None = Field(None, examples=[[]])
    expected_revision: Expected = None


class PromptCreate(ItemProfile, PromptBodySetting):
    """A prompt with its first version."""


class VersionCreate(PromptBodySetting):
    """What the prompt says from now on."""

    note: Line = Field("", description="Why.", examples=["Shorter."])
    expected_revision: Expected = None


class TargetSetting(Body):
    """A version, and its share of the conversations."""

    version: Number = Field(examples=[1])
    weight: Weight = Field(1, description="Beside the weights of the others.", examples=[1])


class LabelPut(Body):
    """What a label stands for. Several versions divide the conversations among them."""

    versions: tuple[TargetSetting, ...] = Field(min_length=1, max_length=10)
    expected_revision: Expected = None


class PromptUseSetting(Body):
    """A prompt, as it is used. Without version and label: `production`, or the newest where nobody set that."""

    id: UUID
    version: Number | None = Field(None, examples=[1])
    label: LabelName | None = Field(None, examples=["staging"])
    variables: Values = {}


class RenderCreate(Body):
    """Which version, and what is filled in."""

    version: Number | None = Field(None, examples=[1])
    label: LabelName | None = Field(None, description="`production`, or the newest, without.", examples=["latest"])
    variables: Values = {}
    lot: Line = Field(
        "", description="Where a label stands for several versions: the same lot gets the same.", examples=["user 7"]
    )


class PreviewCreate(PromptBodySetting):
    """A prompt that is not kept yet, and what is filled in."""

    values: Values = {}


class PreviewRead(Read):
    """The text as it would be."""

    text: str


class RenderRead(Read):
    """The text, with its variables filled in."""

    text: str
    version: int


class ExampleRead(Read):
    input: str
    output: str


class SectionsRead(Read):
    identity: str
    capabilities: list[str]
    guidelines: list[str]
    format: str
    constraints: list[str]


class VariableRead(Read):
    name: str
    type: VariableType
    required: bool
    default: JsonValue
    choices: list[str]
    description: str


class VersionRead(Read):
    """A version of a prompt: it never changes."""

    version: int
    note: str
    made_by: UUID = Field(description="The user who made it")
    created_at: datetime
    text: str
    sections: SectionsRead
    examples: list[ExampleRead]
    variables: list[VariableRead]


class VersionList(Read):
    """The newest first."""

    data: list[VersionRead]
    has_more: bool = Field(description="Whether there are older ones: ask with `before` set to the last number here")


class TargetRead(Read):
    version: int
    weight: int


class LabelRead(Read):
    name: str = Field(examples=["production"])
    versions: list[TargetRead]


class ItemRead(Read):
    id: UUID
    name: str
    description: str
    tags: list[str]
    command: str
    sharing: Sharing
    group_ids: list[UUID]
    owner_id: UUID | None = Field(description="The user whose it is; null: the organisation's")
    editable: bool = Field(description="Whether the caller may change it")
    revision: int = Field(description="Raised by every change")
    created_at: datetime
    updated_at: datetime


class PromptRead(ItemRead):
    """A prompt, with its newest version."""

    labels: list[LabelRead]
    newest: VersionRead


class PromptPage(Read):
    """Prompts, the last changed first."""

    data: list[PromptRead]
    next_cursor: str | None


class RevisionRead(Read):
    """Where a prompt stands after a change."""

    id: UUID
    revision: int
    latest: int = Field(description="The number of the newest version")


class DiffRead(Read):
    """What changed from one version to another, line by line, as `diff -u` says it."""

    before: int
    after: int
    diff: str
