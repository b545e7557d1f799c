"""What people see of what they spent: sums, lines, files, invoices and advice, all of them exactly the ledger."""

import csv
import io
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from tests.serving import Running
from tests.spend.pages import NOON, another_tenant, entry, owners_client, whoever_asks, write

from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.kit.money import usd
from chimera.spend.analytics.folding import Folding, of_tenant
from chimera.spend.analytics.sums import Wanted
from chimera.spend.tables import EntryRow

TIME = {"since": "2026-11-01T00:00:00Z", "until": "2026-12-01T00:00:00Z"}


@dataclass(frozen=True, slots=True)
class Door:
    server: Running
    http: httpx2.AsyncClient
    tenant: UUID
    user: UUID

    async def write(self, *entries: EntryRow) -> None:
        await write(self.server.house.database, *entries)

    def entry(self, **values: Any) -> EntryRow:
        return entry(self.tenant, values.pop("actor_id", self.user), **values)

    async def usage(self, **asked: Any) -> dict[str, Any]:
        answer = await self.http.get("/api/v1/usage", params=TIME | asked)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def key(self, *permissions: str) -> dict[str, str]:
        """Headers of somebody who may do no more."""
        made = await self.http.post("/api/v1/keys", json={"name": "some", "permissions": permissions})
        return {"Authorization": f"Bearer {made.json()['key']}"}


@pytest.fixture
async def door(database_url: str, tmp_path: Path) -> AsyncGenerator[Door]:
    async with owners_client(database_url, tmp_path) as (server, http):
        tenant, user = await whoever_asks(http)
        yield Door(server, http, tenant, user)


TEAM, KEY, COLLEAGUE, CONVERSATION = (new_id() for _ in range(4))


async def write_some(door: Door) -> None:
    await door.write(
        door.entry(cost_nusd=1, key_id=KEY, team_ids=f"{TEAM}", conversation_id=CONVERSATION),
        door.entry(cost_nusd=2, model="gpt-5-mini", actor_id=COLLEAGUE, held_at=NOON + timedelta(hours=1)),
        door.entry(cost_nusd=4, provider="anthropic", model="claude", feature="chat", held_at=NOON - timedelta(days=9)),
        door.entry(cost_nusd=None, provider="anthropic", model="claude", outcome="provider_timeout", requests=0),
        door.entry(cost_nusd=0, measured="none", requests=0, saved_nusd=7, input_tokens=0, output_tokens=0),
        door.entry(cost_nusd=8, saved_nusd=3, held_at=datetime(2026, 10, 31, 23, 59, tzinfo=UTC)),
    )
    other_tenant, other_user = await another_tenant(door.server.house.database)
    await write(door.server.house.database, entry(other_tenant, other_user, cost_nusd=1000))


async def costs(door: Door, **asked: Any) -> dict[str | None, str]:
    found = await door.usage(**asked)
    return {one["start"] or one["group"]: one["cost_usd"] for one in found["data"]}


async def test_usage_is_added_up(door: Door) -> None:
    await write_some(door)
    everything = await door.usage()
    total = everything["total"]
    assert (total["cost_usd"], total["entries"], total["requests"]) == ("0.000000007", 5, 3)
    assert (total["unpriced"], total["cached_calls"], total["saved_cache_usd"]) == (1, 1, "0.000000007")
    assert (total["input_tokens"], total["output_tokens"]) == (80, 40)
    assert everything["data"] == [{**total, "start": None, "group": None}]


async def test_usage_is_told_apart_by_time_and_by_who_what_and_whom(door: Door) -> None:
    await write_some(door)
    assert await costs(door, bucket="day") == {"2026-11-11": usd(4), "2026-11-20": usd(3)}
    assert await costs(door, bucket="month") == {"2026-11-01": usd(7)}
    hours = {"since": "2026-11-20T00:00:00Z", "until": "2026-11-21T00:00:00Z"}
    assert await costs(door, **hours, group_by="provider") == {"openai": usd(3), "anthropic": usd(0)}
    by_hour = (await door.usage(**hours, bucket="hour"))["data"]
    assert [(one["start"], one["cost_usd"]) for one in by_hour] == [
        ("2026-11-20T12:00:00Z", usd(1)),
        ("2026-11-20T13:00:00Z", usd(2)),
    ]
    assert await costs(door, group_by="model") == {
        "anthropic/claude": usd(4),
        "openai/gpt-5-mini": usd(2),
        "openai/gpt-5": usd(1),
    }
    assert await costs(door, group_by="user") == {str(door.user): usd(5), str(COLLEAGUE): usd(2)}
    assert await costs(door, group_by="team") == {None: usd(6), str(TEAM): usd(1)}
    assert await costs(door, group_by="key") == {None: usd(6), str(KEY): usd(1)}
    assert await costs(door, group_by="feature") == {"chat": usd(4), "api": usd(3)}
    assert await costs(door, group_by="outcome") == {"ok": usd(7), "provider_timeout": usd(0)}
    assert await costs(door, group_by="conversation") == {None: usd(6), str(CONVERSATION): usd(1)}


async def test_usage_is_narrowed_and_paged(door: Door) -> None:
    await write_some(door)
    for asked, cost in (
        ({"model": "openai/gpt-5"}, 1),
        ({"model": "claude"}, 4),
        ({"user_id": str(COLLEAGUE)}, 2),
        ({"team_id": str(TEAM)}, 1),
        ({"key_id": str(KEY)}, 1),
        ({"conversation_id": str(CONVERSATION)}, 1),
        ({"outcome": "provider_timeout"}, 0),
    ):
        assert (await door.usage(**asked))["total"]["cost_usd"] == usd(cost), asked
    first = await door.usage(group_by="model", limit=2)
    assert (len(first["data"]), first["next_offset"]) == (2, 2)
    last = await door.usage(group_by="model", limit=2, offset=2)
    assert ([one["group"] for one in last["data"]], last["next_offset"]) == (["openai/gpt-5"], None)


async def test_days_that_were_added_up_say_the_same_and_a_late_entry_is_not_lost(door: Door) -> None:
    folding = Folding(database=door.server.house.database, clock=lambda: NOON)
    rows = [door.entry(cost_nusd=n, model=f"m{n % 3}", held_at=NOON - timedelta(hours=7 * n)) for n in range(1, 20)]
    await door.write(*rows)
    asked = [{}, {"group_by": "model"}, {"bucket": "day", "group_by": "user"}, {"since": "2026-11-18T13:00:00Z"}]
    before = [await door.usage(**one) for one in asked]
    assert await folding.fold_all() == len(rows)
    assert [await door.usage(**one) for one in asked] == before
    assert await folding.fold_all() == 0
    await door.write(door.entry(cost_nusd=1_000, model="m1", held_at=rows[4].held_at), door.entry(cost_nusd=30_000))
    expected = sum(row.cost_nusd or 0 for row in rows) + 31_000
    assert (await door.usage())["total"]["cost_usd"] == usd(expected)
    assert await folding.fold_all() == 2
    assert (await door.usage())["total"]["cost_usd"] == usd(expected)


async def test_a_member_sees_their_own_and_nobody_else_s(door: Door) -> None:
    await door.write(door.entry(cost_nusd=1), door.entry(cost_nusd=2, actor_id=new_id()))
    headers = await door.key("chat")
    found = await door.http.get("/api/v1/usage", params=TIME, headers=headers)
    assert found.json()["total"]["cost_usd"] == usd(1)
    lines = (await door.http.get("/api/v1/ledger", params=TIME, headers=headers)).json()["data"]
    assert [line["cost_usd"] for line in lines] == [usd(1)]
    for path in ("/api/v1/usage", "/api/v1/ledger", "/api/v1/ledger/export"):
        asked = TIME | {"user_id": str(new_id())}
        assert (await door.http.get(path, params=asked, headers=headers)).json()["code"] == "permission_denied"
    for path in ("invoices/2026-11", "ledger/reconciliation", "usage/savings", "usage/recommendations", "usage/meter"):
        assert (await door.http.get(f"/api/v1/{path}", headers=headers)).json()["code"] == "permission_denied"


async def test_the_books_are_read_by_whoever_may_read_them_and_changed_by_nobody_else(door: Door) -> None:
    colleague = new_id()
    await door.write(door.entry(cost_nusd=1), door.entry(cost_nusd=2, actor_id=colleague))
    budget = {"name": "All", "kind": "tenant", "period": "month", "limit": "10.00"}
    made = (await door.http.post("/api/v1/budgets", json=budget)).json()
    headers = await door.key("spend:read")
    usage = await door.http.get("/api/v1/usage", params=TIME | {"user_id": str(colleague)}, headers=headers)
    assert usage.json()["total"]["cost_usd"] == usd(2)
    ledger = await door.http.get("/api/v1/ledger", params=TIME, headers=headers)
    assert len(ledger.json()["data"]) == 2
    export = await door.http.get("/api/v1/ledger/export", params=TIME, headers=headers)
    assert len(list(csv.DictReader(io.StringIO(export.text)))) == 2
    for path in (
        "invoices/2026-11",
        "ledger/reconciliation",
        "usage/savings",
        "usage/recommendations",
        "usage/meter",
        "budgets",
    ):
        assert (await door.http.get(f"/api/v1/{path}", headers=headers)).status_code == 200, path
    one = f"/api/v1/budgets/{made['id']}"
    assert (await door.http.get(f"{one}/alerts", headers=headers)).status_code == 200
    for method, path, body in (
        ("POST", "/api/v1/budgets", budget),
        ("PATCH", one, {"limit": "1.00"}),
        ("DELETE", one, None),
        ("GET", "/api/v1/keys", None),
        ("PUT", "/api/v1/policies/spend", {}),
        ("GET", "/api/v1/webhooks", None),
    ):
        refused = await door.http.request(method, path, json=body, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied"), path
    assert (await door.http.get(one)).json()["limit"] == "10.00"


async def test_by_hour_the_last_two_days_are_told_where_no_time_is_named(door: Door) -> None:
    now = utc_now()
    await door.write(*(door.entry(cost_nusd=1, held_at=now - timedelta(hours=hours)) for hours in (1, 47, 49)))
    told = (await door.http.get("/api/v1/usage", params={"bucket": "hour"})).json()
    assert datetime.fromisoformat(told["until"]) - datetime.fromisoformat(told["since"]) == timedelta(hours=48)
    assert (len(told["data"]), told["total"]["entries"]) == (2, 2)
    refused = await door.http.get("/api/v1/usage", params=TIME | {"bucket": "hour"})
    assert "8 days" in refused.json()["errors"][0]["message"]


async def test_the_ledger_is_read_by_the_page_and_as_a_file(door: Door) -> None:
    formula = "=HYPERLINK(1)"
    await door.write(*(door.entry(cost_nusd=n, asked_model=formula if n == 3 else "gpt-5") for n in range(7)))
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = (await door.http.get("/api/v1/ledger", params=TIME | {"limit": "3"} | after)).json()
        seen += [line["cost_usd"] for line in page["data"]]
        if page["next_after"] is None:
            break
        after = {"after": page["next_after"]}
    assert sorted(seen) == [usd(n) for n in range(7)]
    file = await door.http.get("/api/v1/ledger/export", params=TIME)
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert file.headers["content-disposition"] == 'attachment; filename="ledger-20261101-20261201.csv"'
    rows = list(csv.DictReader(io.StringIO(file.text)))
    assert [row["cost_usd"] for row in rows] == seen
    (suspect,) = (row["asked_model"] for row in rows if row["cost_usd"] == usd(3))
    assert suspect == f"'{formula}"
    file = await door.http.get("/api/v1/ledger/export", params=TIME | {"format": "jsonl"})
    lines = [json.loads(line) for line in file.text.splitlines()]
    assert [line["cost_usd"] for line in lines] == seen
    assert formula in [line["asked_model"] for line in lines]


async def test_an_export_reads_a_long_ledger_in_pieces(door: Door) -> None:
    await door.write(*(door.entry(cost_nusd=1) for _ in range(2_500)))
    ledger, wanted = door.server.house.money.ledger, Wanted(since=NOON - timedelta(1), until=NOON + timedelta(1))
    pieces = [piece async for piece in ledger.export(of_tenant(door.tenant), wanted, "jsonl")]
    assert [piece.count(b"\n") for piece in pieces] == [1000, 1000, 500]


async def test_an_invoice_is_the_ledger_of_its_month(door: Door) -> None:
    await door.write(
        door.entry(cost_nusd=1, held_at=datetime(2026, 11, 1, tzinfo=UTC)),
        door.entry(cost_nusd=20, model="gpt-5-mini", held_at=datetime(2026, 11, 30, 23, 59, 59, 999_999, tzinfo=UTC)),
        door.entry(cost_nusd=300, held_at=datetime(2026, 12, 1, tzinfo=UTC)),
        door.entry(cost_nusd=-1, outcome="adjustment", adjusts=new_id(), tokens=0, requests=0),
        door.entry(cost_nusd=None, model="new"),
    )
    invoice = (await door.http.get("/api/v1/invoices/2026-11")).json()
    lines = {line["model"]: (line["cost_usd"], line["unpriced"]) for line in invoice["lines"]}
    assert lines == {"openai/gpt-5": ("0.00", 0), "openai/gpt-5-mini": (usd(20), 0), "openai/new": ("0.00", 1)}
    assert invoice["total"]["cost_usd"] == usd(20) == (await door.usage())["total"]["cost_usd"]
    assert invoice["total"]["input_tokens"] == 60  # the adjustment's are not counted again
    assert (await door.http.get("/api/v1/invoices/2026-12")).json()["total"]["cost_usd"] == usd(300)
    assert (await door.http.get("/api/v1/invoices/2026-13")).status_code == 422


async def test_what_was_saved_is_told_against_the_baseline(door: Door) -> None:
    await door.write(
        door.entry(cost_nusd=60, saved_nusd=15),
        door.entry(cost_nusd=0, measured="none", requests=0, saved_nusd=25),
    )
    told = (await door.http.get("/api/v1/usage/savings", params=TIME)).json()
    assert {name: told[name] for name in told if name not in TIME} == {
        "cost_usd": usd(60),
        "saved_cache_usd": usd(25),
        "saved_routing_usd": usd(15),
        "baseline_usd": usd(100),
        "saved_percent": 40.0,
        "unpriced": 0,
    }


async def test_advice_is_computed_from_the_ledger(door: Door) -> None:
    at = utc_now() - timedelta(days=1)
    await door.write(*(door.entry(cost_nusd=100, held_at=at) for _ in range(3)), door.entry(held_at=at))
    await door.write(door.entry(cost_nusd=900, outcome="abandoned", held_at=at))
    told = (await door.http.get("/api/v1/usage/recommendations")).json()["data"]
    assert [(one["kind"], one["outcome"], one["saves_usd"]) for one in told] == [
        ("spent_for_nothing", "abandoned", usd(900))
    ]


async def test_times_that_make_no_sense_are_refused(door: Door) -> None:
    for asked, status in (
        ({"since": "2026-11-01T00:00:00Z", "until": "2026-10-01T00:00:00Z"}, 400),
        ({"since": "2000-01-01T00:00:00Z", "until": "2026-10-01T00:00:00Z"}, 400),
        (TIME | {"bucket": "hour"}, 400),
        (TIME | {"bucket": "day", "group_by": "conversation"}, 400),
        ({"since": "1763740800"}, 422),
        ({"since": "2026-11-01T00:00:00"}, 422),
        ({"since": "0001-01-01T00:00:00+14:00"}, 422),
        ({"until": "0001-01-01T00:00:00Z"}, 400),
        ({"bucket": "year"}, 422),
        ({"model": "\x00"}, 422),
    ):
        assert (await door.http.get("/api/v1/usage", params=asked)).status_code == status, asked
