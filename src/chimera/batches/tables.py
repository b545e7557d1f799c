"""Tables. A file's content is kept in chunks, so that it is never whole in anybody's memory."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, ForeignKeyConstraint, Index, Text, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from chimera.store import JsonText, SealedBytes, SealedText, TenantTable

_ACTIVE: ColumnElement[bool] = literal_column("status IN ('validating', 'in_progress', 'finalizing', 'cancelling')")


class FileRow(TenantTable):
    """A file of one person.

    Attributes:
        size: Bytes of its content.
    """

    __tablename__ = "files"
    __table_args__ = (
        Index("ix_files_recent", "tenant_id", "owner_id", "id"),
        Index("ix_files_expires_at", "expires_at"),
    )
    # The sweeper looks for files whose time is over, whoever they belong to.
    system_access: ClassVar[bool] = True

    owner_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(SealedText("file_name", lost=""))
    purpose: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    expires_at: Mapped[datetime | None]


class FileChunkRow(TenantTable):
    """A piece of a file's content: 256 KiB, but for the last one.

    Attributes:
        id: The file's id: the key is `(tenant_id, file_id, seq)`, which is also the order of reading.
    """

    __tablename__ = "file_chunks"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "file_id"], ["files.tenant_id", "files.id"], ondelete="CASCADE"),
    )

    id: Mapped[UUID] = mapped_column("file_id", primary_key=True, sort_order=-2)
    seq: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)
    data: Mapped[bytes] = mapped_column(SealedBytes("file"))


class BatchRow(TenantTable):
    """A file of requests, to be asked when there is time.

    Attributes:
        permissions: What the key that made it held; its requests may do no more.
        key_id: That key; `None`: it was made in a browser. It ends with its key, which binds and pays for it.
        labels: What the caller wrote down with it (`metadata`), as JSON text.
        faults: Why it failed: objects with `code`, `message`, `param` and `line`, as JSON text.
        output_lasts_s: How long its output files are kept, seconds; `None` for ever.
        moments: When each state began, as `{"in_progress": unix seconds}`.
        total: Requests in the file.
        replica: Which process leads it on; with `heartbeat_at`, when that was last seen, its lease.
        fence: Raised whenever the lease is taken; a holder with an older number changes nothing more.
    """

    __tablename__ = "batches"
    __table_args__ = (
        Index("ix_batches_recent", "tenant_id", "owner_id", "id"),
        Index("ix_batches_active", "heartbeat_at", sqlite_where=_ACTIVE, postgresql_where=_ACTIVE),
    )
    # Every replica looks for batches that nobody leads on, whoever they belong to.
    system_access: ClassVar[bool] = True

    owner_id: Mapped[UUID]
    permissions: Mapped[list[str]] = mapped_column(JsonText)
    key_id: Mapped[UUID | None]
    endpoint: Mapped[str] = mapped_column(Text)
    input_file_id: Mapped[UUID]
    output_file_id: Mapped[UUID | None]
    error_file_id: Mapped[UUID | None]
    output_lasts_s: Mapped[int | None]
    status: Mapped[str] = mapped_column(Text)
    labels: Mapped[str | None] = mapped_column(SealedText("batch_labels", lost=None))
    faults: Mapped[str | None] = mapped_column(SealedText("batch_faults", lost=None))
    moments: Mapped[dict[str, int]] = mapped_column(JsonText, default=dict)
    expires_at: Mapped[datetime]
    total: Mapped[int] = mapped_column(default=0)
    completed: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    replica: Mapped[str | None] = mapped_column(Text)
    fence: Mapped[int] = mapped_column(default=0)
    heartbeat_at: Mapped[datetime | None]


class BatchResultRow(TenantTable):
    """What became of one line, until the batch ends and its files are written; one a line, by the key.

    Attributes:
        id: The batch's id: the key is `(tenant_id, batch_id, number)`.
        number: The line's, from 1.
        good: Whether it goes to the output file or to the error file.
        line: The line of that file; empty once its key was destroyed.
    """

    __tablename__ = "batch_results"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "batch_id"], ["batches.tenant_id", "batches.id"], ondelete="CASCADE"),
    )

    id: Mapped[UUID] = mapped_column("batch_id", primary_key=True, sort_order=-2)
    number: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)
    good: Mapped[bool]
    line: Mapped[bytes] = mapped_column(SealedBytes("batch_result", lost=b""))
