"""Use cases of jobs, a file each. They open transactions; nothing here knows HTTP."""

from chimera.jobs.service.administering import JobDesk
from chimera.jobs.service.kinds import WorkKind
from chimera.jobs.service.lease import Lease
from chimera.jobs.service.pace import JobPace
from chimera.jobs.service.queue import Jobs
from chimera.jobs.service.scheduling import Schedule, Scheduler
from chimera.jobs.service.working import JobWorkers

__all__ = ["JobDesk", "JobPace", "JobWorkers", "Jobs", "Lease", "Schedule", "Scheduler", "WorkKind"]
