"""The cache stage with questions compared by meaning, over a model that is played and vectors that are made up."""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager

import numpy as np
from numpy.typing import NDArray
from prometheus_client import CollectorRegistry
from tests.gateway.caching.semantic.crowd import Topics, question, word
from tests.gateway.caching.staged import TARGET, Ledger, call, said

from chimera.bootstrap.parts.background import open_background
from chimera.gateway.caching.answers import Answers
from chimera.gateway.caching.likeness import Likeness
from chimera.gateway.caching.memory import Memory
from chimera.gateway.caching.savings import CacheMetrics, Savings
from chimera.gateway.caching.semantic.library import Library
from chimera.gateway.caching.similar import SimilarAnswers
from chimera.gateway.call import Call
from chimera.gateway.catalogue import Catalogue
from chimera.gateway.pipeline import compose
from chimera.gateway.stages.cache import Cache
from chimera.kit.errors import AppError, Kind
from chimera.kit.scope import Scope
from chimera.llm import (
    Event,
    Finished,
    FinishReason,
    ModelCard,
    Request,
    Started,
    Stream,
    Text,
    TextDelta,
    UsageReported,
)
from chimera.policies.policy import Policy
from chimera.policies.sections.cache import CachePolicy


class NoEmbedderError(AppError):
    code = "embedder_missing"
    kind = Kind.UNAVAILABLE


async def model(asked: Call) -> Stream:
    """Answers with the first word of the question."""
    assert isinstance(asked.request, Request)
    (part,) = asked.request.messages[-1].parts
    assert isinstance(part, Text)
    asked.trail.answered_by = TARGET
    yield Started(id="x", model="m")
    yield TextDelta(text=part.text.split()[0])
    yield Finished(reason=FinishReason.STOP)


class Asking:
    def __init__(self, cache: Cache, likeness: Likeness) -> None:
        self.handler = compose(cache, terminal=model)
        self.likeness = likeness

    async def ask(self, text: str, **request: object) -> tuple[Call, list[Event]]:
        asked = call(text, **request)  # type: ignore[arg-type]  # fields of the request
        async with aclosing(self.handler(asked)) as events:
            return asked, [event async for event in events]


async def library() -> SimilarAnswers:
    return Library(Topics(), audited=0, seed=1)


async def nothing() -> SimilarAnswers:
    raise NoEmbedderError("run `make install`")


class Busy(Topics):
    """An embedder that others keep from answering."""

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        await asyncio.Event().wait()
        return await super().embed(texts)


@asynccontextmanager
async def asking(
    opened: Callable[[], Awaitable[SimilarAnswers]] = library, *, patience_s: float = 60
) -> AsyncGenerator[Asking]:

    async def policy(_scope: Scope) -> Policy:
        return Policy(cache=CachePolicy(mode="semantic", max_wrong=0.2))

    async with open_background() as tasks:
        answers = Answers(memory=Memory(limit=10_000_000), shared=None, spawn=tasks.create_task)
        likeness = Likeness(open=opened, answers=answers, spawn=tasks.create_task, patience_s=patience_s)
        catalogue = Catalogue({"p": (ModelCard(name="m"), ModelCard(name="n"))})
        savings = Savings(metrics=CacheMetrics(CollectorRegistry()), books=Ledger())
        cache = Cache(
            policy=policy, catalogue=lambda _scope: catalogue, answers=answers, savings=savings, likeness=likeness
        )
        yield Asking(cache, likeness)


async def learned(one: Asking, chance: random.Random) -> None:
    await one.likeness.ready()
    for turn in range(160):
        await one.ask(question(chance, turn % 4))
        await one.likeness.settled()


async def test_a_question_that_means_the_same_gets_the_answer_without_the_model() -> None:
    chance = random.Random(3)
    async with asking() as one:
        await learned(one, chance)
        found = [await one.ask(question(chance, 2)) for _ in range(10)]
        given = [(asked, events) for asked, events in found if asked.trail.told.cache == "semantic"]
        assert len(given) >= 8
        asked, events = given[0]
        assert [event.text for event in events if isinstance(event, TextDelta)] == [word(2)]
        assert [event.usage.input_tokens for event in events if isinstance(event, UsageReported)] == [0]
        assert asked.trail.told.headers["cache-likeness"] == "certified"
        assert "cache-id" in asked.trail.told.headers


async def test_another_history_or_another_system_prompt_is_another_world() -> None:
    chance = random.Random(4)
    async with asking() as one:
        await learned(one, chance)
        text = question(chance, 2)
        others = [
            await one.ask(text, system="Answer in French."),
            await one.ask(text, model="p/n"),
            await one.ask(text, messages=(said("Hi"), said("Yes?", role="assistant"), said(text))),
        ]
        assert [asked.trail.told.cache for asked, _ in others] == [None] * 3
        assert [asked.trail.told.headers["cache-likeness"] for asked, _ in others] == ["unlike"] * 3


async def test_without_the_embedder_calls_go_to_the_model() -> None:
    async with asking(nothing) as one:
        await one.likeness.ready()
        first, _ = await one.ask("kalo is a word")
        asked, events = await one.ask("kalo is a word")
        assert asked.trail.told.cache == "exact"
        assert isinstance(events[-1], Finished)
        assert "cache-likeness" not in first.trail.told.headers | asked.trail.told.headers


async def test_nobody_waits_while_the_embedder_is_loaded() -> None:
    loaded = asyncio.Event()

    async def opened() -> SimilarAnswers:
        await loaded.wait()
        return await library()

    async with asking(opened) as one:
        early, events = await one.ask("kalo mi ren tas")
        assert isinstance(events[-1], Finished)
        assert early.trail.told.headers["cache-likeness"] == "loading"
        loaded.set()
        await one.likeness.ready()
        late, _ = await one.ask("kalo ug vel dor")
        assert late.trail.told.headers["cache-likeness"] == "unlike"  # what came too early was not learned


async def test_nobody_waits_for_long_while_others_are_compared() -> None:
    async def opened() -> SimilarAnswers:
        return Library(Busy(), audited=0, seed=1)

    async with asking(opened, patience_s=0.01) as one:
        await one.likeness.ready()
        asked, events = await one.ask("kalo mi ren tas")
        assert isinstance(events[-1], Finished)
        assert asked.trail.told.headers["cache-likeness"] == "slow"
        await one.likeness.settled()
        again, _ = await one.ask("kalo mi ren tas")
        assert again.trail.told.cache == "exact"
