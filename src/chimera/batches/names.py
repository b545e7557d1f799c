"""How files and batches are called outside: `file-…` and `batch_…`, with our own id in them. Pure."""

from uuid import UUID

from chimera.batches.errors import BatchNotFoundError, StoredFileNotFoundError


def file_name(id: UUID) -> str:
    return f"file-{id.hex}"


def batch_name(id: UUID) -> str:
    return f"batch_{id.hex}"


def file_id(name: str) -> UUID:
    """Raises StoredFileNotFoundError if we never gave such a name."""
    found = _id(name, "file-")
    if found is None:
        raise StoredFileNotFoundError("There is no such file.")
    return found


def batch_id(name: str) -> UUID:
    """Raises BatchNotFoundError if we never gave such a name."""
    found = _id(name, "batch_")
    if found is None:
        raise BatchNotFoundError("There is no such batch.")
    return found


def _id(name: str, prefix: str) -> UUID | None:
    digits = name.removeprefix(prefix)
    if digits == name or len(digits) != 32 or not digits.isascii() or not digits.isalnum():
        return None
    try:
        return UUID(hex=digits)
    except ValueError:
        return None
