"""The table of what was sent to somebody's address, kept only as SHA-256."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.store import Table


class MailTokenRow(Table):
    """What was sent to an address, to prove that it is read: for a new password, or to verify it."""

    __tablename__ = "mail_tokens"
    __table_args__ = (ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    person_id: Mapped[UUID] = mapped_column(index=True)
    purpose: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
