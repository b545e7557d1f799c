"""What is summed, by what, and over which entries. Pure."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Literal, NamedTuple, Self, TypeAlias, get_args
from uuid import UUID

GroupBy: TypeAlias = Literal["user", "key", "team", "model", "provider", "feature", "conversation", "outcome"]
Bucket: TypeAlias = Literal["hour", "day", "month"]
GROUPS: tuple[GroupBy, ...] = get_args(GroupBy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Whole numbers over some entries of the ledger.

    Attributes:
        entries: Lines of the ledger: attempts, answers from the cache, and adjustments.
        requests: Attempts that used something.
        unpriced: Attempts whose cost nobody knows; it is not in `cost_nusd`.
        cached_calls: Calls that were answered without asking a model.
        saved_cache_nusd: What these would have cost.
        saved_routing_nusd: What others would have cost more without the router.
        duration_ms: Of all of them together.
    """

    entries: int = 0
    requests: int = 0
    unpriced: int = 0
    cached_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    cache_write_1h_tokens: int = 0
    reasoning_tokens: int = 0
    cost_nusd: int = 0
    saved_cache_nusd: int = 0
    saved_routing_nusd: int = 0
    duration_ms: int = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(**{name: getattr(self, name) + getattr(other, name) for name in SUMS})


SUMS: tuple[str, ...] = tuple(field.name for field in fields(Sums))


class Group(NamedTuple):
    """What entries have in common; `None` where they are not told apart by it, or have none."""

    start: date | datetime | None
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries: those that began in a time, and are all of what is not `None`.

    Attributes:
        since: The first moment.
        until: The moment after the last.
        model: As its provider names it, or with the provider before it and a slash between.
    """

    since: datetime
    until: datetime
    user_id: UUID | None = None
    key_id: UUID | None = None
    team_id: UUID | None = None
    conversation_id: UUID | None = None
    provider: str | None = None
    model: str | None = None
    feature: str | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    bucket: Bucket | None = None
    by: GroupBy | None = None
