"""What can be wrong with a job.

JobError
├── JobNotFoundError  job_not_found   also when it is another organisation's
├── LeaseLostError    job_lease_lost  another worker has it, or it was cancelled: nothing more may be written
└── JobFailedError    (as told)       the work cannot be done, and trying again would not help
"""

from chimera.kit.errors import AppError, Kind


class JobError(AppError):
    """Base of this package's errors."""


class JobNotFoundError(JobError):
    code = "job_not_found"
    kind = Kind.NOT_FOUND


class LeaseLostError(JobError):
    code = "job_lease_lost"
    kind = Kind.CONFLICT


class JobFailedError(JobError):
    """Raised by who does the work: it is not tried again."""

    code = "job_failed"
