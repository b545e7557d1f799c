"""The lease of one job: all that its worker writes goes through here, and nothing once another has taken it."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Never

import msgspec

from chimera.jobs.errors import LeaseLostError
from chimera.jobs.job import Job
from chimera.jobs.repository import KeptJobs, KeptSteps
from chimera.jobs.service.pace import JobPace
from chimera.jobs.tables import JobStepRow
from chimera.kit.lifetimes import beat
from chimera.kit.scope import Scope
from chimera.store import Database, Transaction
from chimera.store.moments import Now, shared_now


@dataclass(slots=True, kw_only=True, eq=False)
class Lease:
    """Held from its claim until it is lost, or the job is done.

    Attributes:
        is_over: Whether the job was ended in a transaction of its work.
    """

    database: Database
    job: Job
    pace: JobPace
    now: Now = shared_now
    is_over: bool = False

    @property
    def scope(self) -> Scope:
        return self.job.scope

    @asynccontextmanager
    async def held(self) -> AsyncGenerator[Transaction]:
        """A transaction that is committed only if nobody else has taken the job by then.

        The job is locked last, as by who puts one: after whatever the block locks.

        Raises:
            LeaseLostError: if another has it, or it was cancelled; nothing was written then.
        """
        async with self.database.transaction(self.scope) as tx:
            yield tx
            await self._hold(tx)

    @asynccontextmanager
    async def last(self) -> AsyncGenerator[Transaction]:
        """As `held`, and the job is done with it: both, or neither."""
        async with self.database.transaction(self.scope) as tx:
            yield tx
            await tx.flush()
            if not await KeptJobs(tx, self.scope).end(self.job.id, fence=self.job.fence):
                raise _lost()
        self.is_over = True

    async def step(self, name: str, work: Callable[[], Awaitable[Any]]) -> Any:
        """What a step came to: done now, unless it was done before. Done twice, if who did it died before it was kept.

        Args:
            name: Of the step, alike in every attempt.
            work: Gives what JSON can say.
        """
        kept = await self.kept(name)
        if kept is not None:
            return msgspec.json.decode(kept)
        result = await work()
        async with self.held() as tx:
            await self.keep(tx, name, result)
        return result

    async def kept(self, name: str) -> str | None:
        """JSON of what a step came to; `None` if it was not done."""
        async with self.database.reading(self.scope) as tx:
            return await KeptSteps(tx, self.scope).result(self.job.id, name)

    async def keep(self, tx: Transaction, name: str, result: Any) -> None:
        """Keep what a step came to, in the transaction of its effect: so it is done exactly once."""
        said = msgspec.json.encode(result).decode()
        await KeptSteps(tx, self.scope).add(JobStepRow(id=self.job.id, name=name, result=said))

    async def beat(self) -> Never:
        """Show that the worker lives, for ever.

        Raises:
            LeaseLostError: when the lease is lost, or may be, because the database was away for too long.
        """
        away = LeaseLostError("The database was away for too long.")
        await beat(self._show, every_s=self.pace.heartbeat_s, lasts_s=self.pace.lease.total_seconds(), lost=away)

    async def _show(self) -> None:
        async with self.held():
            pass

    async def _hold(self, tx: Transaction) -> None:
        await tx.flush()
        until = await self.now(tx) + self.pace.lease
        if not await KeptJobs(tx, self.scope).hold(self.job.id, fence=self.job.fence, until=until):
            raise _lost()


def _lost() -> LeaseLostError:
    return LeaseLostError("Another worker has this job, or it was cancelled.")
