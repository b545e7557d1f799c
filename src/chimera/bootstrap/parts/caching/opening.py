"""Answers that are given again, put together: tiers, calls under way, and what is counted of them."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Final

import structlog
from prometheus_client import CollectorRegistry

from chimera.adapters.askings.redis import RedisAskings
from chimera.adapters.response_caches.database import DatabaseCache, DatabaseTallies
from chimera.adapters.response_caches.redis import RedisCache
from chimera.bootstrap.parts.background import open_background
from chimera.bootstrap.parts.backing import Backing
from chimera.bootstrap.parts.caching.semantic import likeness_of
from chimera.gateway.caching.answers import GATHERED_S, Answers, ResponseCache
from chimera.gateway.caching.elsewhere import RENEWED_EVERY_S, Elsewhere, elsewhere_of
from chimera.gateway.caching.joining import Flights
from chimera.gateway.caching.likeness import Likeness
from chimera.gateway.caching.memory import Memory
from chimera.gateway.caching.savings import CacheMetrics, Savings, TallyMemory
from chimera.gateway.catalogue import Catalogue
from chimera.gateway.pipeline import PipelineParts
from chimera.gateway.stages.cache import Cache
from chimera.gateway.stages.join import Join
from chimera.kit.errors import AppError
from chimera.kit.rounds import rounds
from chimera.kit.scope import Scope

log = structlog.get_logger()

_MEBIBYTE: Final = 1_048_576
_TALLIED_EVERY_S: Final = 5.0
_SWEPT_EVERY_S: Final = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Caching:
    """The stages, and what the endpoints work with.

    Attributes:
        tallies: Days and what they saved; `None` without a database.
    """

    cache: Cache
    join: Join
    answers: Answers
    likeness: Likeness
    savings: Savings
    tallies: TallyMemory | None

    async def tally(self) -> None:
        """Keep what was counted; what cannot be kept now is kept later."""
        counted = self.savings.taken()
        if self.tallies is None or not counted:
            return
        try:
            await self.tallies.add(counted)
        except AppError:
            self.savings.put_back(counted)
            raise


@asynccontextmanager
async def open_caching(
    backing: Backing, catalogue: Callable[[Scope], Catalogue], registry: CollectorRegistry, *, memory_mb: int
) -> AsyncGenerator[Caching]:
    """Begin to keep. Leaving ends the calls that are still under way, and writes what is left to write."""
    database = backing.database
    kept = DatabaseCache(database=database) if database else None
    redis = RedisCache(backing.redis, backing.sealers) if backing.redis and backing.sealers else None
    shared: ResponseCache | None = redis or kept
    async with open_background() as tasks:

        def spawn(work: Coroutine[None, None, None]) -> "asyncio.Task[None]":
            task = tasks.create_task(_apart(work))
            task.add_done_callback(lambda _: work.close())  # it may have been cancelled before it began
            return task

        answers = Answers(
            memory=Memory(limit=memory_mb * _MEBIBYTE),
            shared=shared,
            spawn=spawn,
            gathered_s=0.0 if redis else GATHERED_S,
        )
        savings = Savings(metrics=CacheMetrics(registry), books=backing.books)
        join = Join(Flights(spawn=spawn), savings)
        elsewhere = _elsewhere(backing, answers, join, catalogue)
        likeness = likeness_of(answers, backing.embedder, spawn)
        caching = Caching(
            cache=Cache(
                policy=backing.policy,
                catalogue=catalogue,
                answers=answers,
                savings=savings,
                likeness=likeness,
                elsewhere=elsewhere,
            ),
            join=join,
            answers=answers,
            likeness=likeness,
            savings=savings,
            tallies=DatabaseTallies(database=database) if database else None,
        )
        if kept is not None:
            spawn(rounds(caching.tally, every_s=_TALLIED_EVERY_S, named="cache tallies"))
            spawn(rounds(kept.sweep, every_s=_SWEPT_EVERY_S, named="cached answers"))
        if elsewhere is not None:
            spawn(rounds(elsewhere.renew, every_s=RENEWED_EVERY_S, named="announced questions"))
        try:
            yield caching
        finally:
            await answers.settled()
            await _last(caching)


def with_caching(parts: PipelineParts, caching: Caching) -> PipelineParts:
    return replace(parts, cache=caching.cache, join=caching.join)


def _elsewhere(
    backing: Backing, answers: Answers, join: Join, catalogue: Callable[[Scope], Catalogue]
) -> Elsewhere | None:
    if backing.redis is None or backing.sealers is None:
        return None
    askings, flights, savings = RedisAskings(backing.redis, backing.sealers), join.flights, join.savings
    return elsewhere_of(askings, askings, answers=answers, flights=flights, savings=savings, catalogue=catalogue)


async def _apart(work: Coroutine[None, None, None]) -> None:
    """Let what fails beside the calls fail alone."""
    try:
        await work
    except Exception:  # the outermost edge of this task
        log.exception("caching.task_failed")


async def _last(caching: Caching) -> None:
    try:
        await caching.tally()
    except AppError:
        return  # the database is away, and this process has no later
