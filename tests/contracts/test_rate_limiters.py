"""The contract of the port `RateLimiter`, for every implementation there is, against an account in fractions."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from fractions import Fraction

import pytest
from benchmarks.limits import LIMIT, race
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from redis.asyncio import Redis
from tests.gateway.limits.buckets import quota, rate, slow, soft

from chimera.adapters.rate_limiters import memory, redis
from chimera.adapters.redis_link import Settings as LinkSettings
from chimera.adapters.redis_link import open_link
from chimera.gateway.limits.buckets import Bucket, LimiterAwayError, RateLimiter, Rule
from chimera.kit.ids import new_id
from chimera.kit.loading import available

MINUTE_US = 60_000_000


@asynccontextmanager
async def over_redis(url: str, prefix: str | None = None) -> AsyncGenerator[redis.RedisLimiter]:
    chosen = LinkSettings(url=SecretStr(url), prefix=prefix or f"test:{new_id()}:", socket_timeout_s=5.0)
    async with open_link(chosen) as link, redis.connect(link, redis.Settings(flush_s=0.0)) as limiter:
        yield limiter


@pytest.fixture(params=["memory", "redis"])
async def limiter(request: pytest.FixtureRequest) -> AsyncGenerator[RateLimiter]:
    if request.param == "memory":
        async with memory.connect(memory.Settings()) as opened:
            yield opened
    else:
        async with over_redis(request.getfixturevalue("redis_url")) as over:
            yield over


async def settled(limiter: RateLimiter) -> None:
    if isinstance(limiter, redis.RedisLimiter):
        await limiter.flush()


async def admitted(limiter: RateLimiter, buckets: list[Bucket], *, tries: int, tokens: int = 0) -> int:
    verdicts = [await limiter.take(buckets, tokens) for _ in range(tries)]
    return sum(verdict.refused_by is None for verdict in verdicts)


def test_every_implementation_stands_this_test() -> None:
    assert available("rate_limiters") == ["memory", "redis"]


async def test_a_minutes_worth_is_let_through_at_once_and_no_more(limiter: RateLimiter) -> None:
    assert await admitted(limiter, [rate(20)], tries=30) == 20


async def test_a_refusal_says_when_the_next_is_let_through(limiter: RateLimiter) -> None:
    await admitted(limiter, [rate(20)], tries=20)
    refused = await limiter.take([rate(20)], 0)
    assert refused.refused_by == 0
    assert 0 < refused.wait_us <= 3_000_000


async def test_after_the_wait_that_was_told_one_is_let_through(limiter: RateLimiter) -> None:
    tokens = [rate(60_000, unit="tokens")]
    await limiter.take(tokens, 60_000)
    refused = await limiter.take(tokens, 100)
    assert 0 < refused.wait_us <= 100_000
    await asyncio.sleep(refused.wait_us / 1_000_000)
    assert (await limiter.take(tokens, 100)).refused_by is None


async def test_all_must_admit_and_a_refusal_takes_nothing_from_any(limiter: RateLimiter) -> None:
    wide, narrow = rate(100, key="wide"), rate(2, key="narrow")
    assert await admitted(limiter, [wide, narrow], tries=50) == 2
    assert await admitted(limiter, [wide], tries=150) == 98


async def test_the_bucket_that_makes_wait_longest_is_named(limiter: RateLimiter) -> None:
    quick, long = rate(600, key="quick", unit="tokens"), rate(1, key="long")
    await limiter.take([quick, long], 600)
    refused = await limiter.take([quick, long], 1)
    assert refused.refused_by == 1
    assert 58_000_000 < refused.wait_us <= MINUTE_US


async def test_a_request_for_more_than_a_minutes_worth_waits_for_a_full_bucket(limiter: RateLimiter) -> None:
    assert (await limiter.take([rate(10, unit="tokens")], 5_000)).refused_by is None
    assert (await limiter.take([rate(10, unit="tokens")], 1)).refused_by == 0


async def test_what_was_reserved_and_not_used_is_given_back(limiter: RateLimiter) -> None:
    tokens = [rate(1000, unit="tokens")]
    await limiter.take(tokens, 1000)
    limiter.settle(tokens, 1000, 100)
    await settled(limiter)
    assert await admitted(limiter, tokens, tries=20, tokens=100) == 9


async def test_what_was_used_beyond_is_waited_for(limiter: RateLimiter) -> None:
    tokens = [rate(1000, unit="tokens")]
    await limiter.take(tokens, 10)
    limiter.settle(tokens, 10, 3_000)
    await settled(limiter)
    refused = await limiter.take(tokens, 1)
    assert 119_000_000 < refused.wait_us <= 2 * MINUTE_US + 60_000


async def test_nothing_is_given_back_beyond_a_full_minute(limiter: RateLimiter) -> None:
    tokens = [rate(1000, unit="tokens")]
    await limiter.take(tokens, 10)
    limiter.settle(tokens, 1000, 0)
    await settled(limiter)
    assert await admitted(limiter, tokens, tries=20, tokens=100) == 10


async def test_a_quota_is_used_up_until_its_window_ends(limiter: RateLimiter) -> None:
    assert await admitted(limiter, [quota(3)], tries=5) == 3
    refused = await limiter.take([quota(3)], 0)
    assert 86_000_000_000 < refused.wait_us <= 86_500_000_000


async def test_beyond_a_soft_quota_the_slow_rate_binds(limiter: RateLimiter) -> None:
    buckets = [soft(5), slow(2)]
    assert await admitted(limiter, buckets, tries=20) == 7
    refused = await limiter.take(buckets, 0)
    assert refused.refused_by == 1
    assert refused.wait_us <= 30_000_000


async def test_two_at_once_are_let_through_as_if_they_came_one_by_one(limiter: RateLimiter) -> None:
    verdicts = await asyncio.gather(*(limiter.take([rate(20), rate(30, key="b")], 0) for _ in range(60)))
    assert sum(verdict.refused_by is None for verdict in verdicts) == 20


async def test_an_empty_take_only_asks_whether_somebody_counts(limiter: RateLimiter) -> None:
    assert (await limiter.take([], 0)).refused_by is None


class Model:
    """A full account of every take: the fraction of a bucket that is left, refilled at its rate."""

    def __init__(self) -> None:
        self.left: dict[str, tuple[Fraction, Fraction]] = {}

    def of(self, bucket: Bucket, now: Fraction) -> Fraction:
        left, at = self.left.get(bucket.key, (Fraction(bucket.amount), now))
        return min(Fraction(bucket.amount), left + (now - at) * bucket.amount / 60)

    def take(self, buckets: list[Bucket], tokens: int, now: Fraction) -> bool:
        is_admitted = all(self.of(bucket, now) >= bucket.cost(tokens) for bucket in buckets)
        for bucket in buckets:
            cost = bucket.cost(tokens) if is_admitted else 0
            self.left[bucket.key] = (self.of(bucket, now) - cost, now)
        return is_admitted

    def settle(self, bucket: Bucket, reserved: int, used: int, now: Fraction) -> None:
        back = bucket.cost(reserved) - used
        self.left[bucket.key] = (min(Fraction(bucket.amount), self.of(bucket, now) + back), now)


STEPS = st.lists(
    st.tuples(st.integers(0, 40_000_000), st.integers(0, 200), st.sampled_from(["both", "first", "second", "settle"])),
    max_size=60,
)


@given(STEPS, st.integers(1, 300), st.integers(1, 300))
async def test_the_memory_does_what_the_model_does(
    steps: list[tuple[int, int, str]], requests: int, tokens: int
) -> None:
    now_us = 0
    limiter, model = memory.MemoryLimiter(lambda: now_us / 1_000_000), Model()
    first, second = rate(requests, key="r"), rate(tokens, key="t", unit="tokens")
    for pause_us, cost, what in steps:
        # Whole milliseconds, so that the clock's floating point is exact.
        now_us += pause_us // 1000 * 1000
        now = Fraction(now_us, 1_000_000)
        if what == "settle":
            limiter.settle([second], cost, cost // 2)
            model.settle(second, cost, cost // 2, now)
            continue
        buckets = {"both": [first, second], "first": [first], "second": [second]}[what]
        assert ((await limiter.take(buckets, cost)).refused_by is None) == model.take(buckets, cost, now)


@given(st.lists(st.integers(0, 30_000), min_size=1, max_size=200), st.integers(1, 30))
async def test_no_window_of_a_minute_ever_holds_more_than_the_limit_and_the_burst(
    pauses: list[int], limit: int
) -> None:
    now_ms = 0
    limiter = memory.MemoryLimiter(lambda: now_ms / 1000)
    let_through = []
    for pause_ms in pauses:
        now_ms += pause_ms
        if (await limiter.take([rate(limit)], 0)).refused_by is None:
            let_through.append(now_ms)
    for begin in let_through:
        assert sum(begin <= at < begin + 60_000 for at in let_through) <= 2 * limit


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(1, 40), st.sampled_from(["take", "settle"])), max_size=25),
    st.sampled_from(list(Rule)),
)
async def test_both_say_the_same(redis_url: str, steps: list[tuple[int, str]], rule: Rule) -> None:
    """With rates so slow that nothing runs out meanwhile."""
    made = {Rule.RATE: rate, Rule.QUOTA: quota, Rule.SOFT: soft, Rule.SLOW: slow}[rule]
    buckets = [made(100, key="a", unit="tokens"), slow(3, key="c"), rate(40, key="b")]
    in_memory = memory.MemoryLimiter()
    async with over_redis(redis_url) as in_redis:
        for tokens, what in steps:
            if what == "settle":
                in_memory.settle(buckets, tokens, tokens // 3)
                in_redis.settle(buckets, tokens, tokens // 3)
                await in_redis.flush()
            else:
                one, other = await in_memory.take(buckets, tokens), await in_redis.take(buckets, tokens)
                assert one.refused_by == other.refused_by
                assert [level // 50_000_000 for level in one.levels] == pytest.approx(
                    [level // 50_000_000 for level in other.levels], abs=1
                )


async def test_whatever_is_kept_in_redis_expires(redis_url: str) -> None:
    prefix = f"test:{new_id()}:"
    async with over_redis(redis_url, prefix) as limiter:
        await limiter.take([rate(10), quota(5, key="q"), soft(5, key="s"), slow(1, key="w")], 0)
        limiter.settle([rate(10, key="t", unit="tokens")], 0, 5)
        await limiter.flush()
        async with Redis.from_url(redis_url) as client:
            keys = [key async for key in client.scan_iter(match=f"{prefix}*")]
            assert len(keys) == 4
            assert all([await client.pttl(key) > 0 for key in keys])


async def test_what_has_run_out_is_forgotten_by_the_memory() -> None:
    now = 0.0
    limiter = memory.MemoryLimiter(lambda: now)
    for number in range(20_000):
        now += 1.0
        await limiter.take([rate(60, key=str(number))], 0)
    assert len(limiter) <= 5_000


async def test_a_redis_that_forgot_its_scripts_is_told_them_again(redis_url: str) -> None:
    async with over_redis(redis_url) as limiter, Redis.from_url(redis_url) as client:
        await client.script_flush()
        assert await admitted(limiter, [rate(2)], tries=3) == 2


async def test_a_redis_that_is_away_is_told_apart_from_a_refusal() -> None:
    async with over_redis("unix:///nowhere/at/all.sock") as limiter:
        with pytest.raises(LimiterAwayError):
            await limiter.take([rate(1)], 0)


async def test_processes_that_share_a_redis_admit_exactly_as_many_as_one_may(redis_url: str) -> None:
    shares = await asyncio.to_thread(race, redis_url)
    assert sum(shares) == LIMIT
    assert len(shares) == 2
