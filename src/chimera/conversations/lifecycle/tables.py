"""Table of what is left of conversations whose words were deleted."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, ForeignKeyConstraint, Index, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from chimera.store import JsonText, TenantTable

_UNFINISHED: Final[ColumnElement[bool]] = literal_column("NOT is_done")


class RetiredRow(TenantTable):
    """What is left of a conversation whose words retention deleted: numbers, and never anybody's words.

    Attributes:
        id: The conversation's.
        models: How many answers each gave.
        is_done: Whether all words are gone; until then the numbers grow.
    """

    __tablename__ = "retired_conversations"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "conversation_id"], ["conversations.tenant_id", "conversations.id"], ondelete="CASCADE"
        ),
        Index(
            "ix_retired_conversations_unfinished",
            "tenant_id",
            "conversation_id",
            sqlite_where=_UNFINISHED,
            postgresql_where=_UNFINISHED,
        ),
    )

    id: Mapped[UUID] = mapped_column("conversation_id", primary_key=True, sort_order=-2)
    messages: Mapped[int] = mapped_column(default=0)
    input_tokens: Mapped[int] = mapped_column(BigInteger, default=0)
    output_tokens: Mapped[int] = mapped_column(BigInteger, default=0)
    cost_nusd: Mapped[int] = mapped_column(BigInteger, default=0)
    models: Mapped[dict[str, int]] = mapped_column(JsonText)
    first_said_at: Mapped[datetime | None]
    last_said_at: Mapped[datetime | None]
    is_done: Mapped[bool] = mapped_column(default=False)
