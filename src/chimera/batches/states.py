"""The closed sets of states of files and batches."""

from enum import StrEnum
from typing import Final


class FileStatus(StrEnum):
    """A file is seen once all of it is there."""

    UPLOADING = "uploading"
    PROCESSED = "processed"


class BatchStatus(StrEnum):
    """`validating > in_progress > finalizing > completed`, with four other ends; the words are OpenAI's."""

    VALIDATING = "validating"
    IN_PROGRESS = "in_progress"
    FINALIZING = "finalizing"
    COMPLETED = "completed"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"


ACTIVE: Final = (
    BatchStatus.VALIDATING.value,
    BatchStatus.IN_PROGRESS.value,
    BatchStatus.FINALIZING.value,
    BatchStatus.CANCELLING.value,
)
"""States that somebody still has to lead on."""

CANCELLABLE: Final = (BatchStatus.VALIDATING.value, BatchStatus.IN_PROGRESS.value)
