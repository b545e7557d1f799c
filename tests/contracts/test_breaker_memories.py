"""The contract of the port `BreakerMemory`, for every implementation there is."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from chimera.adapters.breaker_memories import memory, redis
from chimera.adapters.redis_link import Settings as LinkSettings
from chimera.adapters.redis_link import open_link
from chimera.gateway.resilience.sharing import BreakerMemory, BreakerMemoryAwayError, Rest
from chimera.kit.ids import new_id
from chimera.kit.loading import available

PROBE_S, FORGET_S = 0.1, 0.2


@asynccontextmanager
async def over_redis(url: str) -> AsyncGenerator[redis.RedisBreakers]:
    chosen = LinkSettings(url=SecretStr(url), prefix=f"test:{new_id()}:", socket_timeout_s=5.0)
    settings = redis.Settings(probe_s=PROBE_S, forget_s=FORGET_S)
    async with open_link(chosen) as link, redis.connect(link, settings) as opened:
        yield opened


@pytest.fixture(params=["memory", "redis"])
async def remembered(request: pytest.FixtureRequest) -> AsyncGenerator[BreakerMemory]:
    if request.param == "memory":
        async with memory.connect(memory.Settings(probe_s=PROBE_S, forget_s=FORGET_S)) as opened:
            yield opened
    else:
        async with over_redis(request.getfixturevalue("redis_url")) as opened:
            yield opened


def test_every_implementation_stands_this_test() -> None:
    assert available("breaker_memories") == ["memory", "redis"]


async def test_what_rests_is_known_with_its_time_until_it_is_closed(remembered: BreakerMemory) -> None:
    await remembered.open("openai/gpt 5", Rest(9.0, 2))
    await remembered.open("ölig/m", Rest(5.0, 1))
    resting = await remembered.resting()
    assert set(resting) == {"openai/gpt 5", "ölig/m"}
    assert 8.0 < resting["openai/gpt 5"].left_s <= 9.0
    assert resting["openai/gpt 5"].rests == 2
    await remembered.close("openai/gpt 5")
    assert set(await remembered.resting()) == {"ölig/m"}


async def test_of_many_who_ask_one_gets_the_probe(remembered: BreakerMemory) -> None:
    await remembered.open("a/m", Rest(0.0, 1))
    waits = await asyncio.gather(*(remembered.probe("a/m") for _ in range(20)))
    assert waits.count(0.0) == 1
    assert all(0 < wait <= PROBE_S for wait in waits if wait)


async def test_nobody_probes_what_still_rests(remembered: BreakerMemory) -> None:
    await remembered.open("a/m", Rest(9.0, 1))
    assert 8.0 < await remembered.probe("a/m") <= 9.0


async def test_a_probe_whose_outcome_was_told_makes_room_for_the_next(remembered: BreakerMemory) -> None:
    await remembered.open("a/m", Rest(0.0, 1))
    assert await remembered.probe("a/m") == 0.0
    await remembered.open("a/m", Rest(0.0, 2))
    assert await remembered.probe("a/m") == 0.0
    await remembered.close("a/m")
    assert await remembered.probe("a/m") == 0.0


async def test_a_probe_of_which_nobody_heard_is_given_to_somebody_else(remembered: BreakerMemory) -> None:
    await remembered.open("a/m", Rest(0.0, 1))
    assert await remembered.probe("a/m") == 0.0
    async with asyncio.timeout(15):
        while wait_s := await remembered.probe("a/m"):  # noqa: ASYNC110 (what runs out tells nobody)
            await asyncio.sleep(wait_s)


async def test_what_nobody_probes_for_long_is_forgotten(remembered: BreakerMemory) -> None:
    await remembered.open("a/m", Rest(0.0, 1))
    assert set(await remembered.resting()) == {"a/m"}
    async with asyncio.timeout(15):
        while await remembered.resting():  # noqa: ASYNC110 (what runs out tells nobody)
            await asyncio.sleep(0.05)


async def test_a_redis_that_lost_its_scripts_is_told_them_again(redis_url: str) -> None:
    async with over_redis(redis_url) as opened, Redis.from_url(redis_url) as client:
        await client.script_flush()
        await opened.open("a/m", Rest(1.0, 1))
        assert set(await opened.resting()) == {"a/m"}


async def test_a_redis_that_is_away_is_told_as_such() -> None:
    async with over_redis("unix:///nowhere/at/all.sock") as opened:
        for ask in (opened.resting(), opened.probe("a"), opened.open("a", Rest(1.0, 1)), opened.close("a")):
            with pytest.raises(BreakerMemoryAwayError):
                await ask
