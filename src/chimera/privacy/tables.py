"""Tables of what people asked for of their data, and of what must be kept in spite of it."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from chimera.store import JsonText, TenantTable


class DataRequestRow(TenantTable):
    """An export or erasure of all that is a person's. The receipt outlives the person.

    Attributes:
        kind: `export` or `erasure`.
        state: `running`, `done` or `stopped`; its replica sets `due_at` ahead while it lives.
        counts: What was found, by where.
        receipt: As it was signed.
    """

    __tablename__ = "data_requests"
    __table_args__ = (ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),)
    system_access: ClassVar[bool] = True

    kind: Mapped[str]
    user_id: Mapped[UUID]
    requested_by: Mapped[UUID]
    state: Mapped[str]
    due_at: Mapped[datetime] = mapped_column(index=True)
    counts: Mapped[dict[str, int]] = mapped_column(JsonText)
    receipt: Mapped[str] = mapped_column(Text)
    key_name: Mapped[str]
    signature: Mapped[str] = mapped_column(Text)
    done_at: Mapped[datetime | None]


class LegalHoldRow(TenantTable):
    """Nothing of a user, of one conversation, or of the whole organisation, is removed while it stands.

    Attributes:
        user_id: Whose; `None` for everybody's.
        conversation_id: Of this user, only this conversation.
    """

    __tablename__ = "legal_holds"
    __table_args__ = (ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),)

    user_id: Mapped[UUID | None]
    conversation_id: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(Text)
    created_by: Mapped[UUID]
    released_at: Mapped[datetime | None]
