"""What rate limits cost, and whether replicas that share a Redis admit exactly as many as they should.

    python -m benchmarks.limits [--redis redis://localhost:6379/0]

Without an address it starts Debian's `redis-server` for itself.
"""

import argparse
import asyncio
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import aclosing, asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from uuid import UUID

from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from chimera.adapters.rate_limiters import memory, redis
from chimera.adapters.redis_link import Settings, open_link
from chimera.gateway.call import Call, Handler, new_call
from chimera.gateway.limits.buckets import Bucket, LimiterAwayError, RateLimiter, Rule
from chimera.gateway.limits.limits import Limits
from chimera.gateway.limits.metrics import LimitMetrics
from chimera.gateway.limits.plan import plan_of
from chimera.gateway.stages.admit import Admit
from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Finished, FinishReason, Message, Request, Started, Stream, Text, Usage, UsageReported
from chimera.policies.policy import Policy
from chimera.policies.sections.limits import LimitsPolicy, Rates

TAKES = 5_000
BURST = 2_000
LIMIT, PROCESSES, TRIES = 1_000, 2, 1_500


@contextmanager
def redis_server() -> Generator[str]:
    program = shutil.which("redis-server")
    if program is None:
        sys.exit("redis-server is not installed; give the address of a Redis with --redis")
    with tempfile.TemporaryDirectory(prefix="chimera-redis-") as folder:
        socket = Path(folder) / "redis.sock"
        command = [program, "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", folder]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            while not socket.exists():
                time.sleep(0.01)
            yield f"unix://{socket}"
        finally:
            process.terminate()
            process.wait()


@asynccontextmanager
async def over(url: str, prefix: str) -> AsyncGenerator[redis.RedisLimiter]:
    async with (
        open_link(Settings(url=SecretStr(url), prefix=prefix)) as link,
        redis.connect(link, redis.Settings()) as limiter,
    ):
        yield limiter


def six_buckets() -> tuple[Bucket, ...]:
    """Organisation, user and key, each with requests and tokens, so wide that nobody is refused."""
    wide = Rates(requests_per_minute=10_000_000, tokens_per_minute=100_000_000)
    policy = LimitsPolicy(organisation=wide, each_user=wide, each_key=wide)
    scope = Scope(tenant_id=new_id(), actor_id=new_id(), permissions=frozenset(), key_id=new_id())
    return plan_of(policy, scope, utc_now(), default_tier="unlimited").buckets


async def cost_us(limiter: RateLimiter) -> tuple[float, float]:
    """CPU and wall time of a take and its settlement, one after the other."""
    buckets = six_buckets()
    await limiter.take(buckets, 500)
    begun, cpu = time.perf_counter(), time.process_time()
    for _ in range(TAKES):
        await limiter.take(buckets, 500)
        limiter.settle(buckets, 500, 300)
    return (time.process_time() - cpu) / TAKES * 1e6, (time.perf_counter() - begun) / TAKES * 1e6


async def stage_us(rates: Rates) -> float:
    """CPU that the stage adds to a call with a short question: policy, plan, reservation, take, settlement."""
    policy = Policy(limits=LimitsPolicy(organisation=rates, each_user=rates, each_key=rates))

    async def held(_scope: Scope) -> Policy:
        return policy

    limits = Limits(policy=held, limiter=memory.MemoryLimiter(), metrics=LimitMetrics(CollectorRegistry()))
    scope = Scope(tenant_id=new_id(), actor_id=new_id(), permissions=frozenset(), key_id=new_id())
    question = Request(model="m", messages=(Message(role="user", parts=(Text(text="How are you?"),)),))
    bare, staged = _answer, partial(Admit(limits), proceed=_answer)

    async def spent_us(handler: Handler) -> float:
        call = new_call(scope, question, patience_s=60)
        cpu = time.process_time()
        for _ in range(TAKES):
            async with aclosing(handler(call)) as events:
                async for _event in events:
                    pass
        return (time.process_time() - cpu) / TAKES * 1e6

    return await spent_us(staged) - await spent_us(bare)


async def _answer(_call: Call) -> Stream:
    yield Started(id="r", model="m")
    yield UsageReported(usage=Usage(input_tokens=5, output_tokens=5))
    yield Finished(reason=FinishReason.STOP)


async def burst(limiter: RateLimiter) -> tuple[float, int]:
    """Milliseconds for many takes at once, and how many of them found nobody counting."""
    buckets = six_buckets()

    async def one() -> int:
        try:
            await limiter.take(buckets, 500)
        except LimiterAwayError:
            return 1
        return 0

    begun = time.perf_counter()
    lost = await asyncio.gather(*(one() for _ in range(BURST)))
    return (time.perf_counter() - begun) * 1000, sum(lost)


async def compete(url: str, prefix: str, organisation: UUID) -> int:
    """Take as fast as possible, as one of several processes; a limit that refills by a request a day, practically."""
    bucket = Bucket(
        key=f"{{{organisation.hex}}}:race",
        rule=Rule.RATE,
        whose="organisation",
        unit="requests",
        period="minute",
        amount=LIMIT,
        period_us=86_400_000_000 * LIMIT,
    )
    async with over(url, prefix) as limiter:
        admitted = 0
        for _ in range(TRIES // 50):
            verdicts = await asyncio.gather(*(limiter.take([bucket], 0) for _ in range(50)))
            admitted += sum(verdict.refused_by is None for verdict in verdicts)
    return admitted


def race(url: str) -> list[int]:
    command = [sys.executable, "-m", "benchmarks.limits", "--redis", url, "--compete", new_id().hex]
    rivals = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(PROCESSES)]
    return [int(rival.communicate()[0]) for rival in rivals]


async def report(url: str) -> None:
    prefix = f"benchmark:{new_id()}:"

    async def told(name: str, measure: Callable[[RateLimiter], Awaitable[tuple[float, float]]]) -> None:
        cpu, wall = await measure(memory.MemoryLimiter())
        print(f"memory  {name}: {cpu:.1f} us CPU, {wall:.1f} us")
        async with over(url, prefix) as limiter:
            cpu, wall = await measure(limiter)
        print(f"redis   {name}: {cpu:.1f} us CPU, {wall:.1f} us")

    wide = Rates(requests_per_minute=10_000_000, tokens_per_minute=100_000_000)
    print(f"stage without a limit: {await stage_us(Rates()):.1f} us CPU a call; with 6: {await stage_us(wide):.1f} us")
    await told("take and settle, 6 buckets", cost_us)
    async with over(url, prefix) as limiter:
        taken_ms, lost = await burst(limiter)
    print(f"redis   {BURST} takes at once: {taken_ms:.0f} ms, {lost} of them lost")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--redis")
    parser.add_argument("--compete", type=UUID, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.compete:
        print(asyncio.run(compete(given.redis, f"race:{given.compete}:", given.compete)))
        return
    if given.redis is None:
        with redis_server() as url:
            _all(url)
    else:
        _all(given.redis)


def _all(url: str) -> None:
    asyncio.run(report(url))
    shares = race(url)
    print(f"{PROCESSES} processes, {TRIES} tries each, limit {LIMIT}: {' + '.join(map(str, shares))} = {sum(shares)}")


if __name__ == "__main__":
    main()
