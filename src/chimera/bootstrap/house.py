"""Build the house: open what must be opened, in order, put it together, close it again in reverse."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

import structlog
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector

from chimera.adapters.factor_memories.database import DatabaseFactorMemory
from chimera.adapters.redis_link import Settings as RedisSettings
from chimera.adapters.redis_link import open_link
from chimera.bootstrap.access.audit import Audit, open_audit
from chimera.bootstrap.access.encryption import Sealing, open_keyring, open_sealing
from chimera.bootstrap.access.guards import check_all_guards
from chimera.bootstrap.access.privacy import Privacy, open_privacy
from chimera.bootstrap.gateway import Gateway, open_gateway
from chimera.bootstrap.parts.accounts.opening import open_accounts
from chimera.bootstrap.parts.background import Background, open_background
from chimera.bootstrap.parts.backing import Backing
from chimera.bootstrap.parts.batches import Work, open_work
from chimera.bootstrap.parts.contexts.memories import Memory, open_memory
from chimera.bootstrap.parts.contexts.opening import open_composer
from chimera.bootstrap.parts.contexts.searching import open_searching
from chimera.bootstrap.parts.contexts.steps import open_steps
from chimera.bootstrap.parts.idempotency import open_runs
from chimera.bootstrap.parts.jobs.lifecycle import Lifecycle, open_lifecycle
from chimera.bootstrap.parts.jobs.opening import Duties, open_workers
from chimera.bootstrap.parts.knowledge import sources_once
from chimera.bootstrap.parts.live import open_live
from chimera.bootstrap.parts.people import People, open_people
from chimera.bootstrap.parts.presence import presence
from chimera.bootstrap.parts.reporting.money import open_money
from chimera.bootstrap.parts.reporting.webhooks import open_webhooks
from chimera.bootstrap.parts.responses import open_responses
from chimera.bootstrap.parts.sockets.opening import Hall, open_hall
from chimera.bootstrap.parts.spend import open_books
from chimera.bootstrap.places import prepare_data_folder
from chimera.bootstrap.settings import Settings
from chimera.conversations.bus import EventBus
from chimera.conversations.journals import journals_of
from chimera.conversations.remembering.service import Memories
from chimera.conversations.search.service import Searching
from chimera.conversations.service import Conversations, Desk, LiveJournals, Pace, Readers, Reaper, Turns
from chimera.idempotency.runs import Runs
from chimera.jobs.service import Jobs, JobWorkers
from chimera.kit.clock import utc_now
from chimera.kit.errors import AppError
from chimera.kit.ids import new_id
from chimera.kit.loading import load
from chimera.kit.scope import Scope
from chimera.policies.service import Policies
from chimera.prompts.service import Library, Versioning
from chimera.responses.service import Responses
from chimera.spend.claims import Books
from chimera.spend.endpoints import Money
from chimera.store import Database, connect
from chimera.store.schema import check_schema
from chimera.tenancy.live.detached import Running
from chimera.tenancy.live.requests import Requests
from chimera.tenancy.organisations.tiers import tier_of
from chimera.webhooks.service import Webhooks

log = structlog.get_logger()

DRAIN_GRACE_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)  # spelled out, it is hundreds of megabytes
class House:
    """Everything the doors need, ready to use."""

    settings: Settings
    registry: CollectorRegistry
    database: Database
    gateway: Gateway
    people: People
    live: Requests
    audit: Audit
    privacy: Privacy
    policies: Policies
    lifecycle: Lifecycle
    memories: Memories
    turns: Turns
    readers: Readers
    searching: Searching
    hall: Hall
    responses: Responses
    idempotency: Runs
    webhooks: Webhooks
    money: Money
    work: Work
    library: Library
    versioning: Versioning
    workers: JobWorkers

    @property
    def version(self) -> str:
        return version("chimera")

    @property
    def conversations(self) -> Conversations:
        return self.lifecycle.conversations

    def default_model(self, caller: Scope) -> str | None:
        return self.gateway.default_model(self.settings.default_model, caller)

    async def drain(self, *, grace_s: float, at_once: asyncio.Event | None = None) -> None:
        """Begin no more answers, let those that are being written end within the grace, then interrupt them."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.turns.drain(grace_s=grace_s, at_once=at_once))
            group.create_task(self.responses.runs.drain(grace_s=grace_s, at_once=at_once))
            group.create_task(self.idempotency.drain(grace_s=grace_s, at_once=at_once))
            group.create_task(self.workers.drain(grace_s=grace_s))

    async def readiness(self, *, stopping: bool) -> dict[str, str]:
        """State of each part that requests depend on: `ok`, or what is wrong."""
        checks = {"server": "stopping" if stopping else "ok"}
        try:
            await check_schema(self.database)
        except AppError as error:
            checks["database"] = error.message
        else:
            checks["database"] = "ok"
        return checks


@asynccontextmanager
async def open_house(settings: Settings, variables: Mapping[str, str]) -> AsyncGenerator[House]:
    """Open everything. Leaving drains the running turns, then closes in reverse order.

    Raises:
        SettingsError: if a provider's settings cannot be used.
        SchemaMismatchError: if the database is not at the revision of this program.
        UnsafeDatabaseRoleError, RowSecurityError: if PostgreSQL's policies do not bind the login, or are not ours.
    """
    async with AsyncExitStack() as stack:
        ground = await _ground(stack, settings)
        database, audit, dead_before = ground.database, ground.audit, ground.dead_before
        backing = await _backing(stack, settings, ground)
        gateway = await stack.enter_async_context(open_gateway(settings, variables, ground.registry, backing))
        desk = _desk(settings, database, await stack.enter_async_context(_bus(settings)), gateway)
        tasks, replica = await stack.enter_async_context(open_background()), str(new_id())
        jobs = Jobs(wakes=desk.bus)
        memory = _memory(settings, desk, gateway, backing, jobs, tasks)
        turns = _drained(stack, _turns(settings, desk, gateway, memory, tasks, replica))
        spawn = tasks.create_task
        responses = open_responses(stack, settings, desk, spawn, replica=replica, dead_before=dead_before)
        idempotency = await stack.enter_async_context(open_runs(database, spawn, settings, dead_before))
        _begin(tasks, gateway.keeper.run, gateway.learning.run, _reaper(desk, dead_before).run)
        webhooks = open_webhooks(settings, database, audit.recorder, spawn)
        lifecycle = _lifecycle(ground, desk, jobs, memory)
        people = await open_people(settings, ground.policies, audit, ground.sealing, spawn)
        yield House(
            settings=settings,
            registry=ground.registry,
            database=database,
            gateway=gateway,
            people=people,
            live=open_live(database, people, _running(turns, responses, idempotency), spawn),
            audit=audit,
            privacy=_privacy(people, ground, tasks),
            policies=ground.policies,
            lifecycle=lifecycle,
            memories=memory.memories,
            turns=turns,
            searching=open_searching(database, spawn),
            readers=_readers(desk),
            hall=open_hall(settings.sockets, _readers(desk), ground.registry, spawn),
            responses=responses,
            idempotency=idempotency,
            webhooks=webhooks,
            money=open_money(audit, webhooks.outbox, gateway.keeper, people.known, spawn),
            library=Library(database=database, recorder=audit.recorder),
            versioning=Versioning(database=database, recorder=audit.recorder),
            workers=_workers(stack, ground, _duties(jobs, memory, lifecycle), tasks, replica),
            work=open_work(settings, database, spawn, dead_before=dead_before),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What everything else stands on.

    Attributes:
        dead_before: Whoever wrote before this moment is dead; `None` where another server may be alive.
    """

    registry: CollectorRegistry
    database: Database
    dead_before: datetime | None
    audit: Audit
    sealing: Sealing
    policies: Policies
    books: Books


async def _ground(stack: AsyncExitStack, settings: Settings) -> _Ground:
    registry = _registry()
    prepare_data_folder(settings.data_dir)
    bare = await stack.enter_async_context(connect(settings.database))
    await check_schema(bare)
    await check_all_guards(bare)
    keyring = await open_keyring(settings, bare)
    database = bare.sealed_by(keyring)
    dead_before = utc_now() if stack.enter_context(presence(settings.database)) else None
    audit = await stack.enter_async_context(open_audit(settings, database, registry))
    recorder = audit.recorder
    return _Ground(
        registry=registry,
        database=database,
        dead_before=dead_before,
        audit=audit,
        sealing=await stack.enter_async_context(open_sealing(settings, database, audit, keyring)),
        policies=Policies(database=database, recorder=recorder, tier_of=tier_of, default_tier=settings.default_tier),
        books=await stack.enter_async_context(open_books(database, dead_before=dead_before)),
    )


def _running(turns: Turns, responses: Responses, idempotency: Runs) -> dict[str, Callable[[], Running]]:
    """By its name, what goes on though nobody waits for it."""
    return {"turn": turns.running, "response": responses.runs.running, "request": idempotency.running}


def _readers(desk: Desk) -> Readers:
    return Readers(database=desk.database, bus=desk.bus, pace=desk.pace, live=desk.live)


def _reaper(desk: Desk, dead_before: datetime | None) -> Reaper:
    return Reaper(database=desk.database, bus=desk.bus, pace=desk.pace, clock=utc_now, dead_before=dead_before)


def _begin(tasks: Background, *runs: Callable[[], Coroutine[None, None, None]]) -> None:
    for run in runs:
        tasks.create_task(run())


async def _backing(stack: AsyncExitStack, settings: Settings, ground: _Ground) -> Backing:
    url, sources = settings.redis_url, sources_once()
    return Backing(
        policy=ground.policies.of,
        database=ground.database,
        books=ground.books,
        redis=await stack.enter_async_context(open_link(RedisSettings(url=url))) if url else None,
        sealers=ground.sealing.keyring,
        memory=DatabaseFactorMemory(ground.database),
        trail=ground.audit.notes,
        accounts=await stack.enter_async_context(open_accounts(settings, ground.sealing, sources)),
        sources=sources,
    )


def _desk(settings: Settings, database: Database, bus: EventBus, gateway: Gateway) -> Desk:
    pace = Pace(patience_s=settings.request_timeout_s)
    return Desk(
        database=database,
        journals=journals_of(database),
        bus=bus,
        gateway=gateway.handler,
        pace=pace,
        clock=utc_now,
        live=LiveJournals(),
    )


def _memory(
    settings: Settings, desk: Desk, gateway: Gateway, backing: Backing, jobs: Jobs, tasks: Background
) -> Memory:
    composer = open_composer(
        settings,
        desk,
        catalogues=gateway.catalogues,
        learning=gateway.learning,
        embedder=backing.embedder,
        spawn=tasks.create_task,
    )
    return open_memory(settings, desk, composer, backing.policy, jobs, tasks.create_task)


def _turns(settings: Settings, desk: Desk, gateway: Gateway, memory: Memory, tasks: Background, replica: str) -> Turns:
    afterwards = open_steps(settings, desk, memory, tasks.create_task)
    return Turns(
        desk=desk,
        composer=memory.composer,
        spawn=tasks.create_task,
        default_model=lambda scope: gateway.default_model(settings.default_model, scope),
        replica=replica,
        noting=memory.notes.of,
        steps=afterwards.titles.steps,
        afterwards=afterwards,
    )


def _drained(stack: AsyncExitStack, turns: Turns) -> Turns:
    stack.push_async_callback(turns.drain, grace_s=DRAIN_GRACE_S)
    return turns


def _lifecycle(ground: _Ground, desk: Desk, jobs: Jobs, memory: Memory) -> Lifecycle:
    policy, recorder = ground.policies.of, ground.audit.recorder
    return open_lifecycle(ground.database, desk.bus, jobs, policy, recorder, memory.composer.summaries)


def _duties(jobs: Jobs, memory: Memory, lifecycle: Lifecycle) -> Duties:
    kinds = [memory.learning, lifecycle.resting.work, lifecycle.summing_up.work]
    return Duties(jobs=jobs, kinds=kinds, schedules=[lifecycle.resting.schedule])


def _workers(stack: AsyncExitStack, ground: _Ground, duties: Duties, tasks: Background, replica: str) -> JobWorkers:
    return open_workers(stack, ground.database, duties, ground.registry, tasks.create_task, replica=replica)


def _privacy(people: People, ground: _Ground, tasks: Background) -> Privacy:
    return open_privacy(
        people.members.directory, people.sealing, ground.policies, ground.audit.cutter, tasks.create_task
    )


def _bus(settings: Settings) -> AbstractAsyncContextManager[EventBus]:
    kind = "redis" if settings.redis_url else "memory"
    adapter = load("event_buses", kind)
    chosen = adapter.Settings(url=settings.redis_url) if settings.redis_url else adapter.Settings()
    opened: AbstractAsyncContextManager[EventBus] = adapter.connect(chosen)
    return opened


def _registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    return registry
