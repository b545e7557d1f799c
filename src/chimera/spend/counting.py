"""What the counters of windows ought to say: computed from the entries and the holds alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, TypeAlias, cast
from uuid import UUID

from sqlalchemy import Select

from chimera.spend.budgets import Amount, Budget, Kind, Period, Unit, Who, Window, window_start
from chimera.spend.repository import holds_in, sums_by
from chimera.spend.tables import BudgetRow, BudgetWindowRow, EntryRow, HoldRow
from chimera.store import Transaction

_NOBODY = UUID(int=0)
Counts: TypeAlias = dict[Window, tuple[int, int]]
"""Settled and held, in the unit of the window's budget; without an entry both are nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A counter that does not say what it should: settled and held, in the budget's unit."""

    tenant_id: UUID
    budget: Budget
    window: Window
    kept: tuple[int, int]
    true: tuple[int, int]


async def counted(
    tx: Transaction, budget: Budget, tenant_id: UUID, entries: Select[EntryRow], holds: Select[HoldRow]
) -> Counts:
    """Settled and held, of every window of a tenant's budget in which there is any of its entries and holds."""
    first = window_start(budget.period, budget.created_at, budget.created_at)
    assert first is not None, "a budget counts what begins when it is made"
    since = budget.created_at if budget.period == "total" else datetime.combine(first, time(), UTC)
    sums = await sums_by(tx, entries, budget.kind, since=since)
    return added(budget, tenant_id, sums, await holds_in(tx, holds))


def added(budget: Budget, tenant_id: UUID, sums: Iterable[tuple[Any, ...]], holds: Iterable[HoldRow]) -> Counts:
    """Settled and held, of every window of a budget in which there is any.

    Of `sums` see `sums_by`. Days before the budget's first window count nowhere, but for one without an end.
    """
    found: dict[Window, list[int]] = {}
    for *subject, day, nusd, tokens, requests in sums:
        start = datetime.combine(day, time(), UTC)
        at = max(budget.created_at, start) if budget.period == "total" else start
        for window in budget.windows(_who(budget.kind, tenant_id, subject), at):
            found.setdefault(window, [0, 0])[0] += Amount(int(nusd), int(tokens), int(requests)).of(budget.unit)
    for hold in holds:
        for window in budget.windows(_who_holds(hold), hold.held_at):
            found.setdefault(window, [0, 0])[1] += Amount(hold.cost_nusd, hold.tokens, 1).of(budget.unit)
    return {window: (settled, held) for window, (settled, held) in found.items() if settled or held}


def kept_in(rows: Iterable[BudgetWindowRow]) -> Counts:
    return {Window(row.id, row.subject, row.starts_on): (row.settled, row.held) for row in rows}


def differences(
    tenant_id: UUID, budgets: Mapping[UUID, Budget], kept: Counts, true: Counts
) -> tuple[int, list[Difference]]:
    """How many counters there are, and those that are wrong."""
    windows = {**true, **kept}
    return len(windows), [
        Difference(
            tenant_id=tenant_id,
            budget=budgets[window.budget_id],
            window=window,
            kept=kept.get(window, (0, 0)),
            true=true.get(window, (0, 0)),
        )
        for window in windows
        if true.get(window, (0, 0)) != kept.get(window, (0, 0))
    ]


def budget_of(row: BudgetRow) -> Budget:
    return Budget(
        id=row.id,
        name=row.name,
        kind=cast("Kind", row.kind),
        subject=row.subject,
        period=cast("Period", row.period),
        unit=cast("Unit", row.unit),
        limit=row.limit,
        hard=row.hard,
        enabled=row.disabled_at is None,
        created_at=row.created_at,
    )


def _who(kind: Kind, tenant_id: UUID, subject: Sequence[Any]) -> Who:
    """As much of it as a budget of this kind looks at."""
    return Who(
        tenant_id=tenant_id,
        actor_id=subject[0] if kind == "user" else _NOBODY,
        key_id=subject[0] if kind == "key" else None,
        maker_ids=tuple(subject[1].split()) if kind == "key" else (),
        team_ids=tuple(subject[0].split()) if kind == "team" else (),
        conversation_id=subject[0] if kind == "conversation" else None,
        model_id="/".join(subject) if kind == "model" else "",
    )


def _who_holds(hold: HoldRow) -> Who:
    return Who(
        tenant_id=hold.tenant_id,
        actor_id=hold.actor_id,
        key_id=hold.key_id,
        maker_ids=tuple(hold.maker_ids.split()),
        team_ids=tuple(hold.team_ids.split()),
        conversation_id=hold.conversation_id,
        model_id=f"{hold.provider}/{hold.model}",
    )
