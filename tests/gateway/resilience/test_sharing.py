"""Circuits of several replicas that share a memory."""

import asyncio
from collections.abc import Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.gateway.scripted import HANG, ScriptedProvider, saying

from chimera.adapters.breaker_memories.memory import InProcessMemory, Settings
from chimera.gateway.call import Call, Target, new_call
from chimera.gateway.circuit import Breakers, CircuitRules, CircuitState
from chimera.gateway.dispatch import Dispatch
from chimera.gateway.errors import CircuitOpenError
from chimera.gateway.resilience.sharing import BreakerMemoryAwayError, Rest, SharedBreakers
from chimera.gateway.stages.breaker import Breaker
from chimera.kit.scope import Scope
from chimera.llm import Message, ProviderError, ProviderOverloadError, Request, Stream, Text, TextDelta

ILL = ProviderOverloadError("busy", provider="p")
SCOPE = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset())
# What a busy machine adds to any time.
BUSY_S = 1.0
RULES = CircuitRules(failures_in_a_row=2, rest_s=10.0, longest_rest_s=40.0)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Replica:
    memory: object
    clock: Clock
    provider: ScriptedProvider
    breakers: Breakers = field(init=False)
    shared: SharedBreakers = field(init=False)

    def __post_init__(self) -> None:
        self.breakers = Breakers(RULES, clock=self.clock)
        self.shared = SharedBreakers(self.breakers, self.memory)  # type: ignore[arg-type]

    async def ask(self) -> str:
        call = _call()
        dispatch = Dispatch({"p": self.provider})
        try:
            async with aclosing(Breaker(self.breakers)(call, dispatch)) as events:
                async for _ in events:
                    pass
        except ProviderError as error:
            return error.code
        return "ok"

    @property
    def state(self) -> CircuitState:
        return self.breakers.of("p/m").state


def _call() -> Call:
    request = Request(model="m", messages=(Message(role="user", parts=(Text(text="hi"),)),))
    return new_call(SCOPE, request, patience_s=5.0).to(Target(provider="p", model="m"))


class House:
    def __init__(self, *scripts: object, replicas: int = 2) -> None:
        self.clock = Clock()
        self.memory = InProcessMemory(Settings(), self.clock)
        self.provider = ScriptedProvider("p", scripts)  # type: ignore[arg-type]
        self.replicas = [Replica(self.memory, self.clock, self.provider) for _ in range(replicas)]

    async def exchange(self) -> None:
        for replica in self.replicas:
            await replica.shared.exchange()


async def test_what_one_replica_opens_the_others_leave_alone_and_what_one_closes_they_ask_again() -> None:
    house = House([ILL], [ILL], saying("yes"))
    one, other = house.replicas
    assert [await one.ask(), await one.ask()] == [ILL.code] * 2
    await house.exchange()
    assert await other.ask() == CircuitOpenError.code
    house.clock.now = 10.0
    assert await one.ask() == "ok"
    await house.exchange()
    assert (one.state, other.state) == (CircuitState.CLOSED, CircuitState.CLOSED)
    assert await other.ask() == "ok"
    assert await house.memory.resting() == {}


async def test_what_breaks_off_only_now_says_nothing_of_a_target_that_is_being_probed() -> None:
    clock = Clock()
    breakers = Breakers(RULES, clock=clock)
    lets_go = {"late": asyncio.Event(), "probe": asyncio.Event()}
    waiting = [lets_go["late"], lets_go["probe"]]

    async def hanging(_call: Call) -> Stream:
        await waiting.pop(0).wait()
        raise ILL
        yield

    async def ask() -> None:
        async with aclosing(Breaker(breakers)(_call(), hanging)) as events:
            async for _ in events:
                pass

    circuit = breakers.of("p/m")
    late = asyncio.ensure_future(ask())
    await asyncio.sleep(0)
    circuit.failed(0.0)
    circuit.failed(0.0)
    clock.now = 10.0
    probe = asyncio.ensure_future(ask())
    await asyncio.sleep(0)
    lets_go["late"].set()
    await asyncio.wait({late})
    assert circuit.state is CircuitState.HALF_OPEN
    lets_go["probe"].set()
    await asyncio.wait({probe})
    assert (circuit.state, circuit.rests) == (CircuitState.OPEN, 2)
    assert isinstance(late.exception(), type(ILL))
    assert isinstance(probe.exception(), type(ILL))


async def test_what_ends_well_only_now_says_nothing_of_a_target_that_rests() -> None:
    breakers, lets_go = Breakers(RULES, clock=Clock()), asyncio.Event()

    async def answering(_call: Call) -> Stream:
        yield TextDelta(text="yes")
        await lets_go.wait()

    circuit = breakers.of("p/m")
    async with aclosing(Breaker(breakers)(_call(), answering)) as events:
        await anext(events)
        circuit.failed(0.0)
        circuit.failed(0.0)
        lets_go.set()
        assert [event async for event in events] == []
    assert circuit.state is CircuitState.OPEN


async def test_what_changes_while_it_is_told_is_told_after_it() -> None:
    house = House([ILL], [ILL])
    one = house.replicas[0]
    assert [await one.ask(), await one.ask()] == [ILL.code] * 2
    tell = house.memory.open

    async def slowly(target_id: str, rest: Rest) -> None:
        await tell(target_id, rest)
        one.breakers.of(target_id).succeeded(0.0)
        one.shared.note(target_id)

    house.memory.open = slowly  # type: ignore[method-assign]
    await one.shared.exchange()
    await one.shared.exchange()
    assert one.state is CircuitState.CLOSED
    assert await house.memory.resting() == {}


async def test_one_probe_passes_over_all_replicas() -> None:
    house = House([ILL], [ILL], [HANG], replicas=5)
    await house.replicas[0].ask()
    await house.replicas[0].ask()
    await house.exchange()
    house.clock.now = 10.0
    probes = [asyncio.ensure_future(replica.ask()) for replica in house.replicas for _ in range(3)]
    await house.provider.hanging.wait()
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(house.provider.requests) == 3
    assert sum(probe.done() for probe in probes) == len(probes) - 1
    for probe in probes:
        probe.cancel()
    outcomes = await asyncio.gather(*probes, return_exceptions=True)
    assert outcomes.count(CircuitOpenError.code) == len(probes) - 1


async def test_a_probe_that_is_abandoned_is_free_for_another_replica() -> None:
    house = House([ILL], [ILL], [HANG], saying("yes"))
    one, other = house.replicas
    await one.ask()
    await one.ask()
    await house.exchange()
    house.clock.now = 10.0
    probe = asyncio.ensure_future(one.ask())
    await house.provider.hanging.wait()
    probe.cancel()
    with suppress(asyncio.CancelledError):
        await probe
    await house.exchange()
    assert await other.ask() == "ok"


async def test_a_failed_probe_doubles_the_rest_for_all() -> None:
    house = House([ILL])
    one, other = house.replicas
    await one.ask()
    await one.ask()
    await house.exchange()
    house.clock.now = 10.0
    assert await other.ask() == ILL.code
    await house.exchange()
    await house.exchange()
    house.clock.now = 29.0
    assert [await one.ask(), await other.ask()] == [CircuitOpenError.code] * 2
    house.clock.now = 30.0
    assert await one.ask() == ILL.code
    assert one.breakers.of("p/m").open_until == 70.0


class Leaving:
    """A memory that can be away, and that may have lost everything when it comes back."""

    def __init__(self, inner: InProcessMemory) -> None:
        self.inner = inner
        self.is_away = False

    def _here(self) -> InProcessMemory:
        if self.is_away:
            raise BreakerMemoryAwayError
        return self.inner

    async def open(self, target_id: str, rest: Rest) -> None:
        await self._here().open(target_id, rest)

    async def close(self, target_id: str) -> None:
        await self._here().close(target_id)

    async def resting(self) -> Mapping[str, Rest]:
        return await self._here().resting()

    async def probe(self, target_id: str) -> float:
        return await self._here().probe(target_id)


async def test_without_the_memory_each_is_by_itself_and_tells_what_it_knows_when_it_is_back_and_empty() -> None:
    clock = Clock()
    leaving = Leaving(InProcessMemory(Settings(), clock))
    provider = ScriptedProvider("p", [[ILL]])
    one, other = (Replica(leaving, clock, provider) for _ in range(2))
    leaving.is_away = True
    await one.ask()
    await one.ask()
    for replica in (one, other):
        await replica.shared.exchange()
    assert (one.state, other.state) == (CircuitState.OPEN, CircuitState.CLOSED)
    clock.now = 10.0
    assert await one.ask() == ILL.code  # its own probe
    leaving.is_away, leaving.inner = False, InProcessMemory(Settings(), clock)
    for replica in (one, other):
        await replica.shared.exchange()
    assert other.state is CircuitState.OPEN


async def test_a_replica_hears_of_it_within_a_second() -> None:
    house = House([ILL])
    one, other = house.replicas
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        runs = [group.create_task(replica.shared.run()) for replica in house.replicas]
        await one.ask()
        await one.ask()
        begun = asyncio.get_running_loop().time()
        while other.state is not CircuitState.OPEN:  # noqa: ASYNC110 (a circuit has no event)
            await asyncio.sleep(0.01)
        assert asyncio.get_running_loop().time() - begun < 1.0 + BUSY_S
        for run in runs:
            run.cancel()


@given(st.lists(st.tuples(st.sampled_from(["ask", "exchange", "wait"]), st.integers(0, 2)), max_size=40))
async def test_whatever_happens_all_ask_again_once_the_target_is_well(
    history: list[tuple[str, int]],
) -> None:
    house = House([ILL], replicas=3)
    for what, who in history:
        if what == "ask":
            await house.replicas[who].ask()
        elif what == "exchange":
            await house.replicas[who].shared.exchange()
        else:
            house.clock.now += 7.0
    house.provider.scripts = [saying("well")]
    for _ in range(3):
        house.clock.now += 121.0
        await house.exchange()
        for replica in house.replicas:
            await replica.ask()
    await house.exchange()
    assert [await replica.ask() for replica in house.replicas] == ["ok"] * 3


@pytest.mark.parametrize("state", [CircuitState.CLOSED, CircuitState.OPEN])
async def test_the_happy_path_asks_the_memory_nothing(state: CircuitState) -> None:
    house = House(saying("yes"))
    (one, _), asked = house.replicas, []

    async def probe(target_id: str) -> float:
        asked.append(target_id)
        return 0.0

    one.breakers.may_probe = probe
    if state is CircuitState.OPEN:
        one.breakers.of("p/m").rest(5.0, 1)
    await one.ask()
    assert asked == []
