"""Whether the books agree, as those who may read them are told: of their own organisation, and where they do not."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from tests.serving import Running
from tests.spend.pages import another_tenant, entry, owners_client, spend, whoever_asks, write

from chimera.kit.clock import utc_now
from chimera.kit.money import usd
from chimera.spend.analytics.folding import Folding, of_tenant
from chimera.spend.analytics.repository import UsageDays
from chimera.store import Database


@dataclass(frozen=True, slots=True)
class Office:
    server: Running
    http: httpx2.AsyncClient
    tenant: UUID
    user: UUID

    @property
    def database(self) -> Database:
        return self.server.house.database

    async def reconciled(self, **asked: Any) -> dict[str, Any]:
        answer = await self.http.get("/api/v1/ledger/reconciliation", params=asked)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def budget(self, kind: str, period: str) -> UUID:
        body = {"name": f"{kind} by {period}", "kind": kind, "period": period, "limit": "10.00"}
        return UUID((await self.http.post("/api/v1/budgets", json=body)).json()["id"])


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncGenerator[Office]:
    async with owners_client(database_url, tmp_path) as (server, http):
        yield Office(server, http, *await whoever_asks(http))


async def test_books_that_agree_are_said_to_and_a_counter_that_does_not_is_named(office: Office) -> None:
    assert (await office.reconciled())["is_exact"]
    now = utc_now()
    today, month = now.date(), now.date().replace(day=1)
    by_user, by_month = await office.budget("user", "day"), await office.budget("tenant", "month")
    await office.budget("tenant", "total")
    await write(
        office.database,
        *(entry(office.tenant, office.user, cost_nusd=cost, held_at=now) for cost in (700, 42)),
        entry(office.tenant, office.user, cost_nusd=5_000, held_at=now - timedelta(days=200)),
        entry(*await another_tenant(office.database), cost_nusd=90_000, held_at=now),
    )
    found = await office.reconciled()
    assert (found["is_exact"], found["ledger_usd"], found["reported_usd"]) == (False, usd(742), usd(742))
    assert (found["entries"], found["counters"], found["days"]) == (2, 2, [])
    nothing, spent = {"settled": "0.00", "held": "0.00"}, {"settled": usd(742), "held": "0.00"}
    assert {(one["budget_id"], one["subject"], one["starts_on"]) for one in found["budgets"]} == {
        (str(by_user), str(office.user), today.isoformat()),
        (str(by_month), str(office.tenant), month.isoformat()),
    }
    assert all((one["counted"], one["true"], one["unit"]) == (nothing, spent, "usd") for one in found["budgets"])
    await spend(office.database, (office.tenant, by_user, str(office.user), today), 742)
    await spend(office.database, (office.tenant, by_month, str(office.tenant), month), 742)
    found = await office.reconciled()
    assert (found["is_exact"], found["counters"], found["budgets"]) == (True, 2, [])


async def test_a_day_that_is_reported_otherwise_than_its_lines_say_is_named(office: Office) -> None:
    now = utc_now()
    await write(office.database, entry(office.tenant, office.user, cost_nusd=742, held_at=now))
    assert await Folding(database=office.database, clock=utc_now).fold(of_tenant(office.tenant)) == 1
    assert (await office.reconciled())["is_exact"]
    async with office.database.transaction(of_tenant(office.tenant)) as tx:
        days = UsageDays(tx, of_tenant(office.tenant))
        await days.run(days.changing().values(cost_nusd=743))
    await write(office.database, entry(office.tenant, office.user, cost_nusd=1_000, held_at=now))
    found = await office.reconciled()
    assert (found["is_exact"], found["ledger_usd"], found["reported_usd"]) == (False, usd(1_742), usd(1_743))
    (day,) = found["days"]
    assert day["day"] == now.date().isoformat()
    assert (day["ledger"]["cost_usd"], day["reported"]["cost_usd"]) == (usd(1_742), usd(1_743))


async def test_as_many_days_are_read_as_are_asked_for(office: Office) -> None:
    now = utc_now()
    for back in (0, 1, 40):
        then = now - timedelta(days=back)
        await write(office.database, entry(office.tenant, office.user, cost_nusd=1, held_at=then))
    for days, entries in ((1, 1), (2, 2), (93, 3)):
        found = await office.reconciled(days=days)
        assert found["entries"] == entries
        assert date.fromisoformat(found["until"]) - date.fromisoformat(found["since"]) == timedelta(days=days - 1)
    for days in (0, 94):
        refused = await office.http.get("/api/v1/ledger/reconciliation", params={"days": days})
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
