"""What can be wrong with a job.

JobError
├── JobNotFoundError  job_not_found   also when it is another organisation's
├── JobBusyError      job_busy        it is being done, or another is in its place
├── LeaseLostError    job_lease_lost  another worker has it, or it was cancelled: nothing more may be written
└── JobFailedError    job_failed      the work cannot be done, and trying again would not help
"""

from chimera.kit.errors import AppError, Kind


class JobError(AppError):
    """Base of this package's errors."""


class JobNotFoundError(JobError):
    code = "job_not_found"
    kind = Kind.NOT_FOUND


class JobBusyError(JobError):
    code = "job_busy"
    kind = Kind.CONFLICT


class LeaseLostError(JobError):
    code = "job_lease_lost"
    kind = Kind.CONFLICT


class JobFailedError(JobError):
    """Raised by who does the work: it is not tried again.

    Attributes:
        trouble: The code that is kept with the job.
    """

    code = "job_failed"

    def __init__(self, message: str, *, because: AppError | None = None) -> None:
        super().__init__(message)
        self.trouble = self.code if because is None else because.code
