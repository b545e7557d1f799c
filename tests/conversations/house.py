"""The rooms of conversations, put together around a model that says what a test tells it."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias, TypeVar

from chimera.adapters.event_buses.memory import MemoryBus
from chimera.conversations.bus import EventBus
from chimera.conversations.journal import Numbered
from chimera.conversations.journals import journals_of
from chimera.conversations.keeping.holding import Holds, NoHolds
from chimera.conversations.service import (
    Composer,
    Conversations,
    Desk,
    LiveJournals,
    Pace,
    Readers,
    Reaper,
    Saying,
    Turns,
    TurnView,
)
from chimera.conversations.tree.asking import Asking
from chimera.conversations.tree.branches import Branches
from chimera.gateway.call import Call
from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Event, Finished, FinishReason, Started, Stream, TextDelta, Usage, UsageReported
from chimera.store import Database, DatabaseUnavailableError, Transaction

QUICK = Pace(coalesce_s=0.002, snapshot_s=0.01, heartbeat_s=0.05, stale_s=30, poll_s=0.05, patience_s=20)
DEAF = Pace(coalesce_s=0.002, snapshot_s=0.01, heartbeat_s=0.02, stale_s=30, poll_s=0.02, patience_s=20)
STARTED = Started(id="a1", model="m")
STOP = Finished(reason=FinishReason.STOP)
USED = UsageReported(usage=Usage(input_tokens=7, output_tokens=3, cached_tokens=2, reasoning_tokens=1))

T = TypeVar("T")
Step: TypeAlias = Event | BaseException | asyncio.Event


def someone(tenant: Scope | None = None) -> Scope:
    """A person of a new tenant, or of the same tenant as another."""
    return Scope(tenant_id=tenant.tenant_id if tenant else new_id(), actor_id=new_id(), permissions=frozenset({"chat"}))


def texts(*words: str) -> tuple[TextDelta, ...]:
    return tuple(TextDelta(text=word) for word in words)


def answer(*words: str) -> tuple[Event, ...]:
    return (STARTED, *texts(*words), USED, STOP)


class Instead:
    """What of a database is as it was, in one that fails now and then."""

    def __init__(self, database: Database) -> None:
        self.sound = database
        self.failures = 0
        self.dialect = database.dialect
        self.sealing = database.sealing
        self.reading = database.reading
        self.on_disk = database.on_disk


class Unsteady(Instead):
    """A database whose next transactions fail, as when its server is started anew."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.has_failed = asyncio.Event()

    @asynccontextmanager
    async def transaction(self, scope: Scope) -> AsyncGenerator[Transaction]:
        async with self.sound.transaction(scope) as tx:
            yield tx
            self.fail_if_to()

    async def visit_lightly(self, work: Callable[[sqlite3.Connection], T]) -> T:
        self.fail_if_to()
        return await self.sound.visit_lightly(work)

    def fail_if_to(self) -> None:
        if self.failures:
            self.failures -= 1
            self.has_failed.set()
            raise DatabaseUnavailableError("Away.")


class Unheard(Instead):
    """A database whose answers to some commits are lost on the way."""

    @asynccontextmanager
    async def transaction(self, scope: Scope) -> AsyncGenerator[Transaction]:
        async with self.sound.transaction(scope) as tx:
            yield tx
        self.fail_if_to()

    async def visit_lightly(self, work: Callable[[sqlite3.Connection], T]) -> T:
        done = await self.sound.visit_lightly(work)
        self.fail_if_to()
        return done

    def fail_if_to(self) -> None:
        if self.failures:
            self.failures -= 1
            raise DatabaseUnavailableError("Was it kept?")


class Hasty(Instead):
    """A database whose next commit is the moment at which whoever asked for it is gone."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.leaving: asyncio.Task[object] | None = None

    @asynccontextmanager
    async def transaction(self, scope: Scope) -> AsyncGenerator[Transaction]:
        async with self.sound.transaction(scope) as tx:
            yield tx
        if self.leaving is not None:
            self.leaving.cancel()
            self.leaving = None
            await asyncio.sleep(0)

    async def visit_lightly(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await self.sound.visit_lightly(work)


class Model:
    """A gateway that plays its steps: events are said, errors raised, `asyncio.Event`s waited for."""

    def __init__(self, *steps: Step) -> None:
        self.steps = steps
        self.calls: list[Call] = []
        self.left = asyncio.Event()

    async def __call__(self, call: Call) -> Stream:
        self.calls.append(call)
        try:
            for step in self.steps:
                match step:
                    case asyncio.Event():
                        await step.wait()
                    case BaseException():
                        raise step
                    case _:
                        yield step
        finally:
            self.left.set()


@dataclass(slots=True)
class Tasks:
    """Stands for the composition root's task group."""

    running: set[asyncio.Task[None]] = field(default_factory=set)

    def spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self.running.add(task)
        return task

    async def cancel(self) -> None:
        for task in self.running:
            task.cancel()
        await asyncio.gather(*self.running, return_exceptions=True)

    async def done(self) -> None:
        await asyncio.gather(*self.running)


@dataclass(slots=True, kw_only=True)
class House:
    """One replica."""

    database: Database
    model: Model
    tasks: Tasks
    bus: EventBus = field(default_factory=MemoryBus)
    pace: Pace = QUICK
    clock: Callable[[], datetime] = utc_now
    replica: str = "a"
    default_model: str | None = "test/model"
    composer: Composer | None = None
    holds: Holds = field(default_factory=NoHolds)
    turns: Turns = field(init=False)
    readers: Readers = field(init=False)
    conversations: Conversations = field(init=False)
    reaper: Reaper = field(init=False)
    asking: Asking = field(init=False)
    branches: Branches = field(init=False)

    def __post_init__(self) -> None:
        live = LiveJournals()
        desk = Desk(
            database=self.database,
            journals=journals_of(self.database),
            bus=self.bus,
            gateway=self.model,
            pace=self.pace,
            clock=self.clock,
            live=live,
        )
        self.turns = Turns(
            desk=desk,
            composer=self.composer or Composer(database=self.database),
            spawn=self.tasks.spawn,
            default_model=lambda _scope: self.default_model,
            replica=self.replica,
        )
        self.readers = Readers(database=self.database, bus=self.bus, pace=self.pace, live=live)
        self.conversations = Conversations(database=self.database, bus=self.bus, holds=self.holds, clock=self.clock)
        self.asking = Asking(turns=self.turns)
        self.branches = Branches(database=self.database, bus=self.bus, holds=self.holds, clock=self.clock)
        self.reaper = Reaper(database=self.database, bus=self.bus, pace=self.pace, clock=self.clock)

    async def ask(self, scope: Scope, text: str = "Why is the sky blue?") -> TurnView:
        return await self.turns.begin(scope, Saying(text=text))

    async def end(self, scope: Scope, taken: TurnView) -> TurnView:
        return await self.readers.finished(scope, taken.turn.id, within_s=15)

    async def heard(self, scope: Scope, taken: TurnView, after: int = 0) -> list[Numbered]:
        async with aclosing(self.readers.follow(scope, taken.turn.id, after)) as journal:
            return [numbered async for numbered in journal]
