"""A fact about a person, and what was learned from a message."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypeAlias
from uuid import UUID

from msgspec import Struct

from chimera.conversations.context.words import words_of

Source: TypeAlias = Literal["said", "written"]


class FactKind(StrEnum):
    """What a fact is about. Identities and instructions are shown whatever is asked."""

    IDENTITY = "identity"
    INSTRUCTION = "instruction"
    PREFERENCE = "preference"
    RELATIONSHIP = "relationship"
    WORK = "work"
    EVENT = "event"
    PLAN = "plan"
    OTHER = "other"


class Learning(StrEnum):
    """What is learned of what a person says."""

    ALL = "all"
    ASKED = "asked"
    NOTHING = "nothing"


class EntityKind(StrEnum):
    """What a name belongs to."""

    PERSON = "person"
    PLACE = "place"
    ORGANISATION = "organisation"
    THING = "thing"


class About(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a fact says in three words, where it can be said so.

    Attributes:
        subject: Of whom or what; empty: of the person.
        attribute: What of them, such as `home city`.
        value: What it is.
        single: Whether only one value holds at a time: a new one ends the old one.
        subject_kind: Of the name that the subject is; `None` where it is none.
        value_kind: Likewise: such a fact joins two entities.
    """

    subject: str = ""
    attribute: str = ""
    value: str = ""
    single: bool = False
    subject_kind: EntityKind | None = None
    value_kind: EntityKind | None = None


class Learned(Struct, frozen=True, kw_only=True):
    """What somebody said about themselves.

    Attributes:
        holds: `False`: they said that it is so no longer.
        confidence: 0 to 1.
    """

    statement: str
    about: About = About()
    kind: FactKind = FactKind.OTHER
    holds: bool = True
    confidence: float = 1.0


class Fact(Struct, frozen=True, kw_only=True):
    """What is remembered.

    Attributes:
        said_at: When it was said, or written by hand.
        valid_from: Since when it holds.
        valid_until: Until when; `None` for still.
        vector: Of its meaning, a signed byte a dimension; empty where there is none, `None` where none was made yet.
        revision: Counts a person's changes: that of this one.
    """

    id: UUID
    statement: str
    about: About
    kind: FactKind
    source: Source
    confidence: float
    said_at: datetime
    valid_from: datetime
    valid_until: datetime | None = None
    vector: bytes | None = None
    revision: int = 0

    def holds_at(self, moment: datetime) -> bool:
        return self.valid_until is None or self.valid_until > moment

    @property
    def words(self) -> list[str]:
        """All that it may be found by."""
        return words_of(f"{self.statement} {self.about.subject} {self.about.attribute} {self.about.value}")


def folded(text: str) -> str:
    """A text by which it can be told whether two say the same."""
    return " ".join(words_of(text)) or " ".join(text.casefold().split())


def topic(about: About) -> tuple[str, str] | None:
    """Of what a fact speaks; `None` where that is not known."""
    return (folded(about.subject), folded(about.attribute)) if about.attribute else None


def names_of(about: About) -> Sequence[tuple[str, EntityKind]]:
    """The entities that a fact joins."""
    named = ((about.subject, about.subject_kind), (about.value, about.value_kind))
    return [(name, kind) for name, kind in named if name and kind is not None]
