"""What tests of the books share: people, budgets, claims, and what the database says of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Usage
from chimera.spend.budgets import EACH
from chimera.spend.claims import Books, Claim, Entry, Grant
from chimera.spend.repository import AllBooks, AllBudgets, AllEntries, AllHolds, AllWindows
from chimera.spend.tables import BudgetRow, EntryRow
from chimera.store import Database
from chimera.tenancy.repository import AllTenants
from chimera.tenancy.tables import TenantRow

WORST = 1_000


async def someone(database: Database, *, teams: int = 0, key: bool = False) -> Scope:
    """The only member of a new organisation."""
    async with database.system_transaction() as tx:
        row = await AllTenants(tx).add(TenantRow(name="one"))
    return Scope(
        tenant_id=row.id,
        actor_id=new_id(),
        permissions=frozenset(),
        key_id=new_id() if key else None,
        team_ids=tuple(new_id() for _ in range(teams)),
    )


async def budget(database: Database, scope: Scope, limit: int, **terms: Any) -> UUID:
    """Make a hard daily budget of money for the whole organisation, or what the terms say."""
    now = terms.pop("created_at", None) or utc_now()
    chosen = {"kind": "tenant", "subject": EACH, "period": "day", "unit": "usd", "hard": True} | terms
    row = BudgetRow(
        tenant_id=scope.tenant_id,
        created_at=now,
        name="Lab",
        limit=limit,
        thresholds=[80, 100],
        created_by=scope.actor_id,
        updated_at=now,
        **chosen,
    )
    async with database.system_transaction() as tx:
        await AllBooks(tx).lock(scope.tenant_id)
        await AllBudgets(tx).add(row)
    return row.id


def claim(scope: Scope, worst: int = WORST, **members: Any) -> Claim:
    chosen = {"least_nusd": worst, "worst_tokens": 100, "model": "gpt-4o"} | members
    return Claim(
        id=new_id(),
        call_id=new_id(),
        attempt=1,
        scope=scope,
        provider="openai",
        asked_model="gpt",
        worst_nusd=worst,
        **chosen,
    )


def entry(cost: int | None = 400, **members: Any) -> Entry:
    usage = members.pop("usage", Usage(input_tokens=30, output_tokens=10))
    chosen = {"outcome": "ok", "measured": "reported"} | members
    return Entry(usage=usage, cost_nusd=cost, **chosen)


async def spend(books: Books, scope: Scope, cost: int = 400) -> Grant:
    grant = await books.hold(claim(scope))
    await books.settle(grant, entry(cost))
    return grant


async def ledger(database: Database, scope: Scope) -> Sequence[EntryRow]:
    """Oldest first."""
    async with database.system_reading() as tx:
        query = AllEntries(tx).of(scope.tenant_id).order_by(EntryRow.created_at, EntryRow.id)
        return list(await tx.scalars(query))


async def counters(database: Database, scope: Scope) -> dict[tuple[UUID, str], tuple[int, int]]:
    """Settled and held by budget and subject, of all windows together."""
    found: dict[tuple[UUID, str], tuple[int, int]] = {}
    async with database.system_reading() as tx:
        for row in await AllWindows(tx).of(scope.tenant_id):
            settled, held = found.get((row.id, row.subject), (0, 0))
            found[row.id, row.subject] = (settled + row.settled, held + row.held)
    return found


async def held(database: Database, scope: Scope) -> int:
    """How many holds stand."""
    async with database.system_reading() as tx:
        return len(list(await tx.scalars(AllHolds(tx).of(scope.tenant_id))))


class Clock:
    """Shows what it was set to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now
