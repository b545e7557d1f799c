"""Two servers on one database: a conversation does not care which of them it talks to."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from tests.durability.replica import Replica, answer_of, read_until, replica, text_of
from tests.durability.rows import age_heartbeats, count
from tests.fakes.answer import Answer
from tests.fakes.server import FakeUpstream
from tests.postgres import OWNER, PostgresServer

WORDS = " ".join(f"word-{number}" for number in range(80))
SPOKEN = Answer(text=WORDS, chunks=80, delay_s=0.02)


@pytest.fixture(params=["with Redis", "without Redis"])
def shared(request: pytest.FixtureRequest) -> dict[str, str]:
    """Settings that both replicas have."""
    return {"redis_url": request.getfixturevalue("redis_url")} if request.param == "with Redis" else {}


@asynccontextmanager
async def two(
    database_url: str, fake: FakeUpstream, folder: Path, shared: dict[str, str]
) -> AsyncGenerator[tuple[Replica, Replica]]:
    async with (
        replica(database_url, fake, folder / "a", **shared) as a,
        replica(database_url, fake, folder / "b", **shared) as b,
    ):
        yield a, b


async def test_a_turn_is_followed_and_stopped_from_the_other_replica(
    postgres_url: str, fake: FakeUpstream, tmp_path: Path, shared: dict[str, str]
) -> None:
    fake.say(SPOKEN)
    async with two(postgres_url, fake, tmp_path, shared) as (a, b):
        conversation = await a.create()
        async with a.saying(conversation) as stream:
            shown = await read_until(stream, "text.delta", count=5)
        async with b.following(shown[0].data["turn_id"], after=shown[-1].id) as stream:
            shown += await read_until(stream, "turn.finished")
        assert [frame.id for frame in shown] == list(range(1, shown[-1].id + 1))
        assert text_of(shown) == WORDS
        assert shown[-1].data["status"] == "completed"

        fake.say(Answer(text=WORDS, chunks=80, delay_s=0.5))
        async with a.saying(conversation) as stream:
            shown = await read_until(stream, "text.delta")
            stopped = await b.client.post(f"/api/v1/turns/{shown[0].data['turn_id']}/stop")
            assert stopped.status_code == 202
            async with asyncio.timeout(6):
                shown += await read_until(stream, "turn.finished")
        assert shown[-1].data["status"] == "stopped"
        assert answer_of(shown[-1].data["message"]) == text_of(shown)
        await fake.requests[-1].over()
        assert fake.requests[-1].client_left


async def test_what_a_killed_replica_wrote_is_ended_once_by_the_other(
    postgres_url: str, fake: FakeUpstream, tmp_path: Path
) -> None:
    fake.say(SPOKEN)
    async with two(postgres_url, fake, tmp_path, {}) as (a, b):
        conversation = await a.create()
        async with a.saying(conversation) as stream:
            shown = await read_until(stream, "text.delta", count=3)
            await a.kill()
        turn_id = shown[0].data["turn_id"]
        refused = await b.say(conversation)
        assert (refused.status_code, refused.json()["code"]) == (409, "turn_in_progress")
        await age_heartbeats(postgres_url, timedelta(seconds=31))
        async with replica(postgres_url, fake, tmp_path / "c") as c:  # its reaper and that of B are rivals
            async with b.following(turn_id, after=shown[-1].id) as stream, asyncio.timeout(15):
                shown += await read_until(stream, "turn.finished")
            assert shown[-1].data["status"] == "interrupted"
            assert [frame.id for frame in shown] == list(range(1, shown[-1].id + 1))
            assert await count(postgres_url, "turn_events", f"turn_id = '{turn_id}'") == shown[-1].id
            fake.say(Answer(text="Yes."))
            assert (await c.say(conversation)).status_code == 201


async def test_of_two_messages_at_once_exactly_one_wins(postgres_url: str, fake: FakeUpstream, tmp_path: Path) -> None:
    fake.say(Answer(text="Yes.", chunks=2, delay_s=0.1))
    async with two(postgres_url, fake, tmp_path, {}) as (a, b):
        for _ in range(5):
            conversation = await a.create()
            said = await asyncio.gather(*(server.say(conversation) for server in (a, b, a, b)))
            assert sorted(one.status_code for one in said) == [201, 409, 409, 409]
            assert {one.json()["code"] for one in said if one.status_code == 409} == {"turn_in_progress"}
            assert len(await b.messages(conversation)) == 2


async def test_two_that_start_on_an_empty_database_make_one_schema_and_one_owner(
    postgres_server: PostgresServer, unmigrated_postgres: str, fake: FakeUpstream, tmp_path: Path
) -> None:
    url = postgres_server.url(unmigrated_postgres, login=OWNER)
    starting = [replica(url, fake, tmp_path / name) for name in "ab"]
    a, b = await asyncio.gather(*(one.__aenter__() for one in starting))
    try:
        for server in (a, b):
            await server.until_ready()
        assert ["Your sign-in" in server.said for server in (a, b)].count(True) == 1
        assert await count(url, "users") == await count(url, "tenants") == 1
        conversation = await a.create()
        assert (await b.say(conversation)).status_code == 201
    finally:
        for one in starting:
            await one.__aexit__(None, None, None)
