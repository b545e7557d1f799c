"""The contract of the port `EventBus`, for every implementation there is."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from chimera.adapters.event_buses import memory, redis
from chimera.conversations.bus import EventBus
from chimera.kit.ids import new_id
from chimera.kit.loading import available

PATIENCE_S = 5.0
SILENCE_S = 0.05


def redis_settings(url: str) -> redis.Settings:
    return redis.Settings(url=SecretStr(url), prefix=f"test:{new_id()}:", silence_s=0.2)


@pytest.fixture(params=["memory", "redis"])
async def bus(request: pytest.FixtureRequest) -> AsyncGenerator[EventBus]:
    if request.param == "memory":
        async with memory.connect(memory.Settings()) as opened:
            yield opened
    else:
        async with redis.connect(redis_settings(request.getfixturevalue("redis_url"))) as opened:
            yield opened


def test_every_implementation_stands_this_test() -> None:
    assert available("event_buses") == ["memory", "redis"]


async def test_a_bell_rings_for_its_topic(bus: EventBus) -> None:
    async with bus.subscribe("a") as bell:
        await bus.publish("a")
        assert await bell.wait(PATIENCE_S)


async def test_a_bell_does_not_ring_for_another_topic(bus: EventBus) -> None:
    async with bus.subscribe("a") as bell:
        await bell.wait(SILENCE_S)
        await bus.publish("b")
        assert not await bell.wait(SILENCE_S)


async def test_every_bell_of_a_topic_rings(bus: EventBus) -> None:
    async with AsyncExitStack() as stack:
        bells = [await stack.enter_async_context(bus.subscribe("a")) for _ in range(3)]
        await bus.publish("a")
        assert all([await bell.wait(PATIENCE_S) for bell in bells])


async def test_several_rings_before_a_look_are_one(bus: EventBus) -> None:
    async with bus.subscribe("a") as bell:
        await bell.wait(SILENCE_S)
        for _ in range(10):
            await bus.publish("a")
        assert await bell.wait(PATIENCE_S)
        assert not await bell.wait(SILENCE_S)


async def test_a_ring_before_the_wait_is_not_lost(bus: EventBus) -> None:
    async with bus.subscribe("a") as bell:
        await bell.wait(SILENCE_S)
        await bus.publish("a")
        await asyncio.gather(*(bus.publish("b") for _ in range(3)))
        assert await bell.wait(PATIENCE_S)


async def test_leaving_and_coming_again_works(bus: EventBus) -> None:
    for _ in range(20):
        async with bus.subscribe("a"):
            pass
    async with bus.subscribe("a") as bell:
        async with bus.subscribe("a"):
            pass
        await bell.wait(SILENCE_S)
        await bus.publish("a")
        assert await bell.wait(PATIENCE_S)


async def test_publishing_to_nobody_is_fine(bus: EventBus) -> None:
    await bus.publish("nobody")


@asynccontextmanager
async def two_replicas(url: str) -> AsyncGenerator[tuple[redis.RedisBus, redis.RedisBus]]:
    settings = redis_settings(url)
    async with redis.connect(settings) as one, redis.connect(settings) as other:
        yield one, other


async def test_redis_rings_on_the_other_replica_from_the_moment_of_subscribing(redis_url: str) -> None:
    async with two_replicas(redis_url) as (one, other):
        for number in range(20):
            async with one.subscribe(f"topic-{number}") as bell:
                await other.publish(f"topic-{number}")
                assert await bell.wait(PATIENCE_S)


async def test_redis_connects_again_and_rings_what_may_have_been_missed(redis_url: str) -> None:
    async with (
        two_replicas(redis_url) as (one, other),
        Redis.from_url(redis_url) as server,
        one.subscribe("a") as bell,
    ):
        await server.client_kill_filter(_type="pubsub")
        assert await bell.wait(PATIENCE_S), "it rings by itself when it is back"
        await bell.wait(SILENCE_S)
        await other.publish("a")
        assert await bell.wait(PATIENCE_S)


async def test_redis_that_is_away_does_not_hold_anybody_up(tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    async with redis.connect(redis_settings(f"unix://{tmp_path / 'nobody.sock'}")) as bus:
        began = loop.time()
        async with bus.subscribe("a") as bell:
            await bus.publish("a")
            assert await bell.wait(PATIENCE_S), "in the same process it rings all the same"
        assert loop.time() - began < 2


async def test_redis_that_is_frozen_costs_a_quarter_of_a_second_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "frozen.sock"
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_UNIX) as frozen:
        frozen.bind(str(path))
        frozen.listen(8)
        async with redis.connect(redis_settings(f"unix://{path}")) as bus:
            began = loop.time()
            async with bus.subscribe("a") as bell:
                for _ in range(20):
                    await bus.publish("a")
                assert await bell.wait(PATIENCE_S)
            assert loop.time() - began < 2
