"""`kill -9` of servers while 48 workers spend from one budget: nothing is overspent, nothing leaks, all adds up."""

import asyncio
import itertools
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGTERM

import httpx2
import pytest
from tests.durability.replica import LOOK_S, Replica, replica
from tests.durability.rows import count, run
from tests.durability.test_redis_trouble import own_redis
from tests.fakes.answer import Answer, Tokens
from tests.fakes.flavours import Operation
from tests.fakes.received import Received
from tests.fakes.server import FakeUpstream
from tests.spend.desk import budget

from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.spend.reconciling import reconcile
from chimera.spend.repository import AllBooks
from chimera.store import connect

# Several servers are started, one after another: on a busy machine that alone takes a minute.
pytestmark = pytest.mark.timeout(240)
MODEL = "openai/gpt-4o-mini"
WORKERS = 48
CALLS = 200
ANSWER = Answer(text="one two three four", chunks=4, delay_s=0.04, usage=Tokens(input=20, output=50))
ASKED = {"model": MODEL, "max_tokens": 50, "messages": [{"role": "user", "content": "Tell me all of it. " * 10}]}
OLDEST = "(SELECT id FROM cashiers ORDER BY created_at LIMIT 1)"


@dataclass(slots=True)
class Shop:
    """Where the workers ask: whichever servers are open.

    Attributes:
        served: Answers that came to their end.
        broken: Calls whose server was killed under them.
    """

    doors: list[Replica] = field(default_factory=list[Replica])
    served: int = 0
    broken: int = 0
    turn: "itertools.count[int]" = field(default_factory=itertools.count)
    workers: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])
    has_served: asyncio.Event = field(default_factory=asyncio.Event)

    def open(self, group: asyncio.TaskGroup) -> None:
        """Let the workers come."""
        self.workers = [group.create_task(self.work()) for _ in range(WORKERS)]

    async def closed(self) -> None:
        """Until every worker was told that the budget is used up."""
        await asyncio.gather(*self.workers)

    async def work(self) -> None:
        """Ask until the budget is used up."""
        while True:
            number = next(self.turn)
            if not self.doors:
                await asyncio.sleep(0.02)
                continue
            try:
                status = await self._ask(self.doors[number % len(self.doors)], is_streamed=number % 2 == 0)
            except httpx2.TransportError:
                self.broken += 1
                continue
            if status == 402:
                return
            assert status == 200
            self.served += 1
            self.has_served.set()

    async def _ask(self, door: Replica, *, is_streamed: bool) -> int:
        asked = ASKED | {"stream": is_streamed}
        async with door.client.stream("POST", "/v1/chat/completions", json=asked) as response:
            async for _ in response.aiter_bytes():
                pass
            return response.status_code

    async def until_served(self, served: int) -> None:
        while self.served < served:
            self.has_served.clear()
            await self.has_served.wait()


async def until_priced(server: Replica) -> None:
    """Until it has asked the provider for its models: before that it knows no prices."""
    for _ in range(200):
        if any(model["id"] == MODEL for model in (await server.client.get("/v1/models")).json()["data"]):
            return
        await asyncio.sleep(LOOK_S)
    raise AssertionError("the server learned of no models")


async def price_of_a_call(server: Replica, database_url: str) -> int:
    await until_priced(server)
    answered = await server.client.post("/v1/chat/completions", json=ASKED)
    assert answered.status_code == 200, answered.text
    query = "SELECT cost_nusd FROM ledger_entries"
    return int((await run(database_url, query, query))[0][0])


def chats(fake: FakeUpstream) -> list[Received]:
    """What the provider bills: every chat that it began to answer."""
    return [request for request in fake.requests if request.operation is Operation.CHAT]


async def limit(database_url: str, nusd: int) -> Scope:
    async with connect(database_url) as database:
        async with database.system_reading() as tx:
            (tenant_id,) = await AllBooks(tx).tenants()
        scope = Scope(tenant_id=tenant_id, actor_id=new_id(), permissions=frozenset())
        await budget(database, scope, nusd, period="total")
    return scope


async def assert_exact(database_url: str, fake: FakeUpstream, shop: Shop, *, price: int, most: int) -> None:
    """After all servers have ended: against the ledger, the counters, and what the provider would bill."""
    billed = (len(chats(fake)) - 1) * price
    async with connect(database_url) as database:
        found = await reconcile(database)
    spent = found.spent_nusd - price
    assert found.is_exact, found
    assert billed <= spent <= most, "whatever may have been billed is in the ledger, and all of it was allowed"
    assert await count(database_url, "holds") == 0
    assert await count(database_url, "ledger_entries", f"outcome = 'ok' AND cost_nusd <> {price}") == 0
    assert await count(database_url, "ledger_entries", "outcome = 'ok'") - 1 >= shop.served
    assert 1 <= await count(database_url, "ledger_entries", "outcome = 'lost'") <= shop.broken
    assert shop.broken >= (shop.served + shop.broken) // 20, "many were killed in the middle of their calls"


async def test_a_server_on_a_file_is_killed_and_started_anew(
    sqlite_url: str, fake: FakeUpstream, tmp_path: Path
) -> None:
    fake.say(ANSWER)
    shop = Shop()
    async with asyncio.TaskGroup() as workers:
        async with replica(sqlite_url, fake, tmp_path) as first:
            price = await price_of_a_call(first, sqlite_url)
            await limit(sqlite_url, price * CALLS)
            shop.doors = [first]
            shop.open(workers)
            await shop.until_served(CALLS // 2)
            await first.kill()
            shop.doors = []
        async with replica(sqlite_url, fake, tmp_path) as second:
            await until_priced(second)
            shop.doors = [second]
            await shop.closed()
            await end(second)
    await assert_exact(sqlite_url, fake, shop, price=price, most=price * CALLS)


@pytest.mark.parametrize("shares", ["nothing", "redis"])
async def test_one_of_two_servers_is_killed_and_started_anew(
    postgres_url: str, fake: FakeUpstream, tmp_path: Path, shares: str
) -> None:
    fake.say(ANSWER)
    shop, path = Shop(), tmp_path / "redis.sock"
    settings = {"redis_url": f"unix://{path}"} if shares == "redis" else {}
    aged = f"UPDATE cashiers SET seen_at = seen_at - interval '1 minute' WHERE id = {OLDEST} RETURNING 1"
    async with AsyncExitStack() as stack:
        redis = await stack.enter_async_context(own_redis(path)) if settings else None
        a = await stack.enter_async_context(replica(postgres_url, fake, tmp_path / "a", **settings))
        price = await price_of_a_call(a, postgres_url)
        await limit(postgres_url, price * CALLS)
        b = await stack.enter_async_context(replica(postgres_url, fake, tmp_path / "b", **settings))
        await until_priced(b)
        shop.doors = [a, b]
        workers = await stack.enter_async_context(asyncio.TaskGroup())
        shop.open(workers)
        # Early, since what is left in the end is not enough for all who ask at once.
        await shop.until_served(CALLS // 10)
        if redis:
            redis.kill()
            await redis.wait()
            await stack.enter_async_context(own_redis(path))
        await shop.until_served(CALLS // 4)
        shop.doors = [b]
        await a.kill()
        assert await run(postgres_url, "", aged)
        again = await stack.enter_async_context(replica(postgres_url, fake, tmp_path / "a", **settings))
        await until_priced(again)
        shop.doors = [again, b]
        await shop.closed()
        await end(again)
        await end(b)
    await assert_exact(postgres_url, fake, shop, price=price, most=price * CALLS)


async def end(server: Replica) -> None:
    server.send(SIGTERM)
    assert await server.over() == 0
