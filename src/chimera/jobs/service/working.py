"""The workers of one replica: take what is due, lead it on under a lease, and write down what became of it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Final, Never

import structlog

from chimera.jobs.errors import JobFailedError, LeaseLostError
from chimera.jobs.job import Again, Job
from chimera.jobs.metrics import JobMetrics
from chimera.jobs.places import Places
from chimera.jobs.repository import AllJobs, KeptJobs
from chimera.jobs.service.kinds import WorkKind
from chimera.jobs.service.lease import Lease
from chimera.jobs.service.pace import JobPace
from chimera.jobs.service.queue import TOPIC, Bell, Wakes
from chimera.jobs.service.scheduling import Scheduler
from chimera.jobs.tables import JobRow
from chimera.kit.errors import AppError
from chimera.kit.lifetimes import while_it_lives
from chimera.kit.rounds import rounds
from chimera.store import Database, DatabaseUnavailableError
from chimera.store.moments import Now, shared_now

log = structlog.get_logger()

_COUNTED_EVERY_S: Final = 30.0
_LAST_TRY_S: Final = 2.0
_ABANDONED: Final = "job_abandoned"
"""Of a job whose workers died as often as it may be tried."""


@dataclass(slots=True, kw_only=True, eq=False)
class JobWorkers:
    """At least once, each step once. Of a replica that dies others take its jobs when their leases are over.

    Attributes:
        kinds: What is done here; other jobs are left to whoever knows their kind.
        replica: Name of this process, for whoever wonders who leads a job.
    """

    database: Database
    wakes: Wakes
    kinds: Mapping[str, WorkKind]
    scheduler: Scheduler
    metrics: JobMetrics
    replica: str
    pace: JobPace = field(default_factory=JobPace)
    now: Now = shared_now
    random: Random = field(default_factory=Random)  # noqa: S311 (it spreads attempts, it keeps no secret)
    places: Places = field(init=False)
    _freed: asyncio.Event = field(default_factory=asyncio.Event)
    _running: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])
    _stopping: bool = False

    def __post_init__(self) -> None:
        self.places = Places(kinds=self.kinds)

    async def run(self) -> Never:
        """Work until cancelled; what is under way then is given back."""
        async with asyncio.TaskGroup() as group, self.wakes.subscribe(TOPIC) as bell:
            group.create_task(rounds(self.count, every_s=_COUNTED_EVERY_S, named="jobs counted"))
            group.create_task(rounds(self.scheduler.look, every_s=self.pace.plan_s, named="job schedules"))

            async def look() -> None:
                await self._rest(bell)
                while taken := [] if self._stopping else await self.claim():
                    for job in taken:
                        task = group.create_task(self._lead(job))
                        self._running.add(task)
                        task.add_done_callback(self._running.discard)

            self._freed.set()
            await rounds(look, every_s=0.0, named="jobs")
        raise AssertionError("rounds never end")

    async def drain(self, *, grace_s: float) -> None:
        """Take no more, and let what is under way end within the grace; what does not is given back by cancelling."""
        self._stopping = True
        if self._running:
            await asyncio.wait(tuple(self._running), timeout=grace_s)

    async def claim(self) -> list[Job]:
        """Take what is due, as much as there are places for; each must be led on."""
        if not self.places.open_kinds:
            return []
        async with self.database.system_reading() as tx:
            now = await self.now(tx)
            if not await AllJobs(tx).are_due(now, self.places):
                return []
        rows: list[JobRow] = []
        try:
            async with self.database.system_transaction() as tx:
                until = await self.now(tx) + self.pace.lease
                rows += await AllJobs(tx).claim(now, until=until, places=self.places, replica=self.replica)
        except BaseException:
            for row in rows:
                self.places.give_back(row.kind, row.tenant_id)
            raise
        return [_job(row) for row in rows]

    async def lead(self, job: Job) -> None:
        """Do the work of one, and write down what became of it. Raises DatabaseUnavailableError."""
        kind = self.kinds[job.kind]
        lease = Lease(database=self.database, job=job, pace=self.pace, now=self.now)
        if job.attempts > kind.most_attempts:
            await self._bury(job, _ABANDONED)
            return
        try:
            again = await while_it_lives(kind.handle(lease), lease.beat())
        except LeaseLostError:
            self.metrics.ended(job.kind, "lost")
        except JobFailedError as error:
            await self._bury(job, error.trouble)
        except AppError as error:
            await self._fail(kind, job, error.code)
        except Exception as error:  # the outermost edge of this work; one job that fails must not end the others
            log.exception("jobs.failed", kind=job.kind, job_id=str(job.id))
            await self._fail(kind, job, type(error).__name__)
        else:
            await self._settle(lease, again)

    async def count(self) -> None:
        """Tell the metrics how many there are."""
        async with self.database.system_reading() as tx:
            now = await self.now(tx)
            self.metrics.stand(await AllJobs(tx).counts(), now)

    async def _rest(self, bell: Bell) -> None:
        """Until somebody rings, a place is free again, or it is time to look anyway."""
        rung = asyncio.ensure_future(bell.wait(self.pace.look_s))
        freed = asyncio.ensure_future(self._freed.wait())
        try:
            await asyncio.wait({rung, freed}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            rung.cancel()
            freed.cancel()
        self._freed.clear()

    async def _lead(self, job: Job) -> None:
        try:
            await self.lead(job)
        except DatabaseUnavailableError:
            log.warning("jobs.left_to_its_lease", kind=job.kind, job_id=str(job.id))
        except asyncio.CancelledError:
            await self._give_back(job)
            raise
        except Exception:  # the outermost edge of this task; its lease runs out
            log.exception("jobs.not_led", kind=job.kind, job_id=str(job.id))
        finally:
            self.places.give_back(job.kind, job.tenant_id)
            self._freed.set()

    async def _settle(self, lease: Lease, again: Again | None) -> None:
        job = lease.job
        if not lease.is_over:
            async with self.database.transaction(job.scope) as tx:
                kept = KeptJobs(tx, job.scope)
                if again is None:
                    await kept.end(job.id, fence=job.fence)
                else:
                    await kept.wait(job.id, fence=job.fence, due_at=again.at, attempts=0, trouble=None)
        self.metrics.ended(job.kind, "done" if again is None else "again")

    async def _fail(self, kind: WorkKind, job: Job, trouble: str) -> None:
        rest = self.pace.rest(kind, job.attempts, self.random)
        if rest is None:
            await self._bury(job, trouble)
            return
        async with self.database.transaction(job.scope) as tx:
            due_at = await self.now(tx) + rest
            await KeptJobs(tx, job.scope).wait(job.id, fence=job.fence, due_at=due_at, trouble=trouble)
        self.metrics.ended(job.kind, "failed")

    async def _bury(self, job: Job, trouble: str) -> None:
        async with self.database.transaction(job.scope) as tx:
            await KeptJobs(tx, job.scope).bury(job.id, fence=job.fence, trouble=trouble)
        self.metrics.ended(job.kind, "dead")
        log.warning("jobs.dead", kind=job.kind, job_id=str(job.id), trouble=trouble)

    async def _give_back(self, job: Job) -> None:
        """Let another take it at once, and let this attempt not count. Bounded, because the database may be away."""
        try:
            async with asyncio.timeout(_LAST_TRY_S), self.database.transaction(job.scope) as tx:
                due_at, attempts = await self.now(tx), job.attempts - 1
                await KeptJobs(tx, job.scope).wait(job.id, fence=job.fence, due_at=due_at, attempts=attempts)
        except (DatabaseUnavailableError, TimeoutError):
            log.warning("jobs.left_to_its_lease", kind=job.kind, job_id=str(job.id))


def _job(row: JobRow) -> Job:
    return Job(
        id=row.id,
        tenant_id=row.tenant_id,
        owner_id=row.owner_id,
        kind=row.kind,
        key=row.key,
        payload=row.payload,
        attempts=row.attempts,
        fence=row.fence,
    )
