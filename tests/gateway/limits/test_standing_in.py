"""Limits while Redis is frozen, dead, and back again."""

import asyncio
import signal
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis
from tests.gateway.limits.buckets import rate
from tests.redis_server import own_redis

from chimera.adapters.rate_limiters import memory, redis
from chimera.adapters.redis_link import RedisLink, Settings, open_link
from chimera.gateway.limits.buckets import LimiterAwayError
from chimera.gateway.limits.errors import LimitsUnavailableError
from chimera.gateway.limits.standing_in import StandingIn

T = TypeVar("T")
LIMIT = [rate(5)]


@asynccontextmanager
async def standing_in(path: Path, local: memory.MemoryLimiter | None) -> AsyncGenerator[StandingIn]:
    link_settings = Settings(url=SecretStr(f"unix://{path}"))
    async with open_link(link_settings) as link, redis.connect(link, redis.Settings()) as shared:
        limiter = StandingIn(shared=shared, local=local)
        looking = asyncio.create_task(limiter.run())
        try:
            yield limiter
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)


async def admits(limiter: StandingIn, tries: int = 10) -> int:
    return sum([(await limiter.take(LIMIT, 0)).refused_by is None for _ in range(tries)])


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 (what is waited for has no event)
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("trouble", [signal.SIGSTOP, signal.SIGKILL])
async def test_one_call_finds_redis_away_and_then_the_replica_counts_by_itself(
    tmp_path: Path, trouble: signal.Signals
) -> None:
    path = tmp_path / "redis.sock"
    local = memory.MemoryLimiter()
    async with own_redis(path) as process, standing_in(path, local) as limiter:
        assert await admits(limiter) == 5
        process.send_signal(trouble)
        begun = time.perf_counter()
        await asyncio.gather(*(limiter.take(LIMIT, 0) for _ in range(3)))
        found_away_s = time.perf_counter() - begun
        cpu = time.process_time()
        assert await admits(limiter, 200) == 2
        assert found_away_s < 0.9  # a quarter of a second, and what a busy machine adds
        assert time.process_time() - cpu < 0.25
        if trouble is signal.SIGSTOP:
            process.send_signal(signal.SIGCONT)
            await until(lambda: not limiter.is_away)
            assert await admits(limiter) == 0  # it remembers


async def test_a_redis_that_starts_again_is_used_again(tmp_path: Path) -> None:
    path = tmp_path / "redis.sock"
    async with standing_in(path, memory.MemoryLimiter()) as limiter:
        assert await admits(limiter) == 5
        assert limiter.is_away
        async with own_redis(path):
            await until(lambda: not limiter.is_away)
            assert await admits(limiter) == 5
            assert not limiter.is_away


async def test_where_it_is_set_so_nobody_is_admitted_uncounted(tmp_path: Path) -> None:
    async with standing_in(tmp_path / "redis.sock", None) as limiter:
        for _ in range(3):
            with pytest.raises(LimitsUnavailableError) as refused:
                await limiter.take(LIMIT, 0)
            assert refused.value.code == "limits_unavailable"
        limiter.settle(LIMIT, 10, 5)


async def test_an_answer_that_cannot_be_read_fails_its_callers_and_nobody_after_them(tmp_path: Path) -> None:
    class Stumbling(RedisLink):
        async def ask(self, work: Callable[[Redis], Awaitable[T]]) -> T:
            answer = await super().ask(work)
            if stumbles.pop():
                raise ValueError("it told something else")
            return answer

    path, stumbles = tmp_path / "redis.sock", [False, True]
    async with (
        own_redis(path),
        open_link(Settings(url=SecretStr(f"unix://{path}"))) as link,
        redis.connect(Stumbling(link.client, link.settings, link.failures), redis.Settings()) as limiter,
        asyncio.timeout(10),
    ):
        with pytest.raises(LimiterAwayError):
            await limiter.take(LIMIT, 0)
        assert (await limiter.take(LIMIT, 0)).refused_by is None
