"""Proof that counters of budgets and sums of days say what the ledger and the holds say, and that no hold is leaked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from chimera.spend.analytics.proving import forget_sums, wrong_days
from chimera.spend.budgets import Budget
from chimera.spend.cashier.cashier import Pace
from chimera.spend.cashier.operations import Adjust
from chimera.spend.counting import Counts, Difference, budget_of, counted, differences, kept_in
from chimera.spend.errors import EntryNotFoundError
from chimera.spend.repository import AllBooks, AllBudgets, AllEntries, AllHolds, AllWindows
from chimera.store import Database, Transaction
from chimera.store.moments import shared_now


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A hold that stands.

    Attributes:
        is_leaked: Whether its cashier is gone, or silent for longer than a lease.
    """

    tenant_id: UUID
    id: UUID
    held_at: datetime
    model_id: str
    cost_nusd: int
    tokens: int
    cashier_id: UUID
    is_leaked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What was found.

    Attributes:
        windows: How many counters were compared.
        spent_nusd: Sum of the whole ledger.
        leaked: Holds that nobody will settle; the reaper of a running server takes them.
        days: Tenants' days whose sums, which reports are made of, are not those of their lines.
    """

    tenants: int
    windows: int
    spent_nusd: int
    differences: Sequence[Difference]
    leaked: Sequence[Standing]
    days: Sequence[tuple[UUID, date]]

    @property
    def is_exact(self) -> bool:
        return not self.differences and not self.leaked and not self.days


async def reconcile(database: Database, *, repair: bool = False) -> Reconciliation:
    """Compare every counter, one tenant after the other, while its cashiers wait.

    Args:
        database: May be in use.
        repair: Whether to write the counters anew from the ledger, and to let wrong sums be added up again.

    Raises:
        DatabaseUnavailableError: if it cannot be reached.
    """
    async with database.system_reading() as tx:
        tenants = await AllBooks(tx).tenants()
    windows = spent = 0
    found: list[Difference] = []
    for tenant_id in tenants:
        async with database.system_transaction() as tx:
            compared, wrong = await _compare(tx, tenant_id, repair=repair)
            spent += await AllEntries(tx).sum_nusd(tenant_id)
        windows += compared
        found += wrong
    days = [(tenant_id, day) for tenant_id in tenants for day in await wrong_days(database, tenant_id)]
    for tenant_id in {tenant_id for tenant_id, _ in days} if repair else ():
        await forget_sums(database, tenant_id)
    leaked = [hold for hold in await standing(database) if hold.is_leaked]
    return Reconciliation(
        tenants=len(tenants), windows=windows, spent_nusd=spent, differences=found, leaked=leaked, days=days
    )


async def _compare(tx: Transaction, tenant_id: UUID, *, repair: bool) -> tuple[int, Sequence[Difference]]:
    """How many counters a tenant has, and those that are wrong."""
    await AllBooks(tx).lock(tenant_id)
    budgets = {row.id: budget_of(row) for row in await AllBudgets(tx).of(tenant_id)}
    true = await _true(tx, tenant_id, list(budgets.values()))
    kept = await _kept(tx, tenant_id)
    windows, wrong = differences(tenant_id, budgets, kept, true)
    if repair and wrong:
        await AllWindows(tx).replace(tenant_id, true)
    return windows, wrong


async def standing(database: Database) -> Sequence[Standing]:
    """Every hold, oldest first."""
    async with database.system_reading() as tx:
        cutoff = await shared_now(tx) - timedelta(seconds=Pace().lease_s)
        found = await AllHolds(tx).standing()
    return [
        Standing(
            tenant_id=row.tenant_id,
            id=row.id,
            held_at=row.held_at,
            model_id=f"{row.provider}/{row.model}",
            cost_nusd=row.cost_nusd,
            tokens=row.tokens,
            cashier_id=row.cashier_id,
            is_leaked=seen_at is None or seen_at < cutoff,
        )
        for row, seen_at in found
    ]


async def entry_named(database: Database, id: UUID, *, cost_nusd: int) -> Adjust:
    """How to let an entry, whosever it is, come to a cost.

    Raises:
        EntryNotFoundError: if there is none of that id.
    """
    async with database.system_reading() as tx:
        entry = await AllEntries(tx).find(id)
    if entry is None:
        raise EntryNotFoundError("There is no such entry in the ledger.")
    return Adjust(tenant_id=entry.tenant_id, call_id=entry.call_id, entry_id=entry.id, cost_nusd=cost_nusd)


async def _true(tx: Transaction, tenant_id: UUID, budgets: Sequence[Budget]) -> Counts:
    entries, holds = AllEntries(tx).of(tenant_id), AllHolds(tx).of(tenant_id)
    found: Counts = {}
    for budget in budgets:
        found |= await counted(tx, budget, tenant_id, entries, holds)
    return found


async def _kept(tx: Transaction, tenant_id: UUID) -> Counts:
    return kept_in(await AllWindows(tx).of(tenant_id))
