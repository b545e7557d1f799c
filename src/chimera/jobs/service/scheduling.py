"""What is done again and again: when next stands in the database, and one replica of all does it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from chimera.jobs.repository import Schedules
from chimera.jobs.tables import JobScheduleRow
from chimera.kit.errors import AppError
from chimera.store import Database
from chimera.store.moments import Now, shared_now

log = structlog.get_logger()

_LEASE: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Something that is done again and again.

    Attributes:
        plan: Short, as orders of jobs are; begun again after a minute if it fails, or its process dies.
    """

    name: str
    every: timedelta
    plan: Callable[[], Awaitable[object]]


@dataclass(slots=True, kw_only=True)
class Scheduler:
    """Several may look at once."""

    database: Database
    schedules: Sequence[Schedule]
    now: Now = shared_now
    _has_begun: bool = False

    async def _begin(self) -> None:
        """Let schedules that nobody knows yet be due now."""
        if self._has_begun:
            return
        async with self.database.system_transaction() as tx:
            for one in self.schedules:
                row = JobScheduleRow(name=one.name, due_at=await self.now(tx))
                await Schedules(tx).add_if_absent(row)
        self._has_begun = True

    async def look(self) -> int:
        """Do what is due; tell how many that were."""
        if not self.schedules:
            return 0
        await self._begin()
        by_name = {one.name: one for one in self.schedules}
        async with self.database.system_reading() as tx:
            now = await self.now(tx)
            due = [(row.name, row.due_at) for row in await Schedules(tx).due(now, list(by_name))]
        return sum([await self._do(by_name[name], since, now) for name, since in due])

    async def _do(self, one: Schedule, since: datetime, now: datetime) -> bool:
        until = now + _LEASE
        if not await self._move(one, since=since, to=until):
            return False
        try:
            await one.plan()
        except Exception as error:  # the outermost edge of a plan; another look tries again
            log.exception("jobs.plan_failed", schedule=one.name)
            code = error.code if isinstance(error, AppError) else type(error).__name__
            await self._move(one, since=until, to=until, done_at=now, trouble=code)
            return False
        # In step with the last time, however late it was done; but what was missed is not made up for.
        late = (now - since) // one.every
        await self._move(one, since=until, to=since + (late + 1) * one.every, done_at=now, trouble=None)
        return True

    async def _move(self, one: Schedule, *, since: datetime, to: datetime, **told: object) -> bool:
        async with self.database.system_transaction() as tx:
            return await Schedules(tx).move(one.name, since=since, to=to, **told)
