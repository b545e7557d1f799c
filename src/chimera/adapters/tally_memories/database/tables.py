"""The table of experiments' sums: numbers, nothing of what anybody wrote."""

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import BigInteger, Date, Double, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chimera.store import TenantTable


class TallyRow(TenantTable):
    """One arm of one experiment on one day; the fields of `gateway.experiments.tally.Tally`.

    Attributes:
        edition: Names the models that were compared.
        ended: Why the experiment was ended, on any row of it.
    """

    __tablename__ = "experiment_tallies"
    __table_args__ = (
        UniqueConstraint("tenant_id", "name", "edition", "day", "arm"),
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
    )
    # Sums of all organisations are brought here by one task, in nobody's presence.
    system_access: ClassVar[bool] = True

    name: Mapped[str]
    edition: Mapped[str]
    day: Mapped[date] = mapped_column(Date)
    arm: Mapped[str]
    calls: Mapped[int] = mapped_column(BigInteger, default=0)
    errors: Mapped[int] = mapped_column(BigInteger, default=0)
    timed: Mapped[int] = mapped_column(BigInteger, default=0)
    log_first: Mapped[float] = mapped_column(Double, default=0.0)
    log_first_squares: Mapped[float] = mapped_column(Double, default=0.0)
    priced: Mapped[int] = mapped_column(BigInteger, default=0)
    cost_nusd: Mapped[int] = mapped_column(BigInteger, default=0)
    output_tokens: Mapped[int] = mapped_column(BigInteger, default=0)
    compared: Mapped[int] = mapped_column(BigInteger, default=0)
    similarity: Mapped[float] = mapped_column(Double, default=0.0)
    ended: Mapped[str | None]
    updated_at: Mapped[datetime]
