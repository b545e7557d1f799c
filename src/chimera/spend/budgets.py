"""Which budget counts what, and in which window: pure, and the same for holds, for entries and for reconciliation."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, TypeAlias, get_args
from uuid import UUID

from msgspec import Struct

Kind: TypeAlias = Literal["tenant", "team", "user", "key", "model", "conversation"]
Period: TypeAlias = Literal["day", "week", "month", "total"]
Unit: TypeAlias = Literal["usd", "tokens", "requests"]
KINDS: tuple[Kind, ...] = get_args(Kind)
PERIODS: tuple[Period, ...] = get_args(Period)
UNITS: tuple[Unit, ...] = get_args(Unit)
EACH = "*"


class Who(Struct, frozen=True, kw_only=True, gc=False):
    """Who asks whom: what budgets bind by.

    Attributes:
        maker_ids: The keys with which the key was made: their budgets bind it as its own does.
        model_id: `provider/model`.
    """

    tenant_id: UUID
    actor_id: UUID
    key_id: UUID | None
    maker_ids: tuple[str, ...] = ()
    team_ids: tuple[str, ...]
    conversation_id: UUID | None
    model_id: str

    def subjects(self, kind: Kind) -> tuple[str, ...]:
        """The ids by which budgets of a kind know it; none, one, several teams, or a key and its makers."""
        match kind:
            case "tenant":
                return (str(self.tenant_id),)
            case "team":
                return self.team_ids
            case "user":
                return (str(self.actor_id),)
            case "key":
                return (str(self.key_id), *self.maker_ids) if self.key_id else ()
            case "model":
                return (self.model_id,)
            case "conversation":
                return (str(self.conversation_id),) if self.conversation_id else ()


class Budget(Struct, frozen=True, kw_only=True, gc=False):
    """A budget as the cashier needs it.

    Attributes:
        limit: In its unit; money in nano-USD.
        enabled: Whether it binds; it counts in any case.
    """

    id: UUID
    name: str
    kind: Kind
    subject: str
    period: Period
    unit: Unit
    limit: int
    hard: bool
    enabled: bool
    created_at: datetime

    def windows(self, who: Who, at: datetime) -> tuple["Window", ...]:
        """The windows in which it counts what begins at a moment."""
        starts_on = window_start(self.period, at, self.created_at)
        if starts_on is None:
            return ()
        return tuple(
            Window(self.id, subject, starts_on)
            for subject in who.subjects(self.kind)
            if self.subject in (EACH, subject)
        )


class Window(Struct, frozen=True, cache_hash=True, gc=False):
    """Names a counter."""

    budget_id: UUID
    subject: str
    starts_on: date


class Amount(Struct, frozen=True, gc=False):
    """One thing in every unit."""

    nusd: int = 0
    tokens: int = 0
    requests: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.nusd + other.nusd, self.tokens + other.tokens, self.requests + other.requests)

    def __sub__(self, other: "Amount") -> "Amount":
        return Amount(self.nusd - other.nusd, self.tokens - other.tokens, self.requests - other.requests)

    def of(self, unit: Unit) -> int:
        match unit:
            case "usd":
                return self.nusd
            case "tokens":
                return self.tokens
            case "requests":
                return self.requests


def window_start(period: Period, at: datetime, created_at: datetime) -> date | None:
    """First day of the window that a moment belongs to; `None` where it was over before the budget was made."""
    if period == "total":
        return day_of(created_at) if at >= created_at else None
    starts_on = _start(period, day_of(at))
    return starts_on if starts_on >= _start(period, day_of(created_at)) else None


def window_end(period: Period, starts_on: date) -> datetime | None:
    """When the window is over and a new one begins; `None` for one without an end."""
    match period:
        case "day":
            after = starts_on + timedelta(days=1)
        case "week":
            after = starts_on + timedelta(days=7)
        case "month":
            after = (starts_on.replace(day=1) + timedelta(days=32)).replace(day=1)
        case "total":
            return None
    return datetime.combine(after, time(), UTC)


def day_of(at: datetime) -> date:
    return at.astimezone(UTC).date()


def _start(period: Period, day: date) -> date:
    match period:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case _:
            return day
