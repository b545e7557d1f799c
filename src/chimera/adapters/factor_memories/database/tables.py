"""The table of factors: numbers about providers, nothing of what anybody wrote."""

from datetime import datetime

from sqlalchemy import Double
from sqlalchemy.orm import Mapped, mapped_column

from chimera.store import Table


class TokenFactorRow(Table):
    """What a provider reports for texts of a script, compared with the estimate.

    Attributes:
        log_factor: Natural logarithm of the factor.
        weight: How many reports it rests on.
    """

    __tablename__ = "token_factors"

    provider: Mapped[str] = mapped_column(primary_key=True)
    family: Mapped[str] = mapped_column(primary_key=True)
    script: Mapped[str] = mapped_column(primary_key=True)
    log_factor: Mapped[float] = mapped_column(Double)
    weight: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(index=True)
