"""Shapes of the HTTP API of this package."""

from datetime import datetime
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool

from chimera.conversations.fields import storable
from chimera.conversations.memory.explicit import LONGEST
from chimera.conversations.memory.fact import EntityKind, FactKind, Learning
from chimera.spend.schemas.values import Moment

_LINE: Final = "^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"
_NAME: Final = "^[^\\u0000-\\u001f]*$"
_LONGEST_NAME: Final = 80


def _one_line(text: str) -> str:
    storable(text)
    if not text.strip() or any(ord(one) < ord(" ") for one in text):
        raise ValueError("must be one line that says something")
    return text.strip()


def _short(text: str) -> str:
    storable(text)
    if any(ord(one) < ord(" ") for one in text):
        raise ValueError("must be one line")
    return " ".join(text.split())


Statement: TypeAlias = Annotated[
    str,
    Field(min_length=1, max_length=LONGEST, examples=["I am allergic to nuts."], json_schema_extra={"pattern": _LINE}),
    AfterValidator(_one_line),
]
Name: TypeAlias = Annotated[
    str, Field(max_length=_LONGEST_NAME, json_schema_extra={"pattern": _NAME}), AfterValidator(_short)
]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True)


class MemorySettingsWrite(_Body):
    """Whether one is remembered beyond a conversation, and what of."""

    enabled: StrictBool | None = Field(
        description="Whether models are shown what is remembered, and learn; null leaves it to the organisation",
        examples=[True],
    )
    learning: Learning = Field(
        Learning.ALL,
        description="`all`: what one says of oneself; `asked`: what one asks to be remembered, or says in so many "
        "words; `nothing`: only what one writes down here",
    )


class MemorySettingsRead(_Read):
    """What holds for the caller."""

    enabled: bool
    learning: Learning
    allowed: bool = Field(description="Whether the organisation lets anything be remembered")
    learns_by_model: bool = Field(description="Whether a model is asked what is to be learned of what one says")


class AboutWrite(_Body):
    """What a memory says in three words, so that a later one about the same ends it."""

    subject: Name = Field("", description="Of whom or what; empty: of oneself", examples=["Rex"])
    attribute: Name = Field("", description="What of them", examples=["home city"])
    value: Name = Field("", description="What it is", examples=["Porto"])
    single: StrictBool = Field(default=True, description="Whether only one value holds at a time")
    subject_kind: EntityKind | None = Field(None, description="Of the name that the subject is")
    value_kind: EntityKind | None = Field(None, description="Of the name that the value is")


class MemoryWrite(_Body):
    """A memory written by hand."""

    statement: Statement = Field(description="One sentence, in one's own words")
    kind: FactKind | None = Field(None, description="Identities and instructions are shown whatever is asked")
    about: AboutWrite | None = Field(None, description="Found in the statement where that is worded simply")
    valid_from: Moment | None = Field(None, description="Since when it holds; now, when left out")
    valid_until: Moment | None = Field(None, description="Until when it holds")


class MemoryPatch(_Body):
    """What should become of a memory; what is left out stays."""

    statement: Statement | None = Field(None, description="One sentence")
    kind: FactKind | None = None
    about: AboutWrite | None = None
    valid_from: Moment | None = None
    valid_until: Moment | None = Field(None, description="Until when it holds; null: it holds again")


class AboutRead(_Read):
    subject: str
    attribute: str = Field(examples=["home city"])
    value: str = Field(examples=["Porto"])
    single: bool
    subject_kind: EntityKind | None
    value_kind: EntityKind | None


class EvidenceRead(_Read):
    """A message in which one said so."""

    conversation_id: UUID
    message_id: UUID


class MemoryRead(_Read):
    """A memory, and why it is known."""

    id: UUID
    statement: str = Field(examples=["I am allergic to nuts."])
    kind: FactKind
    about: AboutRead | None = Field(description="What it says in three words; null where that is not known")
    source: Literal["said", "written"] = Field(description="`said` in a conversation, or `written` by hand")
    confidence: float = Field(description="How sure it is that one meant it so, 0 to 1", examples=[0.9])
    said_at: datetime = Field(description="When one said so, the last time")
    valid_from: datetime
    valid_until: datetime | None = Field(description="Until when it held; null for what still does")
    replaced_by: UUID | None = Field(description="The memory that ended it")
    evidence: list[EvidenceRead] = Field(description="Where one said so, as far as that is still kept")


class MemoryPage(_Read):
    """Memories, what was said last first; of a search the likeliest first."""

    data: list[MemoryRead]
    next_cursor: str | None = Field(description="Give it as `cursor` for the next page; null on the last.")


class Forgotten(_Read):
    """What was deleted."""

    forgotten: int = Field(description="How many memories", examples=[12])


class EntityRead(_Read):
    """Somebody or something that one spoke of."""

    name: str = Field(examples=["Porto"])
    kind: EntityKind


class RelationRead(_Read):
    """What joins two entities, or oneself with one."""

    subject: str = Field(description="An entity's name; empty for oneself", examples=[""])
    attribute: str = Field(examples=["home city"])
    value: str = Field(examples=["Porto"])
    memory_id: UUID = Field(description="The memory that says so: its evidence is there")
    valid_from: datetime


class MemoryGraph(_Read):
    """Who and what one spoke of, and how they are joined, as it holds now."""

    entities: list[EntityRead]
    relations: list[RelationRead]


class ConversationMemory(_Body):
    """Whether a conversation takes part in memory."""

    enabled: StrictBool = Field(
        description="When false, nothing is shown in it of what is remembered, and nothing is learned in it",
        examples=[False],
    )
