"""Which warnings were given."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from chimera.store import TenantTable


class AlertRow(TenantTable):
    """One warning.

    Attributes:
        id: Made of the budget, subject, window and threshold, so that there can be no second one.
        threshold: In percent of the limit; 0 where the end of the window was foreseen to be beyond the limit.
        spent: When it was given, in the budget's unit.
    """

    __tablename__ = "budget_alerts"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "budget_id"], ["budgets.tenant_id", "budgets.id"], ondelete="CASCADE"),
        Index("ix_budget_alerts_budget", "tenant_id", "budget_id", "created_at", "id"),
    )
    system_access: ClassVar[bool] = True

    budget_id: Mapped[UUID]
    subject: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[date]
    threshold: Mapped[int]
    spent: Mapped[int] = mapped_column(BigInteger)
