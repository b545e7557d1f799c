"""Tables of the audit trail: entries, cuts and checkpoints are only ever added; entries go where a cut says so."""

from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chimera.store import TenantTable


class AuditChainRow(TenantTable):
    """The end of an organisation's chain: whoever adds to it locks this row first.

    Attributes:
        id: The tenant's.
        number: Of the last entry; 0: there is none.
        hash: Of the last entry.
    """

    __tablename__ = "audit_chains"
    system_access: ClassVar[bool] = True

    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str]


class AuditEntryRow(TenantTable):
    """Something that somebody did. It outlives its organisation and refers to nothing.

    Attributes:
        created_at: When it happened.
        number: From 1, without a gap.
        details: JSON as it was hashed.
        hash: SHA-256 over all the others, `previous_hash` among them.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index("ix_audit_entries_recent", "tenant_id", "created_at", "id"),
        Index("ix_audit_entries_actor", "tenant_id", "actor_id", "created_at"),
    )
    system_access: ClassVar[bool] = True
    append_only: ClassVar[bool] = True

    number: Mapped[int] = mapped_column(BigInteger)
    actor_id: Mapped[UUID | None]
    key_id: Mapped[UUID | None]
    act: Mapped[str]
    outcome: Mapped[str]
    target_kind: Mapped[str]
    target_id: Mapped[str]
    address: Mapped[str]
    request_id: Mapped[str]
    details: Mapped[str] = mapped_column(Text)
    previous_hash: Mapped[str]
    hash: Mapped[str]


class AuditCutRow(TenantTable):
    """A signed statement that a chain's beginning was removed, for it was older than the organisation keeps it.

    Attributes:
        number: Of the last entry that was removed: those up to it the database lets go.
        hash: Of that entry, which the one after it names.
        text: What was signed.
        key_name: Of the key whose signature it is.
    """

    __tablename__ = "audit_cuts"
    __table_args__ = (UniqueConstraint("tenant_id", "number"),)
    append_only: ClassVar[bool] = True

    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    key_name: Mapped[str]
    signature: Mapped[str]


class AuditCheckpointRow(TenantTable):
    """A signed statement of how long a chain was and how it ended.

    Attributes:
        text: What was signed.
        key_name: Of the key whose signature it is.
    """

    __tablename__ = "audit_checkpoints"
    __table_args__ = (UniqueConstraint("tenant_id", "number"),)
    system_access: ClassVar[bool] = True
    append_only: ClassVar[bool] = True

    number: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str] = mapped_column(Text)
    key_name: Mapped[str]
    signature: Mapped[str] = mapped_column(Text)
