"""Warnings of budgets: each threshold once in a window, however many replicas watch, and to webhooks with it."""

import asyncio
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from tests.spend.pages import NOON, another_tenant, entry, spend, write

from chimera.kit.scope import Scope
from chimera.spend.alerts.repository import AllAlerts
from chimera.spend.alerts.watching import Happening, Warnings, Watch
from chimera.spend.analytics.metering import Metering
from chimera.spend.planning.keeping import KeptBudgets, Subject, Terms
from chimera.spend.tables import BudgetRow
from chimera.store import Database, Transaction
from chimera.webhooks.events import Event
from chimera.webhooks.service import Outbox
from chimera.webhooks.tables import EventRow

USD = 1_000_000_000
MONTH = date(2026, 11, 1)


@dataclass(slots=True)
class Desk:
    database: Database
    scope: Scope
    now: datetime = NOON

    def clock(self) -> datetime:
        return self.now

    async def announce(self, tx: Transaction, scope: Scope, told: Happening) -> None:
        event = Event(type=told.type, id=told.id, at=told.at, data=told.data)
        await Outbox(clock=self.clock).write(tx, scope, event)

    def watch(self) -> Watch:
        """As each replica has one."""
        return Watch(database=self.database, clock=self.clock, announce=self.announce)

    def metering(self) -> Metering:
        return Metering(database=self.database, clock=self.clock, announce=self.announce)

    async def budget(self, **terms: object) -> BudgetRow:
        subject = Subject(kind="tenant", subject=str(self.scope.tenant_id), period="month")
        chosen = Terms(**({"name": "All", "limit": 10 * USD} | terms))  # type: ignore[arg-type]
        return await KeptBudgets(database=self.database, knows={}, clock=self.clock).create(self.scope, subject, chosen)

    async def spend(self, budget: BudgetRow, settled: int, starts_on: date = MONTH) -> None:
        window = (self.scope.tenant_id, budget.id, budget.subject, starts_on)
        await spend(self.database, window, settled)

    async def told(self) -> list[tuple[str, dict[str, object]]]:
        async with self.database.reading(self.scope) as tx:
            rows = await tx.scalars(select(EventRow).order_by(EventRow.created_at, EventRow.type.desc()))
            return [(row.type, json.loads(row.body)["data"]) for row in rows]


@pytest.fixture
async def desk(database: Database) -> Desk:
    tenant, user = await another_tenant(database)
    return Desk(database, Scope(tenant_id=tenant, actor_id=user, permissions=frozenset()))


async def test_each_threshold_is_told_once_by_whichever_replica(desk: Desk) -> None:
    budget = await desk.budget(thresholds=[50, 80, 100], hard=False)
    desk.now = datetime.fromisoformat("2026-11-30T23:00:00+00:00")
    await desk.spend(budget, 4 * USD)
    assert await desk.watch().look() == 0
    await desk.spend(budget, 8 * USD + 1)
    given = await asyncio.gather(*(desk.watch().look() for _ in range(4)))
    assert sum(given) == 2
    assert [(kind, data["threshold_percent"]) for kind, data in await desk.told()] == [
        ("budget.threshold_reached", 50),
        ("budget.threshold_reached", 80),
    ]
    (_, told), *_ = await desk.told()
    assert (told["spent"], told["limit"], told["level"]) == ("8.000000001", "10.00", "warning")
    assert told["renews_at"] == "2026-12-01T00:00:00Z"
    await desk.spend(budget, 11 * USD)
    assert await desk.watch().look() == 2  # the limit, and that the month will end beyond it
    assert await desk.watch().look() == 0
    assert {kind for kind, _ in await desk.told()} >= {"budget.exhausted", "budget.overage_projected"}
    page = await Warnings(database=desk.database).of(desk.scope, budget.id, cursor=None, limit=10)
    assert sorted(row.threshold for row in page.rows) == [0, 50, 80, 100]


async def test_however_many_are_due_those_that_were_given_are_found(desk: Desk) -> None:
    budget = await desk.budget(hard=False)
    await desk.spend(budget, 9 * USD)
    assert await desk.watch().look() == 2
    page = await Warnings(database=desk.database).of(desk.scope, budget.id, cursor=None, limit=10)
    given = {row.id for row in page.rows}
    async with desk.database.system_reading() as tx:
        assert await AllAlerts(tx).given([*(uuid4() for _ in range(40_000)), *given]) == given


async def test_the_next_window_is_told_of_anew(desk: Desk) -> None:
    budget = await desk.budget()
    desk.now = datetime.fromisoformat("2026-11-30T23:59:00+00:00")
    await desk.spend(budget, 9 * USD)
    assert await desk.watch().look() == 1
    desk.now += timedelta(minutes=2)
    assert await desk.watch().look() == 0
    await desk.spend(budget, 9 * USD, date(2026, 12, 1))
    assert await desk.watch().look() == 1


async def test_that_it_will_be_too_much_is_foreseen(desk: Desk) -> None:
    budget = await desk.budget()
    await desk.spend(budget, 7 * USD)  # by the 20th
    assert await desk.watch().look() == 1
    ((kind, data),) = await desk.told()
    assert (kind, data["projected"]) == ("budget.overage_projected", "10.769230769")


async def test_a_disabled_budget_is_silent(desk: Desk) -> None:
    budget = await desk.budget(enabled=False)
    await desk.spend(budget, 20 * USD)
    assert await desk.watch().look() == 0


async def test_the_meter_s_records_add_up_to_the_ledger_however_late_an_entry_is(desk: Desk) -> None:
    tenant, user = desk.scope.tenant_id, desk.scope.actor_id
    costs: list[int] = []
    for cost, late in ((5, 0), (7, 1), (11, 30), (13, 5)):
        await write(desk.database, entry(tenant, user, cost_nusd=cost, held_at=NOON - timedelta(days=late)))
        await write(desk.database, entry(tenant, user, cost_nusd=None, model="new"))
        costs.append(cost)
        desk.now += timedelta(minutes=61)
        done = await asyncio.gather(*(desk.metering().meter_all() for _ in range(3)))
        assert sum(done) == (1 if late == 0 else 2)
    assert await desk.metering().meter_all() == 0
    desk.now += timedelta(minutes=2)
    records, cursor = await desk.metering().records(desk.scope, None, limit=4)
    rest, last = await desk.metering().records(desk.scope, cursor, limit=100)
    assert (len(records), len(rest)) == (4, 3)
    assert await desk.metering().records(desk.scope, last, limit=100) == ([], last)
    lines = [line for record in (*records, *rest) for line in record["lines"]]
    assert sum(round(float(line["cost_usd"]) * 1e9) for line in lines) == sum(costs)
    assert sum(line["requests"] for line in lines) == 8
    assert sum(line["unpriced"] for line in lines) == 4
    told = [data for kind, data in await desk.told() if kind == "usage.metered"]
    assert sorted(told, key=lambda one: one["id"]) == sorted((*records, *rest), key=lambda one: one["id"])
