"""Table of when something may become of conversations."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from chimera.store import TenantTable


class RestRow(TenantTable):
    """When something may become of an organisation's conversations: one row for all of them.

    Attributes:
        id: The organisation's.
        due_at: Not later than any of them is due.
        looked_at: When somebody looked last.
        steady_since: Since when they looked again and again, by a clock that did not jump.
    """

    __tablename__ = "conversation_rests"
    __table_args__ = (Index("ix_conversation_rests_due_at", "due_at"),)
    # The schedule finds whose are due.
    system_access: ClassVar[bool] = True

    due_at: Mapped[datetime]
    looked_at: Mapped[datetime | None]
    steady_since: Mapped[datetime | None]
