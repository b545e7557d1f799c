"""Links that show a branch. The link itself is kept as a hash, by which it is found, and sealed, for its maker."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from chimera.store import JsonText, SealedText, TenantTable


class ShareRow(TenantTable):
    """A link to the path from a conversation's root to one message.

    Attributes:
        owner_id: Who made it, whose conversation it is.
        leaf_id: The last message that is shown; with it the link is gone.
        token_hash: SHA-256 of what the link ends with.
        frozen: JSON text of the link and of what may be changed later though it is shown, see `freezing`.
        left_out: Names of what is not shown, see `redaction`.
        masked: Whether personal data and secrets are covered.
        views: How often somebody else opened it.
    """

    __tablename__ = "conversation_shares"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "conversation_id"],
            ["conversations.tenant_id", "conversations.id"],
            name="fk_conversation_shares_tenant_id_conversation_id",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["tenant_id", "leaf_id"],
            ["messages.tenant_id", "messages.id"],
            name="fk_conversation_shares_tenant_id_leaf_id",
            ondelete="CASCADE",
        ),
        Index("ix_conversation_shares_conversation", "tenant_id", "conversation_id"),
        Index("ix_conversation_shares_leaf", "tenant_id", "leaf_id"),
        Index("ix_conversation_shares_recent", "tenant_id", "created_at", "id"),
        Index("ix_conversation_shares_own", "tenant_id", "owner_id", "created_at", "id"),
    )
    # Whoever holds a link may belong to no organisation: it is found across all, without what is sealed.
    system_access: ClassVar[bool] = True

    owner_id: Mapped[UUID]
    conversation_id: Mapped[UUID]
    leaf_id: Mapped[UUID]
    token_hash: Mapped[str] = mapped_column(Text, unique=True)
    frozen: Mapped[str | None] = mapped_column(SealedText("share", lost=None), deferred=True)
    audience: Mapped[str] = mapped_column(Text)
    left_out: Mapped[list[str]] = mapped_column(JsonText)
    masked: Mapped[bool]
    expires_at: Mapped[datetime]
    views: Mapped[int] = mapped_column(default=0)
    last_viewed_at: Mapped[datetime | None]
