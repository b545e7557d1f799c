"""`kill -9` in the middle of a batch: another replica, or the next start, goes on, and each line has one result."""

import asyncio
import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.durability.replica import Replica, replica
from tests.durability.rows import count, run
from tests.fakes.answer import Answer
from tests.fakes.server import FakeUpstream

CHAT = "/v1/chat/completions"
NAMES = [f"line-{number}" for number in range(60)]
IN_FLIGHT = 8


def line(name: str) -> str:
    body = {"model": "openai/gpt-4o", "messages": [{"role": "user", "content": name}]}
    return json.dumps({"custom_id": name, "method": "POST", "url": CHAT, "body": body})


async def begin(server: Replica) -> str:
    content = "\n".join(map(line, NAMES)).encode()
    form: Any = {"data": {"purpose": "batch"}, "files": {"file": ("in.jsonl", content)}}
    file = (await server.client.post("/v1/files", **form)).raise_for_status().json()
    asked = {"input_file_id": file["id"], "endpoint": CHAT, "completion_window": "24h"}
    return str((await server.client.post("/v1/batches", json=asked)).raise_for_status().json()["id"])


async def over(server: Replica, batch_id: str) -> dict[str, Any]:
    """Ask until it has ended: of another process there is no event to wait for."""
    async with asyncio.timeout(40):
        while True:
            batch: dict[str, Any] = (await server.client.get(f"/v1/batches/{batch_id}")).raise_for_status().json()
            if batch["completed_at"]:
                return batch
            await asyncio.sleep(0.05)


async def told(server: Replica, file_id: str) -> list[str]:
    content = (await server.client.get(f"/v1/files/{file_id}/content")).raise_for_status().text
    found = [json.loads(one) for one in content.splitlines()]
    for one in found:
        said = one["response"]["body"]["choices"][0]["message"]["content"]
        assert said == f"You said: {one['custom_id']}"
    return [one["custom_id"] for one in found]


def asked_of(fake: FakeUpstream) -> Counter[str]:
    return Counter(request.json["messages"][0]["content"] for request in fake.requests if request.operation == "chat")


async def age_leases(database_url: str, by: timedelta) -> None:
    """Let whoever leads a batch have been silent for so much longer."""
    seconds = int(by.total_seconds())
    await run(
        database_url,
        f"UPDATE batches SET heartbeat_at = datetime(heartbeat_at, '-{seconds} seconds')",
        f"UPDATE batches SET heartbeat_at = heartbeat_at - interval '{seconds} seconds'",
    )


async def killed_midway(server: Replica, fake: FakeUpstream) -> str:
    batch_id = await begin(server)
    async with asyncio.timeout(20):
        while asked_of(fake).total() < 25:
            await fake.arrived(len(fake.requests) + 1)
    await server.kill()
    return batch_id


async def test_the_next_start_goes_on_where_the_last_was_killed(
    database_url: str, fake: FakeUpstream, tmp_path: Path
) -> None:
    fake.say(Answer(chunks=1, delay_s=0.05))
    async with replica(database_url, fake, tmp_path) as first:
        batch_id = await killed_midway(first, fake)
    kept = await count(database_url, "batch_results")
    assert 25 - IN_FLIGHT <= kept < len(NAMES)
    if database_url.startswith("postgres"):
        # Another replica might lead it on still. Of a SQLite file a server knows that it is the only one.
        await age_leases(database_url, timedelta(seconds=31))
    async with replica(database_url, fake, tmp_path) as second:
        batch = await over(second, batch_id)
        assert batch["status"] == "completed"
        assert batch["request_counts"] == {"total": len(NAMES), "completed": len(NAMES), "failed": 0}
        assert await told(second, batch["output_file_id"]) == NAMES
        assert batch["error_file_id"] is None
        assert len((await second.client.get("/v1/files")).json()["data"]) == 2
    asked = asked_of(fake)
    assert asked.keys() == set(NAMES)
    # Only what was in flight when it died was asked again.
    assert asked.total() <= len(NAMES) + IN_FLIGHT
    assert await count(database_url, "batch_results") == 0


async def test_another_replica_that_runs_takes_over(postgres_url: str, fake: FakeUpstream, tmp_path: Path) -> None:
    fake.say(Answer(chunks=1, delay_s=0.05))
    async with (
        replica(postgres_url, fake, tmp_path / "a") as first,
        replica(postgres_url, fake, tmp_path / "b") as second,
    ):
        batch_id = await killed_midway(first, fake)
        await age_leases(postgres_url, timedelta(seconds=31))
        batch = await over(second, batch_id)
        assert await told(second, batch["output_file_id"]) == NAMES
    assert asked_of(fake).total() <= len(NAMES) + IN_FLIGHT
