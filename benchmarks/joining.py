"""`python -m benchmarks.joining`: how many calls are saved of those that a trace allows to save, and what one costs.

How many can be saved is a property of the trace, whose prompts follow the law of Zipf; so what tells of Chimera is the
share of what was possible.
"""

import argparse
import asyncio
import random
from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import accumulate, cycle
from time import perf_counter, process_time
from uuid import UUID, uuid4

import uvloop
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from benchmarks.report import percentile
from chimera.adapters.redis_link import RedisLink, Settings, open_link
from chimera.bootstrap.parts.backing import Backing
from chimera.bootstrap.parts.caching.opening import open_caching
from chimera.gateway.caching.answers import ResponseCache
from chimera.gateway.caching.elsewhere import elsewhere_of
from chimera.gateway.caching.entry import Entry
from chimera.gateway.caching.passage import Asking, Heard, Passage
from chimera.gateway.call import Call, Handler, Target, new_call
from chimera.gateway.catalogue import Catalogue
from chimera.gateway.pipeline import compose
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import (
    Finished,
    FinishReason,
    Message,
    ModelCard,
    Original,
    Request,
    Started,
    Stream,
    Text,
    TextDelta,
    Usage,
    UsageReported,
)
from chimera.policies.policy import Policy
from chimera.policies.sections.cache import CachePolicy

TRACES = ((1.1, 1_000), (1.0, 10_000), (0.8, 100_000))
# Mode, whether streams are asked for, and what each word of them takes.
_OVER_REPLICAS = (("join", True, 0.05), ("exact", True, 0.0), ("exact", True, 0.01), ("exact", False, 0.0))
_SCOPE = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset())
_TARGET = Target(provider="p", model="m", card=ModelCard(name="m"))
_TIER_S = 0.001
_WORDS = ["word "] * 20


@dataclass(slots=True)
class Model:
    """Takes a while for its first word, and for each that follows; counts who asks."""

    delay_s: float
    pace_s: float = 0.0
    calls: int = 0

    async def __call__(self, call: Call) -> Stream:
        self.calls += 1
        call.trail.answered_by = _TARGET
        await asyncio.sleep(self.delay_s)
        yield Started(id="1", model="m")
        for word in _WORDS:
            yield TextDelta(text=word)
            if self.pace_s:
                await asyncio.sleep(self.pace_s)
        yield UsageReported(usage=Usage(input_tokens=10, output_tokens=20))
        yield Finished(reason=FinishReason.STOP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What became of a trace.

    Attributes:
        possible: Calls that need not have been made: somebody had asked the same before (`exact`) or just was (`join`).
    """

    mode: str
    trace: str
    asked: int
    made: int
    possible: int

    @property
    def share(self) -> float:
        return (self.asked - self.made) / self.possible

    def row(self) -> str:
        kept = 1 - self.made / self.asked
        return f"| {self.trace} | {self.mode} | {self.asked} | {self.made} | {kept:.1%} | {self.share:.2%} |"


@dataclass(slots=True)
class _Trace:
    """Asks a trace's prompts, so many at once, and counts what could be saved."""

    handler: Handler
    prompts: Sequence[int]
    streamed: bool
    asking: Counter[int] = field(default_factory=Counter[int])
    overlapping: int = 0

    async def run(self, at_once: int) -> None:
        waiting = iter(self.prompts)
        await asyncio.gather(*(self._ask_all(waiting) for _ in range(at_once)))

    async def _ask_all(self, waiting: Iterator[int]) -> None:
        for prompt in waiting:
            self.overlapping += self.asking[prompt] > 0
            self.asking[prompt] += 1
            await asked(self.handler, prompt, streamed=self.streamed)
            self.asking[prompt] -= 1


def call_of(prompt: int, *, streamed: bool) -> Call:
    message = Message(role="user", parts=(Text(text=f"Question number {prompt}, in some more words than these?"),))
    original = Original(wire="openai_chat", fields={}, stream=streamed)
    return new_call(_SCOPE, Request(model="p/m", messages=(message,), original=original), patience_s=60)


async def asked(handler: Handler, prompt: int, *, streamed: bool = False) -> None:
    async with aclosing(handler(call_of(prompt, streamed=streamed))) as events:
        async for _ in events:
            pass


@dataclass(slots=True)
class Shared(ResponseCache):
    """Stands for Redis between replicas: as quick, and forgets nothing."""

    kept: dict[bytes, Entry] = field(default_factory=dict[bytes, Entry])
    announced: dict[bytes, bytes] = field(default_factory=dict[bytes, bytes])
    told: dict[bytes, list[Passage]] = field(default_factory=dict[bytes, list[Passage]])
    listened_for: set[bytes] = field(default_factory=set[bytes])

    async def get(self, scope: Scope, key: bytes) -> Entry | None:
        await asyncio.sleep(_TIER_S)
        return self.kept.get(key)

    async def by_id(self, scope: Scope, entry_id: UUID) -> Entry | None:
        return next((entry for entry in self.kept.values() if entry.id == entry_id), None)

    async def put(self, scope: Scope, entries: Sequence[Entry]) -> None:
        await asyncio.sleep(_TIER_S)
        self.kept |= {entry.key: entry for entry in entries}

    async def drop(self, scope: Scope, entry: Entry) -> None:
        self.kept.pop(entry.key, None)

    async def clear(self, scope: Scope) -> None:
        self.kept.clear()

    async def announce(self, asking: Asking, lasts_s: float) -> bytes:
        await asyncio.sleep(_TIER_S)
        token = self.announced.setdefault(asking.key, asking.token)
        if token != asking.token:
            self.listened_for.add(asking.key)
        return token

    async def renew(self, askings: Sequence[Asking], lasts_s: float) -> None:
        raise AssertionError("no question is asked for so long")

    async def withdraw(self, asking: Asking) -> None:
        await asyncio.sleep(_TIER_S)
        if self.announced.get(asking.key) == asking.token:
            del self.announced[asking.key]

    async def withdraw_unwanted(self, asking: Asking) -> bool:
        await asyncio.sleep(_TIER_S)
        is_unwanted = asking.key not in self.listened_for
        if is_unwanted and self.announced.get(asking.key) == asking.token:
            del self.announced[asking.key]
        return is_unwanted

    async def wanted(self, askings: Sequence[Asking]) -> Sequence[bool]:
        await asyncio.sleep(_TIER_S)
        return [asking.key in self.listened_for for asking in askings]

    async def tell(self, told: Sequence[tuple[Asking, Passage]], lasts_s: float) -> None:
        await asyncio.sleep(_TIER_S)
        for asking, passage in told:
            self.told.setdefault(asking.token, []).append(passage)

    async def heard(self, wanted: Sequence[tuple[Asking, int]], lasts_s: float) -> Sequence[Heard]:
        await asyncio.sleep(_TIER_S)
        return [self._heard(asking, taken) for asking, taken in wanted]

    def _heard(self, asking: Asking, taken: int) -> Heard:
        self.listened_for.add(asking.key)
        passages = self.told.get(asking.token, [])[taken:]
        is_asked = self.announced.get(asking.key) == asking.token
        return Heard(passages=passages, taken=taken + len(passages), is_asked=is_asked)


@asynccontextmanager
async def gateway(mode: str, model: Handler, shared: Shared | RedisLink | None = None) -> AsyncGenerator[Handler]:
    """The two stages over a model, as the server puts them together; over Redis, or what stands for it."""
    policy = Policy(cache=CachePolicy.model_validate({"mode": mode}))

    async def of(_scope: Scope) -> Policy:
        return policy

    catalogue = Catalogue({"p": (ModelCard(name="m"),)})
    backing = Backing(policy=of, redis=shared if isinstance(shared, RedisLink) else None)
    async with open_caching(backing, lambda _: catalogue, CollectorRegistry(), memory_mb=256) as caching:
        cache = caching.cache
        if isinstance(shared, Shared):
            caching.answers.shared = shared
            elsewhere = elsewhere_of(
                *(shared, shared),
                answers=caching.answers,
                flights=caching.join.flights,
                savings=caching.savings,
                catalogue=lambda _: catalogue,
            )
            cache = replace(cache, elsewhere=elsewhere)
        yield compose(cache, caching.join, terminal=model)


@asynccontextmanager
async def replicas(mode: str, model: Handler, rush: "Rush") -> AsyncGenerator[Handler]:
    """Several of them with one shared tier, taking turns."""
    shared = Shared() if rush.servers > 1 else None
    settings = Settings(url=SecretStr(rush.redis), prefix=f"bench:{new_id()}:")
    async with AsyncExitStack() as stack:
        opened: list[Handler] = []
        for _ in range(rush.servers):
            link = await stack.enter_async_context(open_link(settings)) if shared and rush.redis else None
            opened.append(await stack.enter_async_context(gateway(mode, model, link or shared)))
        turns = cycle(opened)

        def turn(call: Call) -> Stream:
            return next(turns)(call)

        yield turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Rush:
    """Who asks whom.

    Attributes:
        streamed: Whether answers are heard as they are written; otherwise they are wanted whole.
        pace_s: What each word takes.
        redis: Its address; without one, something in memory stands for it.
    """

    calls: int
    at_once: int
    servers: int = 1
    streamed: bool = False
    pace_s: float = 0.0
    redis: str = ""

    @property
    def name(self) -> str:
        if self.servers == 1:
            return ""
        wanted = "streams" if self.streamed else "whole answers"
        return f", {self.servers} replicas, {wanted}" + (f" of {len(_WORDS) * self.pace_s:g} s" if self.pace_s else "")


async def replay(mode: str, exponent: float, prompts: int, rush: Rush) -> Saved:
    """Ask a trace drawn by Zipf's law."""
    calls = rush.calls
    weights = list(accumulate(1 / rank**exponent for rank in range(1, prompts + 1)))
    drawn = random.Random(7).choices(range(prompts), cum_weights=weights, k=calls)
    model = Model(delay_s=0.02, pace_s=rush.pace_s)
    async with replicas(mode, model, rush) as handler:
        trace = _Trace(handler, drawn, rush.streamed)
        await trace.run(rush.at_once)
    possible = trace.overlapping if mode == "join" else calls - len(set(drawn))
    name = f"Zipf {exponent} over {prompts}{rush.name}"
    return Saved(mode=mode, trace=name, asked=calls, made=model.calls, possible=possible)


async def cost_us(mode: str, *, repeat: bool, rounds: int = 2000) -> tuple[float, float]:
    """CPU of one call through the stages, beyond the model's own, and its 95th percentile of time; in microseconds."""
    async with gateway(mode, Model(delay_s=0)) as handler:
        await asked(handler, 0)
        took: list[float] = []
        begun = process_time()
        for number in range(rounds):
            at = perf_counter()
            await asked(handler, 0 if repeat else number + 1)
            took.append(perf_counter() - at)
        return 1e6 * (process_time() - begun) / rounds, 1e6 * percentile(took, 95)


async def main(calls: int, at_once: int, redis: str) -> None:
    print("| trace | mode | asked | made | saved | of what was possible |\n| --- | --- | ---: | ---: | ---: | ---: |")
    for exponent, prompts in TRACES:
        for mode in ("join", "exact"):
            print((await replay(mode, exponent, prompts, Rush(calls=calls, at_once=at_once))).row())
        for mode, streamed, pace_s in _OVER_REPLICAS:
            rush = Rush(calls=calls, at_once=at_once, servers=2, streamed=streamed, pace_s=pace_s, redis=redis)
            print((await replay(mode, exponent, prompts, rush)).row(), flush=True)
    print("\n| one call of 20 words | CPU, us | p95, us |\n| --- | ---: | ---: |")
    for named, mode, repeat in (
        ("policy off", "off", False),
        ("joined, alone", "join", False),
        ("exact, a miss", "exact", False),
        ("exact, a hit", "exact", True),
    ):
        cpu, p95 = await cost_us(mode, repeat=repeat)
        print(f"| {named} | {cpu:.0f} | {p95:.0f} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=30_000)
    parser.add_argument("--at-once", type=int, default=500)
    parser.add_argument("--redis", default="", help="address of a Redis; otherwise something in memory stands for it")
    chosen = parser.parse_args()
    uvloop.run(main(chosen.calls, chosen.at_once, chosen.redis))
