"""Budgets over HTTP: made, changed and deleted by owners, and seen by everybody as they stand for them."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from tests.serving import Running
from tests.spend.pages import another_tenant, colleague_of, entry, owners_client, whoever_asks, write

from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id

BUDGETS = "/api/v1/budgets"
MONTHLY = {"name": "All of us", "kind": "tenant", "period": "month", "limit": "10.00"}


@dataclass(frozen=True, slots=True)
class Door:
    server: Running
    http: httpx2.AsyncClient
    tenant: UUID
    user: UUID

    async def make(self, **values: Any) -> dict[str, Any]:
        answer = await self.http.post(BUDGETS, json=MONTHLY | values)
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.json()
        return body


@pytest.fixture
async def door(database_url: str, tmp_path: Path) -> AsyncGenerator[Door]:
    async with owners_client(database_url, tmp_path) as (server, http):
        tenant, user = await whoever_asks(http)
        yield Door(server, http, tenant, user)


async def test_what_two_change_of_a_budget_at_once_is_changed_both(door: Door) -> None:
    for number in range(8):
        made = await door.make(name=f"{number}")
        where = f"{BUDGETS}/{made['id']}"
        await asyncio.gather(
            door.http.patch(where, json={"enabled": False}), door.http.patch(where, json={"limit": "7"})
        )
        now = (await door.http.get(where)).json()
        assert (now["enabled"], now["limit"]) == (False, "7.00")


async def test_a_budget_from_its_beginning_to_its_end(door: Door) -> None:
    now = utc_now()
    spent = entry(door.tenant, door.user, cost_nusd=8_500_000_000, held_at=now)
    await write(door.server.house.database, spent)
    made = await door.make()
    assert {name: made[name] for name in ("kind", "subject", "unit", "limit", "hard", "enabled", "thresholds")} == {
        "kind": "tenant",
        "subject": str(door.tenant),
        "unit": "usd",
        "limit": "10.00",
        "hard": True,
        "enabled": True,
        "thresholds": [80, 100],
    }
    (standing,) = made["standings"]
    assert standing["starts_on"] == now.date().replace(day=1).isoformat()
    assert now < datetime.fromisoformat(standing["renews_at"]) <= now + timedelta(days=31)
    assert {name: standing[name] for name in ("spent", "held", "left", "percent", "level")} == {
        "spent": "8.50",
        "held": "0.00",
        "left": "1.50",
        "percent": 85.0,
        "level": "warning",
    }
    one = f"{BUDGETS}/{made['id']}"
    assert (await door.http.get(one)).json()["id"] == made["id"]
    changed = (await door.http.patch(one, json={"limit": "8.5", "hard": False, "thresholds": [90, 50]})).json()
    assert (changed["limit"], changed["hard"], changed["thresholds"]) == ("8.50", False, [50, 90])
    assert changed["standings"][0]["level"] == "exhausted"
    assert (await door.http.patch(one, json={"enabled": False})).json()["enabled"] is False
    assert [budget["id"] for budget in (await door.http.get(BUDGETS)).json()["data"]] == [made["id"]]
    assert (await door.http.delete(one)).status_code == 204
    assert (await door.http.get(one)).json()["code"] == "budget_not_found"


async def test_everybody_sees_what_binds_them_and_only_as_it_stands_for_them(door: Door) -> None:
    colleague, now = await colleague_of(door.server.house.database, door.tenant), utc_now()
    mine = entry(door.tenant, door.user, cost_nusd=1_000_000_000, held_at=now)
    theirs = entry(door.tenant, colleague, cost_nusd=2_000_000_000, held_at=now)
    await write(door.server.house.database, mine, theirs)
    each = await door.make(name="each", kind="user")
    await door.make(name="colleague's", kind="user", subject=str(colleague))
    await door.make(name="model", kind="model", subject="openai/gpt-5")
    await door.make(name="requests", unit="requests", limit="5")
    assert [one["spent"] for one in each["standings"]] == ["2.00", "1.00"]
    key = (await door.http.post("/api/v1/keys", json={"name": "chat", "permissions": ["chat"]})).json()["key"]
    headers = {"Authorization": f"Bearer {key}"}
    seen = (await door.http.get(BUDGETS, headers=headers)).json()["data"]
    assert [(budget["name"], [one["spent"] for one in budget["standings"]]) for budget in seen] == [
        ("each", ["1.00"]),
        ("requests", ["2"]),
    ]
    for method, path in (
        ("POST", BUDGETS),
        ("PATCH", f"{BUDGETS}/{each['id']}"),
        ("DELETE", f"{BUDGETS}/{each['id']}"),
    ):
        body = MONTHLY if method == "POST" else {"limit": "1"} if method == "PATCH" else None
        answer = await door.http.request(method, path, json=body, headers=headers)
        assert answer.json()["code"] == "permission_denied"
    assert (await door.http.get(f"{BUDGETS}/{each['id']}/alerts", headers=headers)).status_code == 403


async def test_a_budget_of_somebody_unknown_is_refused(door: Door) -> None:
    _, stranger = await another_tenant(door.server.house.database)
    key = (await door.http.post("/api/v1/keys", json={"name": "chat"})).json()
    await door.make(kind="key", subject=key["id"])
    await door.make(kind="user", subject=str(door.user))
    await door.http.delete(f"/api/v1/keys/{key['id']}")
    for kind, subject in (("user", new_id()), ("user", stranger), ("key", new_id()), ("key", key["id"])):
        answer = await door.http.post(BUDGETS, json=MONTHLY | {"kind": kind, "subject": str(subject)})
        assert (answer.status_code, answer.json()["code"]) == (404, "subject_not_found"), kind


async def test_what_makes_no_sense_is_refused(door: Door) -> None:
    for values, status in (
        ({"limit": 10}, 422),
        ({"limit": "1e3"}, 422),
        ({"limit": "-1"}, 422),
        ({"limit": "0.0000000001"}, 422),
        ({"limit": "1\n"}, 422),
        ({"limit": "10000000000"}, 400),
        ({"unit": "tokens", "limit": "1.5"}, 400),
        ({"kind": "user", "subject": "somebody"}, 400),
        ({"kind": "model", "subject": "gpt-5"}, 400),
        ({"subject": str(new_id())}, 400),
        ({"thresholds": [5]}, 422),
        ({"thresholds": ["80"]}, 422),
        ({"hard": "yes"}, 422),
        ({"period": "year"}, 422),
    ):
        answer = await door.http.post(BUDGETS, json=MONTHLY | values)
        assert answer.status_code == status, (values, answer.text)
    assert (await door.http.get(BUDGETS)).json() == {"data": []}


async def test_a_wrong_amount_is_told_by_an_example(door: Door) -> None:
    for limit in (25, "25,00"):
        (fault,) = (await door.http.post(BUDGETS, json=MONTHLY | {"limit": limit})).json()["errors"]
        assert '"25.00"' in fault["message"]
