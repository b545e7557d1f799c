"""What becomes of what is known when something is learned: the latest fact wins, and nothing is thrown away. Pure."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from chimera.conversations.memory.fact import Fact, Learned, folded, topic


class Ending(Struct, frozen=True, kw_only=True):
    """A fact that holds no longer."""

    id: UUID
    valid_until: datetime
    replaced_by: UUID | None = None


class Merge(Struct, frozen=True, kw_only=True):
    """What is to be done.

    Attributes:
        same: What was learned is known already: this is said once more.
        kept: A fact to be kept; it may be over from the beginning, where what was said later was learned earlier.
        replaced_by: Of that one, what ended it.
        endings: Facts that end.
    """

    same: Fact | None = None
    kept: Fact | None = None
    replaced_by: UUID | None = None
    endings: tuple[Ending, ...] = ()


def merged(known: Sequence[Fact], learned: Learned, fact: Fact) -> Merge:
    """Put what was learned to what is known.

    Args:
        known: All of the person, also what holds no longer.
        learned: What was said.
        fact: What would be kept of it, if nothing were known.
    """
    about = topic(learned.about)
    alike = [one for one in known if about is not None and topic(one.about) == about]
    if not learned.holds:
        return Merge(endings=tuple(_over(one, fact) for one in _meant(known, alike, learned, fact)))
    same = next((one for one in known if one.holds_at(fact.said_at) and _says_the_same(one, fact)), None)
    if same is not None:
        return Merge(same=same)
    if not learned.about.single:
        return Merge(kept=fact)
    rivals = [one for one in alike if one.about.single]
    later = min((one for one in rivals if one.said_at > fact.said_at), key=lambda one: one.valid_from, default=None)
    endings = tuple(
        Ending(id=one.id, valid_until=max(one.valid_from, fact.valid_from), replaced_by=fact.id)
        for one in rivals
        if one.said_at <= fact.said_at and one.holds_at(fact.valid_from)
    )
    if later is None:
        return Merge(kept=fact, endings=endings)
    until = max(later.valid_from, fact.valid_from)
    return Merge(kept=replace(fact, valid_until=until), replaced_by=later.id, endings=endings)


def _meant(known: Sequence[Fact], alike: Sequence[Fact], learned: Learned, fact: Fact) -> list[Fact]:
    """What is said to hold no longer; not what was said afterwards."""
    value = folded(learned.about.value)
    meant = [one for one in alike if not value or folded(one.about.value) == value]
    meant = meant or [one for one in known if folded(one.statement) == folded(learned.statement)]
    return [one for one in meant if one.said_at <= fact.said_at and one.holds_at(fact.said_at)]


def _over(one: Fact, fact: Fact) -> Ending:
    return Ending(id=one.id, valid_until=max(one.valid_from, fact.said_at))


def _says_the_same(one: Fact, other: Fact) -> bool:
    if folded(one.statement) == folded(other.statement):
        return True
    about = topic(one.about)
    said = folded(one.about.value)
    return about is not None and about == topic(other.about) and bool(said) and said == folded(other.about.value)
