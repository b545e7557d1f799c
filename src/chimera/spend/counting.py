"""What the counters of windows ought to say: computed from the entries and the holds alone."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Select

from chimera.spend.budgets import Amount, Budget, Kind, Period, Unit, Who, Window, window_start
from chimera.spend.repository import holds_in, sums_by
from chimera.spend.tables import BudgetRow, EntryRow, HoldRow
from chimera.store import Transaction

_NOBODY = UUID(int=0)


async def counted(
    tx: Transaction, budget: Budget, tenant_id: UUID, entries: Select[EntryRow], holds: Select[HoldRow]
) -> dict[Window, tuple[int, int]]:
    """Settled and held, of every window of a tenant's budget in which there is any of its entries and holds."""
    first = window_start(budget.period, budget.created_at, budget.created_at)
    assert first is not None, "a budget counts what begins when it is made"
    since = budget.created_at if budget.period == "total" else datetime.combine(first, time(), UTC)
    found: dict[Window, list[int]] = {}
    for *subject, day, nusd, tokens, requests in await sums_by(tx, entries, budget.kind, since=since):
        at = max(since, datetime.combine(day, time(), UTC))
        for window in budget.windows(_who(budget.kind, tenant_id, subject), at):
            found.setdefault(window, [0, 0])[0] += Amount(int(nusd), int(tokens), int(requests)).of(budget.unit)
    for hold in await holds_in(tx, holds):
        for window in budget.windows(_who_holds(hold), hold.held_at):
            found.setdefault(window, [0, 0])[1] += Amount(hold.cost_nusd, hold.tokens, 1).of(budget.unit)
    return {window: (settled, held) for window, (settled, held) in found.items() if settled or held}


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
