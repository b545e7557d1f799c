"""Tables: the keys, without anything that anybody wrote, and apart from them the answers."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chimera.store import SealedBytes, TenantTable


class IdempotencyKeyRow(TenantTable):
    """One key of one person.

    Attributes:
        owner_id: Whose key it is.
        key_hash: SHA-256 of the key, in hexadecimal.
        fingerprint: SHA-256 of the request, in hexadecimal.
        state: See `states.KeyState`.
        fence: Raised whenever the key is taken from a process that died; one with an older number keeps nothing.
        lease_until: Until when a running request is believed to run without another sign of life.
        expires_at: When the key is free again.
    """

    __tablename__ = "idempotency_keys"
    __table_args__ = (
        UniqueConstraint("tenant_id", "owner_id", "key_hash"),
        Index("ix_idempotency_keys_expires_at", "expires_at"),
    )
    # Leases are renewed and expired keys swept whoever they belong to.
    system_access: ClassVar[bool] = True

    owner_id: Mapped[UUID]
    key_hash: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    fence: Mapped[int] = mapped_column(default=1)
    lease_until: Mapped[datetime]
    expires_at: Mapped[datetime]


class IdempotentResultRow(TenantTable):
    """The answer to the request that bore a key.

    Attributes:
        id: The key row's id.
        headers: JSON text, a list of pairs.
        body: As zlib made it of what was sent; empty once its key was destroyed.
    """

    __tablename__ = "idempotent_results"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "key_id"], ["idempotency_keys.tenant_id", "idempotency_keys.id"], ondelete="CASCADE"
        ),
    )

    id: Mapped[UUID] = mapped_column("key_id", primary_key=True, sort_order=-2)
    status: Mapped[int]
    headers: Mapped[str] = mapped_column(Text)
    body: Mapped[bytes] = mapped_column(SealedBytes("idempotent_answer", lost=b""))
