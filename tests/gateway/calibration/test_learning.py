"""What is learned from calls outlives the process, and replicas share it."""

import asyncio
import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from uuid import uuid4

import pytest
from msgspec.structs import replace
from prometheus_client import CollectorRegistry
from tests.gateway.calibration.texts import text_in

from chimera.adapters.factor_memories.database import DatabaseFactorMemory
from chimera.gateway.calibration import Calibration, FactorKey, FactorMemory, LearnedFactor, Learning
from chimera.gateway.call import Call, Target, new_call
from chimera.gateway.metrics import GatewayMetrics
from chimera.gateway.stages.observe import Observe
from chimera.gateway.tokens import count
from chimera.kit.scope import Scope
from chimera.llm import (
    Finished,
    FinishReason,
    Forwarded,
    Message,
    ModelCard,
    Original,
    Request,
    Started,
    Stream,
    Text,
    Usage,
    UsageReported,
)
from chimera.store import Database, DatabaseUnavailableError

MODEL = "claude-sonnet-5-5"
TARGET = Target(provider="anthropic", model=MODEL, card=ModelCard(name=MODEL))
KEY = FactorKey("anthropic", MODEL, "han")
RANDOM = Random(7)


def call_in_chinese() -> Call:
    request = Request(model=MODEL, messages=(Message(role="user", parts=(Text(text=text_in("chinese", RANDOM)),)),))
    call = new_call(Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset()), request, patience_s=5)
    call.trail.answered_by = TARGET
    return call


def usage_of(call: Call) -> Usage:
    assert isinstance(call.request, Request)
    return Usage(input_tokens=count(call.request, "gpt-4").tokens)


async def taught(memory: FactorMemory | None = None, *, calls: int = 30) -> Learning:
    learning = Learning(Calibration(), memory)
    for _ in range(calls):
        call = call_in_chinese()
        learning.answered(call, usage_of(call))
    await learning.look()
    return learning


def factor(learning: Learning) -> float | None:
    return learning.calibration.factors("anthropic", MODEL).get("han")


@dataclass
class Remembering:
    """A memory without a database."""

    kept: dict[FactorKey, LearnedFactor] = field(default_factory=dict)

    async def recall(self) -> Mapping[FactorKey, LearnedFactor]:
        return self.kept

    async def merge(self, learned: Mapping[FactorKey, LearnedFactor]) -> Mapping[FactorKey, LearnedFactor]:
        self.kept |= learned
        return self.kept


class Broken:
    async def recall(self) -> Mapping[FactorKey, LearnedFactor]:
        raise DatabaseUnavailableError("gone")

    async def merge(self, learned: Mapping[FactorKey, LearnedFactor]) -> Mapping[FactorKey, LearnedFactor]:
        raise DatabaseUnavailableError("gone")


@pytest.mark.parametrize("forwarded", [False, True])
async def test_a_whole_answer_teaches_whether_it_was_forwarded_or_not(*, forwarded: bool) -> None:
    learning = Learning(Calibration())
    observe = Observe(GatewayMetrics(CollectorRegistry()), learning.answered)

    async def proceed(call: Call) -> Stream:
        yield Started(id="1", model=MODEL, forwarded=forwarded)
        if forwarded:
            yield Forwarded(data=b"data: {}\n\n")
        yield UsageReported(usage=usage_of(call))
        yield Finished(reason=FinishReason.STOP)

    for _ in range(30):
        async for _ in observe(call_in_chinese(), proceed):
            pass
    assert factor(learning) is None
    await learning.look()
    assert factor(learning) == pytest.approx(1.28, rel=0.15)


async def test_an_answer_that_breaks_teaches_nothing() -> None:
    learning = Learning(Calibration())
    observe = Observe(GatewayMetrics(CollectorRegistry()), learning.answered)

    async def proceed(call: Call) -> Stream:
        yield UsageReported(usage=usage_of(call))
        raise DatabaseUnavailableError("in the middle")

    for _ in range(10):
        with pytest.raises(DatabaseUnavailableError):
            [event async for event in observe(call_in_chinese(), proceed)]
    await learning.look()
    assert factor(learning) is None


async def test_models_that_nobody_lists_and_requests_beyond_the_language_teach_nothing() -> None:
    learning = Learning(Calibration())
    for _ in range(10):
        call = call_in_chinese()
        call.trail.answered_by = Target(provider="anthropic", model=MODEL)
        learning.answered(call, usage_of(call))
        beyond = call_in_chinese()
        assert isinstance(beyond.request, Request)
        original = Original(wire="openai_chat", fields={}, beyond=("n",))
        request = Request(model=MODEL, messages=beyond.request.messages, original=original)
        learning.answered(replace(beyond, request=request), usage_of(beyond))
    await learning.look()
    assert list(learning.calibration) == []


async def test_in_a_rush_only_the_latest_answers_are_looked_at() -> None:
    learning = await taught(calls=1000)
    assert learning.calibration.learned()[KEY].weight == 32


async def test_what_was_learned_survives_a_restart(database: Database) -> None:
    memory = DatabaseFactorMemory(database)
    before = await taught(memory)
    await before.keep()
    after = Learning(Calibration(), memory)
    with suppress(TimeoutError):
        async with asyncio.timeout(0.3):
            await after.run()
    assert factor(after) == pytest.approx(factor(before))


async def test_what_was_learned_last_is_kept_at_the_end() -> None:
    memory = Remembering()
    learning = Learning(Calibration(), memory, pause_s=3600)
    running = asyncio.ensure_future(learning.run())
    await asyncio.sleep(0)
    for _ in range(10):
        call = call_in_chinese()
        learning.answered(call, usage_of(call))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert memory.kept[KEY].weight == 10


async def test_replicas_add_to_the_same_rows(database: Database) -> None:
    memory = DatabaseFactorMemory(database)
    low, high = LearnedFactor(log_factor=0.1, weight=30), LearnedFactor(log_factor=0.4, weight=10)
    other = FactorKey("anthropic", MODEL, "khmer")
    await asyncio.gather(memory.merge({KEY: low, other: high}), memory.merge({KEY: high, other: low}))
    kept = await memory.recall()
    assert kept == {
        KEY: LearnedFactor(log_factor=pytest.approx(0.175), weight=40),
        other: LearnedFactor(log_factor=pytest.approx(0.175), weight=40),
    }
    one, two = Learning(Calibration(), memory), Learning(Calibration(), memory)
    await one.keep()
    await two.keep()
    assert factor(one) == factor(two) == pytest.approx(math.exp(0.175))


async def test_old_reports_weigh_less_and_less(database: Database) -> None:
    memory = DatabaseFactorMemory(database)
    for _ in range(10):
        await memory.merge({KEY: LearnedFactor(log_factor=0.5, weight=100)})
    for _ in range(10):
        kept = await memory.merge({KEY: LearnedFactor(log_factor=-0.5, weight=100)})
    assert kept[KEY].weight == 200
    assert kept[KEY].log_factor == pytest.approx(-0.5, abs=0.03)


async def test_a_memory_that_fails_stops_nobody_from_learning() -> None:
    learning = await taught(Broken())
    await learning.keep()
    assert factor(learning) is not None
    running = asyncio.ensure_future(learning.run())
    await asyncio.sleep(0)
    running.cancel()
    assert isinstance((await asyncio.gather(running, return_exceptions=True))[0], asyncio.CancelledError)
