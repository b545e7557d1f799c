"""What a transaction of the books asks of its database, step by step. Pure: a till carries the steps out.

A script yields steps and is sent the rows; whatever it returns holds once the transaction is committed.
"""

import asyncio
from collections.abc import Generator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar
from uuid import UUID

from msgspec import Struct, field

from chimera.spend.budgets import Who, Window, day_of
from chimera.spend.claims import Claim, Entry

T = TypeVar("T")


class HoldLine(NamedTuple):
    """A row of `holds`, in the order of its columns."""

    tenant_id: UUID
    id: UUID
    created_at: datetime
    held_at: datetime
    call_id: UUID
    attempt: int
    actor_id: UUID
    key_id: UUID | None
    maker_ids: str
    team_ids: str
    conversation_id: UUID | None
    feature: str
    request_id: str
    provider: str
    model: str
    asked_model: str
    cashier_id: UUID
    cost_nusd: int
    tokens: int
    priced: bool


class EntryLine(NamedTuple):
    """A row of `ledger_entries`, in the order of its columns."""

    tenant_id: UUID
    id: UUID
    created_at: datetime
    held_at: datetime
    call_id: UUID
    attempt: int
    actor_id: UUID
    key_id: UUID | None
    maker_ids: str
    team_ids: str
    conversation_id: UUID | None
    feature: str
    request_id: str
    provider: str
    model: str
    asked_model: str
    day: date
    outcome: str
    measured: str
    adjusts: UUID | None
    cost_nusd: int | None
    saved_nusd: int
    price: str
    tokens: int
    requests: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cache_write_tokens: int
    cache_write_1h_tokens: int
    reasoning_tokens: int
    duration_ms: int
    first_token_ms: int | None


class Lock(Struct, frozen=True):
    """Lock the books of tenants, in one order for all. Rows: their versions, in the order asked."""

    tenants: Sequence[UUID]
    at: datetime


class ReadBudgets(Struct, frozen=True):
    """Rows: tenant, id, name, kind, subject, period, unit, limit, hard, enabled, created_at."""

    tenants: Sequence[UUID]


class Take(Struct, frozen=True):
    """Remove holds by tenant and id. Rows, in the order asked: held_at, cost, tokens, or `None` if there is none."""

    ids: Sequence[tuple[UUID, UUID]]


class FindEntries(Struct, frozen=True):
    """The entries of some calls, by tenant and id. Rows, in any order: as `EntryLine`."""

    calls: Sequence[tuple[UUID, UUID]]


class Count(Struct, frozen=True):
    """Rows, in the order asked: settled, held."""

    windows: Sequence[tuple[UUID, Window]]


class Write(Struct, kw_only=True):
    """Add rows, and what changed to the counters. No rows come back.

    Attributes:
        changes: To settled and held, by tenant and window.
        cashier_id: Of the one that is alive, if that is to be noted.
    """

    at: datetime
    holds: list[HoldLine] = field(default_factory=list)
    entries: list[EntryLine] = field(default_factory=list)
    changes: Mapping[tuple[UUID, Window], tuple[int, int]] = field(default_factory=dict)
    cashier_id: UUID | None = None


Step: TypeAlias = Lock | ReadBudgets | Take | FindEntries | Count | Write
Rows: TypeAlias = Sequence[Sequence[Any] | None]
Script: TypeAlias = Generator[Step, Rows, T]


class Till(Protocol):
    """Carries scripts out."""

    async def run(self, script: Script[T]) -> T:
        """Run it in one transaction; give what it returns once that is committed.

        Raises:
            DatabaseUnavailableError: if it may not have been committed.
        """
        ...

    def kept(self) -> "asyncio.Future[None] | None":
        """Tell when all that was run outlives a failure of the power, too; `None` if it does already.

        Many wait for the same: it is not to be cancelled. Fails with `DatabaseUnavailableError` where the disk does.
        """
        ...


def who_of(claim: Claim) -> Who:
    scope = claim.scope
    return Who(
        tenant_id=scope.tenant_id,
        actor_id=scope.actor_id,
        key_id=scope.key_id,
        maker_ids=tuple(str(maker.key_id) for maker in scope.makers),
        team_ids=tuple(str(team) for team in scope.team_ids),
        conversation_id=claim.conversation_id,
        model_id=f"{_plain(claim.provider)}/{_plain(claim.model)}",
    )


def hold_line(claim: Claim, cashier_id: UUID, at: datetime, cost_nusd: int, tokens: int) -> HoldLine:
    scope = claim.scope
    return HoldLine(
        scope.tenant_id,
        claim.id,
        at,
        at,
        claim.call_id,
        claim.attempt,
        scope.actor_id,
        scope.key_id,
        " ".join(str(maker.key_id) for maker in scope.makers),
        " ".join(map(str, scope.team_ids)),
        claim.conversation_id,
        _plain(claim.feature),
        _plain(claim.request_id),
        _plain(claim.provider),
        _plain(claim.model),
        _plain(claim.asked_model),
        cashier_id,
        cost_nusd,
        tokens,
        not claim.unpriced,
    )


def entry_line(claim: Claim, entry: Entry, held_at: datetime, written_at: datetime) -> EntryLine:
    scope, usage = claim.scope, entry.usage
    return EntryLine(
        scope.tenant_id,
        claim.id,
        written_at,
        held_at,
        claim.call_id,
        claim.attempt,
        scope.actor_id,
        scope.key_id,
        " ".join(str(maker.key_id) for maker in scope.makers),
        " ".join(map(str, scope.team_ids)),
        claim.conversation_id,
        _plain(claim.feature),
        _plain(claim.request_id),
        _plain(claim.provider),
        _plain(claim.model),
        _plain(claim.asked_model),
        day_of(held_at),
        entry.outcome,
        entry.measured,
        None,
        entry.cost_nusd,
        entry.saved_nusd,
        _plain(entry.price),
        usage.input_tokens + usage.output_tokens,
        0 if entry.measured == "none" else 1,
        usage.input_tokens,
        usage.output_tokens,
        usage.cached_tokens,
        usage.cache_write_tokens,
        usage.cache_write_1h_tokens,
        usage.reasoning_tokens,
        entry.duration_ms,
        entry.first_token_ms,
    )


def lost_line(hold: HoldLine, written_at: datetime) -> EntryLine:
    """The entry of an attempt of which nobody knows what became: as if it had used all that was held."""
    who = hold[3:16]  # held_at to asked_model, which both have
    cost = hold.cost_nusd if hold.priced else None
    counts = (0, 0, 0, 0, 0, 0)
    day = day_of(hold.held_at)
    return EntryLine(
        *(hold.tenant_id, hold.id, written_at, *who, day, "lost", "worst_case", None),
        *(cost, 0, "", hold.tokens, 1, *counts, 0, None),
    )


_LONGEST_TEXT = 512


def _plain(text: str) -> str:
    """What every database keeps: PostgreSQL refuses NUL, both refuse lone surrogates, and callers may name anything."""
    if text.isascii() and "\0" not in text and len(text) <= _LONGEST_TEXT:
        return text
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")[:_LONGEST_TEXT]
