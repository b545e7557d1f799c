"""Jobs on a real database, with a clock that the test moves and as many workers as it likes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from prometheus_client import CollectorRegistry

from chimera.adapters.event_buses.memory import MemoryBus
from chimera.jobs.job import Job, Order
from chimera.jobs.metrics import JobMetrics
from chimera.jobs.repository import KeptJobs
from chimera.jobs.service import JobPace, Jobs, JobWorkers, Schedule, Scheduler, WorkKind
from chimera.jobs.tables import JobRow
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.store import Database, Transaction

STARTED = datetime(2026, 11, 22, 12, tzinfo=UTC)


def someone() -> Scope:
    return Scope(tenant_id=new_id(), actor_id=new_id(), permissions=frozenset())


@dataclass(slots=True, kw_only=True)
class House:
    database: Database
    kinds: tuple[WorkKind, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    pace: JobPace = field(default_factory=JobPace)
    bus: MemoryBus = field(default_factory=MemoryBus)
    moment: datetime = STARTED
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    metrics: JobMetrics = field(init=False)

    def __post_init__(self) -> None:
        self.metrics = JobMetrics(self.registry)

    async def now(self, _tx: Transaction) -> datetime:
        return self.moment

    def pass_time(self, **by: float) -> None:
        self.moment += timedelta(**by)

    @property
    def jobs(self) -> Jobs:
        return Jobs(wakes=self.bus, clock=lambda: self.moment)

    def workers(self, replica: str = "a", *, ahead: timedelta = timedelta()) -> JobWorkers:
        """Of one replica, whose clock may be wrong."""

        async def now(tx: Transaction) -> datetime:
            return await self.now(tx) + ahead

        return JobWorkers(
            database=self.database,
            wakes=self.bus,
            kinds={kind.name: kind for kind in self.kinds},
            scheduler=Scheduler(database=self.database, schedules=self.schedules, now=now),
            metrics=self.metrics,
            replica=replica,
            pace=self.pace,
            now=now,
            random=Random(4),
        )

    async def put(self, scope: Scope, *orders: Order) -> None:
        async with self.database.transaction(scope) as tx:
            for order in orders:
                await self.jobs.put(tx, scope, order)

    async def left(self, scope: Scope) -> Sequence[JobRow]:
        async with self.database.reading(scope) as tx:
            return list(await tx.scalars(KeptJobs(tx, scope).mine().order_by(JobRow.id)))

    async def work(self, workers: JobWorkers | None = None) -> list[Job]:
        """Do what is due, one after the other; tell in which order."""
        workers, done = workers or self.workers(), list[Job]()
        while taken := await workers.claim():
            for job in taken:
                await workers.lead(job)
                workers.places.give_back(job.kind, job.tenant_id)
            done += taken
        return done
