"""`kill -9` while words are deleted and a summary is made: others go on, and nothing is half done, or done twice."""

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from tests.durability.replica import Replica, replica
from tests.durability.rows import count, run
from tests.fakes.answer import Answer
from tests.fakes.server import FakeUpstream

# Servers are started, one after another: on a busy machine that alone takes a minute.
pytestmark = pytest.mark.timeout(240)
OLD = 60
MODEL = "openai/gpt-4o"
SUMMARY = "They spoke of skies."
LOOK_S = 0.02
WITHIN_S = 100


async def brought(server: Replica, wanted: int) -> list[str]:
    """Let so many conversations of two messages come in from elsewhere; their ids."""
    exported = [
        {
            "uuid": f"conversation {number}",
            "name": f"Talk {number}",
            "chat_messages": [
                {"uuid": f"{number} {sender}", "sender": sender, "text": f"Word of {sender}."}
                for sender in ("human", "assistant")
            ],
        }
        for number in range(wanted)
    ]
    path = "/api/v1/conversations"
    read = await server.client.post(f"{path}/import", content=json.dumps(exported).encode())
    assert read.status_code == 200, read.text
    found = await server.client.get(path, params={"limit": 100})
    ids, cursor = [one["id"] for one in found.json()["data"]], found.json()["next_cursor"]
    while cursor:
        found = await server.client.get(path, params={"limit": 100, "cursor": cursor})
        ids, cursor = ids + [one["id"] for one in found.json()["data"]], found.json()["next_cursor"]
    return ids


async def age(database_url: str, *, of: str, state: str, minutes: int) -> None:
    """Let nobody have spoken for so long in these conversations, and let that be looked for now, by a steady clock."""
    await move(database_url, "conversations", of, quiet_since=minutes, state_since=minutes)
    await run(database_url, *2 * (f"UPDATE conversations SET state = '{state}' WHERE {of}",))
    await move(database_url, "conversation_rests", due_at=1, looked_at=30, steady_since=120)
    await move(database_url, "job_schedules", "name = 'conversations.rest'", due_at=1)


async def move(database_url: str, table: str, where: str = "true", **minutes: int) -> None:
    """Let moments be so many minutes ago."""
    # As the server writes them: it looks for schedules by the very moment that it read.
    written = "strftime('%Y-%m-%d %H:%M:%f000', 'now', '-{} minutes')"
    sqlite = ", ".join(f"{name} = {written.format(ago)}" for name, ago in minutes.items())
    postgres = ", ".join(f"{name} = now() - interval '{ago} minutes'" for name, ago in minutes.items())
    await run(database_url, *(f"UPDATE {table} SET {values} WHERE {where}" for values in (sqlite, postgres)))


async def until(database_url: str, table: str, where: str, at_least: int) -> None:
    """Of another process there is no event to wait for."""
    for _ in range(int(WITHIN_S / LOOK_S)):
        if await count(database_url, table, where) >= at_least:
            return
        await asyncio.sleep(LOOK_S)
    raise AssertionError(f"not so many of {table} where {where}")


async def hold(server: Replica, database_url: str, conversation_id: str) -> int:
    """Place a legal hold; how many words there are when the answer has come."""
    body = {"conversation_id": conversation_id, "reason": "Case 1"}
    placed = await server.client.post("/api/v1/privacy/legal-holds", json=body)
    assert placed.status_code == 201, placed.text
    return await words(database_url, conversation_id)


async def words(database_url: str, conversation_id: str) -> int:
    return await count(database_url, "messages", of(conversation_id))


def of(conversation_id: str, column: str = "conversation_id") -> str:
    """As both databases write an id."""
    return f"replace(CAST({column} AS text), '-', '') = '{conversation_id.replace('-', '')}'"


async def test_what_a_killed_server_began_others_end_once(
    database_url: str, fake: FakeUpstream, tmp_path: Path
) -> None:
    fake.say(Answer(text=SUMMARY, chunks=2, delay_s=60))
    settings = {"context_summary_model": MODEL}
    async with replica(database_url, fake, tmp_path / "first", **settings) as first:
        young, *old = await brought(first, OLD + 1)
        await age(database_url, of=of(young, "id"), state="active", minutes=60)
        await fake.arrived(1)
        await age(database_url, of=f"NOT {of(young, 'id')}", state="completed", minutes=100 * 24 * 60)
        await until(database_url, "retired_conversations", "is_done", 3)
        kept = await hold(first, database_url, old[-1])
        await first.kill()
    left = await count(database_url, "messages")
    assert 2 + kept < left < 2 * (OLD + 1), "it was killed in the middle"
    assert await words(database_url, old[-1]) == kept

    fake.say(Answer(text=SUMMARY))

    await move(database_url, "jobs", due_at=1)  # the leases of the dead one are over
    async with AsyncExitStack() as stack:
        # On PostgreSQL two are rivals for what is left; a file has one server.
        names = ("a", "b") if database_url.startswith("postgres") else ("a",)
        starts = [stack.enter_async_context(replica(database_url, fake, tmp_path / name, **settings)) for name in names]
        second, *_ = [await one for one in starts]
        done = f"is_done AND NOT {of(old[-1])}"
        await until(database_url, "retired_conversations", done, OLD - 1)
        await until(database_url, "conversations", "summary_of IS NOT NULL", 1)
        told = (await second.client.get(f"/api/v1/conversations/{young}/lifecycle")).json()
        assert (told["state"], told["summary"]) == ("paused", SUMMARY)
    assert [await words(database_url, one) for one in (young, old[-1])] == [2, kept]
    assert await count(database_url, "messages") == 2 + kept
    assert await count(database_url, "retired_conversations", f"{done} AND messages = 2") == OLD - 1
    query = "SELECT details FROM audit_entries WHERE act = 'conversations.retired'"
    told_of = [json.loads(details)["conversations"] for (details,) in await run(database_url, query, query)]
    assert sum(told_of) == await count(database_url, "retired_conversations")
    assert await count(database_url, "conversations") == OLD + 1
