"""The workers of this replica, put together: they begin at once, and end before whatever their work needs is closed."""

from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry

from chimera.jobs.metrics import JobMetrics
from chimera.jobs.service import Jobs, JobWorkers, Schedule, Scheduler, WorkKind
from chimera.store import Database

GRACE_S: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """What is done here of what is put into the queue, and when something is put there by itself."""

    jobs: Jobs
    kinds: Sequence[WorkKind] = ()
    schedules: Sequence[Schedule] = ()


def open_workers(
    stack: AsyncExitStack,
    database: Database,
    duties: Duties,
    registry: CollectorRegistry,
    spawn: Callable[[Coroutine[None, None, None]], object],
    *,
    replica: str,
) -> JobWorkers:
    """Begin to do what is due; without any duties nothing runs."""
    workers = JobWorkers(
        database=database,
        wakes=duties.jobs.wakes,
        kinds={kind.name: kind for kind in duties.kinds},
        scheduler=Scheduler(database=database, schedules=duties.schedules),
        metrics=JobMetrics(registry),
        replica=replica,
    )
    if duties.kinds or duties.schedules:
        spawn(workers.run())
    stack.push_async_callback(workers.drain, grace_s=GRACE_S)
    return workers
