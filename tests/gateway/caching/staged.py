"""The two stages over a model that is played: what they are asked, what reaches the model, what they keep."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol
from uuid import uuid4

from prometheus_client import CollectorRegistry

from chimera.bootstrap.parts.background import Background, open_background
from chimera.gateway.caching.answers import Answers, ResponseCache
from chimera.gateway.caching.elsewhere import Announcements, elsewhere_of
from chimera.gateway.caching.joining import Flights
from chimera.gateway.caching.memory import Memory
from chimera.gateway.caching.passage import Passages
from chimera.gateway.caching.savings import CacheMetrics, Savings
from chimera.gateway.call import NO_WISHES, Call, Handler, Origin, Target, Wishes, new_call
from chimera.gateway.catalogue import Catalogue
from chimera.gateway.pipeline import compose
from chimera.gateway.stages.cache import Cache
from chimera.gateway.stages.join import Join
from chimera.gateway.telling import Charge
from chimera.kit.errors import AppError
from chimera.kit.scope import Scope
from chimera.llm import (
    Event,
    Finished,
    FinishReason,
    Message,
    ModelCard,
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
from chimera.spend.claims import Books, Claim, Entry, Grant

SCOPE = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset())
TARGET = Target(provider="p", model="m", card=ModelCard(name="m"))
COST_NUSD = 5_000


class Ledger(Books):
    """Remembers what it was told of calls that cost nothing; nothing else may reach it from here."""

    def __init__(self) -> None:
        self.entries: list[tuple[Claim, Entry]] = []

    async def hold(self, claim: Claim) -> Grant:
        raise AssertionError("nothing is held for an answer that is there")

    async def settle(self, grant: Grant, entry: Entry) -> None:
        raise AssertionError("nobody waits for the ledger")

    def settle_later(self, grant: Grant, entry: Entry) -> None:
        self.entries.append((grant.claim, entry))


class Askings(Announcements, Passages, Protocol):
    """Where replicas announce and tell."""


@dataclass
class Model:
    """Answers word by word, each when `pace` lets it; `plan` says what happens at word `fails_at`, one step a call."""

    words: Sequence[str] = ("It ", "is ", "so.")
    reason: FinishReason = FinishReason.STOP
    plan: list[AppError] = field(default_factory=list)
    fails_at: int = 0
    extra: Sequence[Event] = ()
    pace: asyncio.Semaphore | None = None
    calls: list[Call] = field(default_factory=list)
    closed: int = 0

    async def __call__(self, call: Call) -> Stream:
        self.calls.append(call)
        failure = self.plan.pop(0) if self.plan else None
        call.trail.answered_by = TARGET
        try:
            yield Started(id="provider-id", model="m", headers=(("x-ratelimit-limit", "1"),))
            for index, word in enumerate(self.words):
                if self.pace is not None:
                    await self.pace.acquire()
                else:
                    await asyncio.sleep(0)
                if failure is not None and index == self.fails_at:
                    raise failure
                yield TextDelta(text=word)
            for event in self.extra:
                yield event
            yield UsageReported(usage=Usage(input_tokens=10, output_tokens=3))
            call.trail.told.charges.append(Charge(cost_nusd=COST_NUSD))
            yield Finished(reason=self.reason)
        finally:
            self.closed += 1


@dataclass(kw_only=True)
class Stages:
    """Cache and Join over the model."""

    model: Model
    policy: Policy
    answers: Answers
    flights: Flights
    overheard: Flights
    ledger: Ledger
    cache: Cache
    handler: Handler
    registry: CollectorRegistry
    tasks: Background

    async def ask(self, call: Call) -> list[Event]:
        async with aclosing(self.handler(call)) as events:
            return [event async for event in events]

    def counted(self, outcome: str) -> float:
        return self.registry.get_sample_value("chimera_cache_calls_total", {"outcome": outcome}) or 0.0


@asynccontextmanager
async def stages(
    model: Model | None = None,
    *,
    tier: ResponseCache | None = None,
    askings: Askings | None = None,
    recheck_s: float = 5.0,
    **policy: object,
) -> AsyncGenerator[Stages]:
    """Open them under a cache policy, `exact` unless it says something else."""
    decided = Policy(cache=CachePolicy.model_validate({"mode": "exact"} | policy))
    played, registry, ledger = model or Model(), CollectorRegistry(), Ledger()
    catalogue = Catalogue({"p": (ModelCard(name="m"), ModelCard(name="n"))})
    async with open_background() as tasks:
        answers = Answers(memory=Memory(limit=1_000_000), shared=tier, spawn=tasks.create_task, recheck_s=recheck_s)
        savings = Savings(metrics=CacheMetrics(registry), books=ledger)
        flights = Flights(spawn=tasks.create_task)

        async def of(_scope: Scope) -> Policy:
            return decided

        overheard = Flights(spawn=tasks.create_task)
        cache = Cache(policy=of, catalogue=lambda _scope: catalogue, answers=answers, savings=savings)
        if askings is not None:
            elsewhere = elsewhere_of(
                *(askings, askings),
                answers=answers,
                flights=flights,
                savings=savings,
                catalogue=lambda _scope: catalogue,
            )
            cache, overheard = replace(cache, elsewhere=elsewhere), elsewhere.overhearing.flights
        yield Stages(
            model=played,
            policy=decided,
            answers=answers,
            flights=flights,
            overheard=overheard,
            ledger=ledger,
            cache=cache,
            handler=compose(cache, Join(flights, savings), terminal=played),
            registry=registry,
            tasks=tasks,
        )


def said(text: str, *, role: str = "user") -> Message:
    return Message(role=role, parts=(Text(text=text),))  # type: ignore[arg-type]  # a role


def call(
    text: str = "Is it so?",
    *,
    scope: Scope = SCOPE,
    wishes: Wishes = NO_WISHES,
    feature: str = "api",
    **request: object,
) -> Call:
    asked = Request(**({"model": "p/m", "messages": (said(text),)} | request))  # type: ignore[arg-type]  # its own fields
    return new_call(scope, asked, patience_s=5.0, wishes=wishes, origin=Origin(feature=feature))
