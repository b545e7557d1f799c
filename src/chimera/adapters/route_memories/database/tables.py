"""Tables: what was heard of models by week, and the latest decisions. Numbers and names of models, no text."""

from datetime import date
from typing import ClassVar

from sqlalchemy import Double, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chimera.store import JsonText, TenantTable


class RouteTallyRow(TenantTable):
    """What was heard of a model in a kind of work within a week.

    Attributes:
        week: Its Monday, in UTC.
        good: Answers that were praised, and so `bad`; weighted.
        ok: Calls that were answered, and so `failed`.
    """

    __tablename__ = "route_tallies"
    __table_args__ = (
        UniqueConstraint("tenant_id", "week", "task", "model"),
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
    )
    system_access: ClassVar[bool] = False

    week: Mapped[date]
    task: Mapped[str]
    model: Mapped[str]
    good: Mapped[float] = mapped_column(Double)
    bad: Mapped[float] = mapped_column(Double)
    ok: Mapped[float] = mapped_column(Double)
    failed: Mapped[float] = mapped_column(Double)


class RouteSampleRow(TenantTable):
    """One decision; its id is the call's.

    Attributes:
        options: The candidates, with what was expected of each: `[{"model": …, "quality": …, "cost_nusd": …}]`.
        outcome: `ok`, an error's code, or `abandoned`.
        good: What somebody said of the answer.
    """

    __tablename__ = "route_samples"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
        Index("ix_route_samples_tenant_id_created_at", "tenant_id", "created_at"),
    )
    system_access: ClassVar[bool] = False

    task: Mapped[str]
    dial: Mapped[float] = mapped_column(Double)
    chosen: Mapped[str]
    options: Mapped[list[dict[str, object]]] = mapped_column(JsonText)
    outcome: Mapped[str]
    good: Mapped[bool | None]
