"""What can be wrong with a file or a batch.

BatchError
├── StoredFileNotFoundError   file_not_found         also when it is another's, or has expired
├── BatchNotFoundError        batch_not_found        also when it is another's
├── BatchOverError            batch_over             it has ended, or is just ending: nothing to cancel
├── LineTooLongError          line_too_long          a line of the input is larger than a request may be
└── LeaseLostError            batch_lease_lost       another replica has taken the batch over
"""

from chimera.kit.errors import AppError, Kind


class BatchError(AppError):
    """Base of this package's errors."""


class StoredFileNotFoundError(BatchError):
    code = "file_not_found"
    kind = Kind.NOT_FOUND


class BatchNotFoundError(BatchError):
    code = "batch_not_found"
    kind = Kind.NOT_FOUND


class BatchOverError(BatchError):
    # Not a conflict: OpenAI's SDKs try those again.
    code = "batch_over"
    kind = Kind.INVALID


class LineTooLongError(BatchError):
    """A line that is longer than a request may be.

    Attributes:
        number: The line's, from 1.
    """

    code = "line_too_long"
    kind = Kind.INVALID

    def __init__(self, number: int) -> None:
        super().__init__(f"Line {number} is longer than a request may be.")
        self.number = number


class OwnerGoneError(BatchError):
    """Whoever made the batch may not use this server any more, or not with that key."""

    code = "owner_not_found"
    kind = Kind.FORBIDDEN


class LeaseLostError(BatchError):
    code = "batch_lease_lost"
