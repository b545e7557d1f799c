"""Jobs as those see them who run an organisation, or the installation: looked at, tried again, cancelled."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from chimera.jobs.errors import JobBusyError, JobNotFoundError
from chimera.jobs.job import Wanted
from chimera.jobs.repository import AllJobs, KeptJobs, Schedules
from chimera.jobs.service.queue import Jobs
from chimera.jobs.tables import JobRow, JobScheduleRow
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store import Database, Page
from chimera.store.moments import Now, shared_now
from chimera.store.recording import Recorder

EVERYTHING: Final = Wanted()


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDesk:
    """Of one organisation, that of the scope; schedules are the installation's."""

    database: Database
    jobs: Jobs
    recorder: Recorder
    now: Now = shared_now

    async def recent(
        self, scope: Scope, wanted: Wanted = EVERYTHING, *, cursor: str | None, limit: int
    ) -> Page[JobRow]:
        """Newest first. Raises InvalidRequestError if the cursor is none of ours."""
        async with self.database.reading(scope) as tx:
            kept = KeptJobs(tx, scope)
            return await kept.recent(state=wanted.state, kind=wanted.kind, cursor=cursor, limit=limit)

    async def get(self, scope: Scope, id: UUID) -> JobRow:
        """Raises JobNotFoundError."""
        async with self.database.reading(scope) as tx:
            return _found(await KeptJobs(tx, scope).get(id))

    async def retry(self, scope: Scope, id: UUID) -> JobRow:
        """Let it be done at once, as if it had never been tried.

        Raises:
            JobNotFoundError: if it is done or cancelled, or was never there.
            JobBusyError: if somebody is at it, or at another with its key.
        """
        async with self.database.transaction(scope) as tx:
            kept = KeptJobs(tx, scope)
            row = _found(await kept.get(id))
            if not await kept.retry(id, await self.now(tx)):
                raise JobBusyError("It is being done, or another was put in its place.")
            await tx.refresh(row)
            await self.recorder.record(tx, scope, _act("job.retried", row))
        await self.jobs.wake()
        return row

    async def cancel(self, scope: Scope, id: UUID) -> None:
        """Let it not be done; who is at it writes nothing more. Raises JobNotFoundError."""
        async with self.database.transaction(scope) as tx:
            kept = KeptJobs(tx, scope)
            row = _found(await kept.get(id))
            await kept.delete(id)
            await self.recorder.record(tx, scope, _act("job.cancelled", row))

    async def of_all(self, wanted: Wanted, *, cursor: str | None, limit: int) -> Page[JobRow]:
        """As `recent`, of every organisation, for who runs the installation."""
        async with self.database.system_reading() as tx:
            return await AllJobs(tx).recent(state=wanted.state, kind=wanted.kind, cursor=cursor, limit=limit)

    async def tenant_of(self, id: UUID) -> UUID:
        """Whose a job is, for who runs the installation. Raises JobNotFoundError."""
        async with self.database.system_reading() as tx:
            return _found(await AllJobs(tx).found(id)).tenant_id

    async def schedules(self) -> Sequence[JobScheduleRow]:
        """All, by name."""
        async with self.database.system_reading() as tx:
            return await Schedules(tx).all()


def _found(row: JobRow | None) -> JobRow:
    if row is None:
        raise JobNotFoundError("There is no such job: it was done or cancelled, or never was.")
    return row


def _act(name: str, row: JobRow) -> Act:
    return Act(name=name, target_kind="job", target_id=str(row.id), details={"kind": row.kind})
