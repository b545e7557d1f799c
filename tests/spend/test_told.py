"""From the ledger to somebody's own server: the whole house, restarted in between."""

import json
from pathlib import Path

from tests.spend.pages import entry, owners_client, whoever_asks, write
from tests.webhooks.receiver import receiving

from chimera.kit.clock import utc_now


async def test_a_spent_budget_and_what_was_used_reach_a_webhook(sqlite_url: str, tmp_path: Path) -> None:
    async with receiving() as receiver:
        async with owners_client(sqlite_url, tmp_path) as (server, http):
            await http.post("/api/v1/webhooks", json={"url": receiver.url})
            tenant, user = await whoever_asks(http)
            await write(server.house.database, entry(tenant, user, cost_nusd=2_000_000_000, held_at=utc_now()))
            made = {"name": "Ours", "kind": "tenant", "period": "total", "unit": "requests", "limit": "1"}
            await http.post("/api/v1/budgets", json=made)
            made |= {"period": "day", "unit": "usd", "limit": "1.00"}
            budget = (await http.post("/api/v1/budgets", json=made)).json()
        async with owners_client(sqlite_url, tmp_path) as (_, http):
            # Later in the day it is also foreseen that it will be too much.
            wanted = {"budget.threshold_reached", "budget.exhausted", "usage.metered"}
            await receiver.until(lambda: set(told(receiver.heard)) >= wanted)
            alerts = (await http.get(f"/api/v1/budgets/{budget['id']}/alerts")).json()["data"]
            assert {alert["threshold_percent"] for alert in alerts} >= {80, 100}
    exhausted = told(receiver.heard)["budget.exhausted"]
    assert (exhausted["spent"], exhausted["limit"], exhausted["budget_id"]) == ("2.00", "1.00", budget["id"])
    assert told(receiver.heard)["usage.metered"]["cost_usd"] == "2.00"


def told(heard: list) -> dict[str, dict]:
    bodies = [json.loads(received.body) for received in heard]
    return {body["type"]: body["data"] for body in bodies}
