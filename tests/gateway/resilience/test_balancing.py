"""Deployments share their calls out as they are told to, and leave alone who rests."""

import asyncio
from collections import Counter
from random import Random
from uuid import uuid4

import pytest

from chimera.gateway.call import Call, Target, new_call
from chimera.gateway.catalogue import Catalogue
from chimera.gateway.names import Names, Share, Strategy
from chimera.gateway.resilience.balancing import Balancer
from chimera.gateway.resilience.load import Loads
from chimera.gateway.stages.watch import Watch
from chimera.kit.scope import Scope
from chimera.llm import (
    Finished,
    FinishReason,
    ModelCard,
    ProviderOverloadError,
    ProviderRateLimitError,
    RelayRequest,
    Request,
    Started,
    Stream,
    TextDelta,
)

SCOPE = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset())
DRAWS = 2000


class World:
    """Two targets of one deployment on a clock of their own."""

    def __init__(self, strategy: Strategy, *, weights: tuple[int, int] = (1, 1)) -> None:
        self.now = 100.0
        self.open: set[str] = set()
        self.loads = Loads(clock=lambda: self.now, is_open=lambda target_id: target_id in self.open)
        shares = (Share(model="a/m", weight=weights[0]), Share(model="b/m", weight=weights[1]))
        self.catalogue = Catalogue(
            {"a": (ModelCard(name="m"),), "b": (ModelCard(name="m"),)},
            names=Names(deployments={"fast": shares}, strategies={"fast": strategy}),
            balancer=Balancer(self.loads),
        )
        self.random = Random(7)

    def order(self) -> list[str]:
        return [target.id for target in self.catalogue.choices("fast", self.random)]

    def shares(self) -> dict[str, float]:
        first = Counter(self.order()[0] for _ in range(DRAWS))
        return {name: first[name] / DRAWS for name in ("a/m", "b/m")}

    async def ask(self, model: str, *, seconds: float = 0.1, error: Exception | None = None) -> None:
        provider, _, name = model.partition("/")
        call = asked().to(Target(provider=provider, model=name))

        async def provider_answers(_call: Call) -> Stream:
            yield Started(id="1", model="m")
            self.now += seconds
            if error is not None:
                raise error
            yield TextDelta(text="x")
            yield Finished(reason=FinishReason.STOP)

        async for _ in Watch(self.loads)(call, provider_answers):
            pass


def asked() -> Call:
    return new_call(SCOPE, Request(model="fast", messages=()), patience_s=5)


async def test_weights_alone_count_where_nothing_else_is_said() -> None:
    world = World("weighted", weights=(3, 1))
    for _ in range(5):
        await world.ask("a/m", seconds=9.0)
    assert world.shares()["a/m"] == pytest.approx(0.75, abs=0.03)


@pytest.mark.parametrize("strategy", ["weighted", "least_busy", "latency"])
async def test_a_target_that_asked_for_a_pause_comes_last_until_it_is_over(strategy: Strategy) -> None:
    world = World(strategy)
    with pytest.raises(ProviderRateLimitError):
        await world.ask("a/m", error=ProviderRateLimitError("slow down", provider="a", retry_after_s=20))
    assert world.shares() == {"a/m": 0.0, "b/m": 1.0}
    assert world.order() == ["b/m", "a/m"]
    world.now += 21
    assert world.shares()["a/m"] > 0.2


@pytest.mark.parametrize("strategy", ["weighted", "least_busy", "latency"])
async def test_so_does_one_whose_circuit_is_open_also_before_those_that_only_stand_in(strategy: Strategy) -> None:
    world = World(strategy, weights=(1, 0))
    await world.ask("a/m")
    assert world.order() == ["a/m", "b/m"]
    world.open.add("a/m")
    assert world.order() == ["b/m", "a/m"]


async def test_the_least_busy_target_is_asked_first_by_its_weight() -> None:
    world = World("least_busy", weights=(2, 1))
    holds: list[Stream] = []

    async def hangs(_call: Call) -> Stream:
        yield Started(id="1", model="m")
        await asyncio.Event().wait()

    async def hold(provider: str) -> None:
        stream = Watch(world.loads)(asked().to(Target(provider=provider, model="m")), hangs)
        await anext(stream)
        holds.append(stream)

    await hold("a")
    assert world.shares()["b/m"] == 1.0
    await hold("b")
    assert world.shares()["a/m"] == 1.0, "one of two places is less than one of one"
    for stream in holds:
        await stream.aclose()
    assert world.loads.of("a/m").in_flight == world.loads.of("b/m").in_flight == 0
    assert 0.5 < world.shares()["a/m"] < 0.8


async def test_a_target_that_is_silent_until_nobody_waits_any_more_is_slow() -> None:
    world, silent = World("latency"), asyncio.Event()

    async def hangs(_call: Call) -> Stream:
        yield Started(id="1", model="m")
        silent.set()
        await asyncio.Event().wait()

    async def ask(seconds: float) -> None:
        stream = Watch(world.loads)(asked().to(Target(provider="a", model="m")), hangs)
        await anext(stream)
        waiting = asyncio.ensure_future(anext(stream))
        await silent.wait()
        silent.clear()
        world.now += seconds
        waiting.cancel()
        await asyncio.wait({waiting})

    await world.ask("b/m", seconds=1.0)
    await ask(0.5)
    assert world.loads.of("a/m").first_s is None, "whoever leaves soon says nothing"
    await ask(60.0)
    assert world.loads.of("a/m").first_s == 60.0
    assert world.shares()["b/m"] > 0.9


async def test_the_quicker_target_gets_nearly_all_calls_and_the_slower_one_is_not_forgotten() -> None:
    world = World("latency")
    for _ in range(20):
        await world.ask("a/m", seconds=0.2)
        await world.ask("b/m", seconds=1.0)
    assert world.shares()["a/m"] == pytest.approx(0.975, abs=0.015)


async def test_one_that_was_slow_long_ago_is_tried_again() -> None:
    world = World("latency")
    for _ in range(20):
        await world.ask("b/m", seconds=1.0)
    for _ in range(1500):
        await world.ask("a/m", seconds=0.2)
    assert world.order()[0] == "b/m" or world.shares()["b/m"] > 0.4


async def test_a_target_that_fails_fast_does_not_look_quick() -> None:
    world = World("latency")
    for _ in range(3):
        await world.ask("b/m", seconds=0.5)
        with pytest.raises(ProviderOverloadError):
            await world.ask("a/m", seconds=0.01, error=ProviderOverloadError("busy", provider="a"))
    assert world.shares()["b/m"] > 0.9


async def test_a_queue_counts_with_the_latency() -> None:
    world = World("latency")
    for _ in range(10):
        await world.ask("a/m", seconds=0.2)
        await world.ask("b/m", seconds=0.3)
    world.loads.of("a/m").in_flight = 3
    assert world.shares()["b/m"] > 0.9


async def test_relays_are_seen_as_well() -> None:
    world = World("latency")

    async def relayed(_call: Call) -> Stream:
        yield Started(id="1", model="m")
        world.now += 2.0
        yield TextDelta(text="bytes")

    relay = RelayRequest(model="fast", operation="audio/speech", before=b"", after=b"")
    call = new_call(SCOPE, relay, patience_s=5).to(Target(provider="a", model="m"))
    async for _ in Watch(world.loads)(call, relayed):
        pass
    assert world.loads.of("a/m").first_s == pytest.approx(2.0)


def test_the_95th_percentile_is_told_after_twenty_answers_of_a_kind() -> None:
    load = Loads().of("a/m")
    for number in range(1, 20):
        load.heard(float(number), 0.0, "streamed")
    assert load.p95_s("streamed") is None
    load.heard(20.0, 0.0, "streamed")
    assert load.p95_s("streamed") == 19.0
    assert load.p95_s("whole") is None
