"""`kill -9` while a receiver still thinks about an event: it hears of it again, under the same id."""

import asyncio
from pathlib import Path

from tests.durability.replica import replica
from tests.durability.rows import count, run
from tests.fakes.server import FakeUpstream
from tests.webhooks.receiver import receiving


async def test_an_event_whose_sender_was_killed_is_told_again_under_the_same_id(
    database_url: str, fake: FakeUpstream, tmp_path: Path
) -> None:
    async with receiving() as receiver:
        receiver.holds = asyncio.Event()
        async with replica(database_url, fake, tmp_path, webhook_private_networks="true") as first:
            made = await first.client.post("/api/v1/webhooks", json={"url": receiver.url})
            assert made.status_code == 201, made.text
            told = await first.client.post(f"/api/v1/webhooks/{made.json()['id']}/ping")
            assert told.is_success, told.text
            await receiver.until(lambda: len(receiver.heard) == 1)
            await first.kill()
        assert await count(database_url, "webhook_deliveries", "state = 'pending'") == 1
        receiver.holds.set()
        # Its lease would be over in a minute.
        await run(
            database_url,
            "UPDATE webhook_deliveries SET due_at = datetime(due_at, '-2 minutes')",
            "UPDATE webhook_deliveries SET due_at = due_at - interval '2 minutes'",
        )
        async with replica(database_url, fake, tmp_path, webhook_private_networks="true"):
            await receiver.until(lambda: len(receiver.heard) == 2)
    once, again = receiver.heard
    assert once.headers["webhook-id"] == again.headers["webhook-id"]
    assert once.body == again.body
