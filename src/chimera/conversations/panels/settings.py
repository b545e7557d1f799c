"""The policies that a panel can be given, as they are kept."""

from typing import TypeAlias

from msgspec import Struct


class Mention(Struct, frozen=True, kw_only=True, tag="mention"):
    """Whoever is addressed by @name speaks; the first participant where nobody is."""


class RoundRobin(Struct, frozen=True, kw_only=True, tag="round_robin"):
    """One after another, in the order of the list."""


class Moderator(Struct, frozen=True, kw_only=True, tag="moderator"):
    """One participant chooses who speaks."""

    moderator: str


class Volunteer(Struct, frozen=True, kw_only=True, tag="volunteer"):
    """Each says how much it wants to speak, from 0 to 10; the highest bid does, if it is at least the threshold."""

    threshold: int = 5


class Debate(Struct, frozen=True, kw_only=True, tag="debate"):
    """All but the judge open at once, then answer each other; the judge has the last word."""

    judge: str


class Council(Struct, frozen=True, kw_only=True, tag="council"):
    """All answer without seeing each other, review the answers without names, and the chair makes one of them."""

    chair: str


class Merge(Struct, frozen=True, kw_only=True, tag="merge"):
    """All answer without seeing each other, and the chair makes one answer of theirs."""

    chair: str


class Manual(Struct, frozen=True, kw_only=True, tag="manual"):
    """The person says who speaks."""


Policy: TypeAlias = Mention | RoundRobin | Moderator | Volunteer | Debate | Council | Merge | Manual


def seat_of(policy: Policy) -> str | None:
    """Name of the participant that the policy gives a part of its own."""
    match policy:
        case Moderator(moderator=handle) | Debate(judge=handle) | Council(chair=handle) | Merge(chair=handle):
            return handle
        case _:
            return None
