"""The table of policies: one row a section that an organisation has set."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chimera.store import JsonText, TenantTable


class PolicyRow(TenantTable):
    """One section.

    Attributes:
        body: As its model dumps it: only what was set.
    """

    __tablename__ = "policies"
    __table_args__ = (
        UniqueConstraint("tenant_id", "section"),
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
    )
    system_access: ClassVar[bool] = False

    section: Mapped[str]
    body: Mapped[dict[str, object]] = mapped_column(JsonText)
    updated_at: Mapped[datetime]
    updated_by: Mapped[UUID]
