"""The closed set of states of a response."""

from enum import StrEnum
from typing import Final


class ResponseStatus(StrEnum):
    """As OpenAI names them; the first two are left again."""

    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    INCOMPLETE = "incomplete"
    FAILED = "failed"
    CANCELLED = "cancelled"


RUNNING: Final = (ResponseStatus.QUEUED, ResponseStatus.IN_PROGRESS)
