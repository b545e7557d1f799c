"""What of somebody's index is asked, and what it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chimera.conversations.search.query import Query, Term
from chimera.conversations.search.segments import Head
from chimera.conversations.search.texts import Found

AT_BITS: Final = 48
LATEST_MS: Final = (1 << AT_BITS) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """All that somebody said, as far as a question needs it.

    Attributes:
        segments: Heads, each with pages by their numbers.
        waiting: Texts that are in no segment.
    """

    segments: Sequence[tuple[Head, Mapping[int, bytes]]]
    waiting: Sequence[Found]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a text must have.

    Attributes:
        fields: What it must be, rather than say.
        most_key: Behind which key the page begins.
    """

    query: Query
    fields: Sequence[Term] = ()
    since_ms: int = 0
    until_ms: int = LATEST_MS
    most_key: int | None = None

    @property
    def terms(self) -> Sequence[Term]:
        return *self.query.wanted, *self.query.unwanted, *self.fields


@dataclass(frozen=True, slots=True)
class Ranked:
    """A text: by what it is sorted, in which segment (the number after the last: among those that wait), and where."""

    key: int
    segment: int
    place: int
