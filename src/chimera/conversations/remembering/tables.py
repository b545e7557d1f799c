"""Tables. What is remembered is its person's own: no colleague and no administrator finds it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from chimera.store import SealedBytes, SealedText, TenantTable


class MemorySettingsRow(TenantTable):
    """What a person decided about being remembered.

    Attributes:
        id: The person's.
        enabled: `None` leaves it to the organisation's policy.
        learning: What is learned: see `memory.fact.Learning`.
        revision: Counts the changes to what is remembered; each begins by raising it, so that one follows another.
        mark: Says that there is a key to what is remembered: `None` once it was destroyed.
    """

    __tablename__ = "memory_settings"

    id: Mapped[UUID] = mapped_column("owner_id", primary_key=True, sort_order=-2)
    enabled: Mapped[bool | None]
    learning: Mapped[str] = mapped_column(Text, default="all")
    revision: Mapped[int] = mapped_column(default=0)
    mark: Mapped[str | None] = mapped_column(SealedText("memory_mark", lost=None), default="kept")


class MemoryRow(TenantTable):
    """A fact.

    Attributes:
        about: JSON text of what it says in three words, see `memory.fact.About`.
        said_at: When it was said, the last time; that decides between two.
        valid_from: Since when it holds.
        replaced_by: What ended it.
        vectors: Of its meaning; `None` until that was made.
        revision: The person's, when it was changed.
    """

    __tablename__ = "memories"
    __table_args__ = (Index("ix_memories_owner", "tenant_id", "owner_id", "revision"),)

    owner_id: Mapped[UUID]
    statement: Mapped[str] = mapped_column(SealedText("memory", lost=""))
    about: Mapped[str] = mapped_column(SealedText("memory_about", lost="{}"))
    kind: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    confidence: Mapped[float]
    said_at: Mapped[datetime]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    replaced_by: Mapped[UUID | None]
    vectors: Mapped[bytes | None] = mapped_column(SealedBytes("memory_vectors", lost=None))
    revision: Mapped[int]


class MemoryEvidenceRow(TenantTable):
    """A message in which its person said it; goes with the message.

    Attributes:
        id: The fact's: the key is `(tenant_id, memory_id, message_id)`.
    """

    __tablename__ = "memory_evidence"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "memory_id"], ["memories.tenant_id", "memories.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "message_id"], ["messages.tenant_id", "messages.id"], ondelete="CASCADE"),
        Index("ix_memory_evidence_message", "tenant_id", "message_id"),
    )

    id: Mapped[UUID] = mapped_column("memory_id", primary_key=True, sort_order=-2)
    message_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-1)
    conversation_id: Mapped[UUID]


class ConversationMemoryRow(TenantTable):
    """A conversation in which nothing is remembered, or that was again allowed to.

    Attributes:
        id: The conversation's.
    """

    __tablename__ = "conversation_memories"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "conversation_id"], ["conversations.tenant_id", "conversations.id"], ondelete="CASCADE"
        ),
    )

    id: Mapped[UUID] = mapped_column("conversation_id", primary_key=True, sort_order=-2)
    enabled: Mapped[bool]
