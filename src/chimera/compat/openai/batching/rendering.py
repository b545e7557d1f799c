"""Files and batches as OpenAI's objects. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct

from chimera.batches.names import batch_name, file_name
from chimera.batches.service import BatchInfo, FileInfo

_STATES: Final = ("in_progress", "finalizing", "completed", "failed", "expired", "cancelling", "cancelled")


class FileObject(Struct, kw_only=True, tag="file", tag_field="object"):
    id: str
    bytes: int
    created_at: int
    expires_at: int | None
    filename: str
    purpose: str
    status: str = "processed"
    status_details: str | None = None


class _Counts(Struct, kw_only=True):
    total: int
    completed: int
    failed: int


class _Faults(Struct, kw_only=True, tag="list", tag_field="object"):
    data: list[dict[str, object]]


class BatchObject(Struct, kw_only=True, tag="batch", tag_field="object"):
    id: str
    endpoint: str
    errors: _Faults | None
    input_file_id: str
    completion_window: str
    status: str
    output_file_id: str | None
    error_file_id: str | None
    created_at: int
    in_progress_at: int | None
    expires_at: int
    finalizing_at: int | None
    completed_at: int | None
    failed_at: int | None
    expired_at: int | None
    cancelling_at: int | None
    cancelled_at: int | None
    request_counts: _Counts
    metadata: dict[str, str] | None


class _Listed(Struct, kw_only=True, tag="list", tag_field="object"):
    data: Sequence[FileObject | BatchObject]
    has_more: bool
    first_id: str | None
    last_id: str | None


def file_object(info: FileInfo) -> FileObject:
    return FileObject(
        id=file_name(info.id),
        bytes=info.size,
        created_at=_seconds(info.created_at),
        expires_at=None if info.expires_at is None else _seconds(info.expires_at),
        filename=info.name,
        purpose=info.purpose,
    )


def batch_object(info: BatchInfo) -> BatchObject:
    moments = {f"{state}_at": info.moments.get(state) for state in _STATES}
    return BatchObject(
        id=batch_name(info.id),
        endpoint=info.endpoint,
        errors=None if info.faults is None else _Faults(data=info.faults),
        input_file_id=file_name(info.input_file_id),
        completion_window="24h",
        status=info.status.value,
        output_file_id=None if info.output_file_id is None else file_name(info.output_file_id),
        error_file_id=None if info.error_file_id is None else file_name(info.error_file_id),
        created_at=_seconds(info.created_at),
        expires_at=_seconds(info.expires_at),
        request_counts=_Counts(total=info.total, completed=info.completed, failed=info.failed),
        metadata=None if info.labels is None else dict(info.labels),
        **moments,
    )


def encode(found: FileObject | BatchObject) -> bytes:
    return msgspec.json.encode(found)


def encode_list(found: Sequence[FileObject | BatchObject], *, more: bool) -> bytes:
    first, last = (found[0].id, found[-1].id) if found else (None, None)
    return msgspec.json.encode(_Listed(data=found, has_more=more, first_id=first, last_id=last))


def encode_deleted(name: str) -> bytes:
    return msgspec.json.encode({"id": name, "object": "file", "deleted": True})


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
