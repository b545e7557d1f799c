"""Sums of whole days, kept so that a year need not be read line by line."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from chimera.store import TenantTable


class UsageDayRow(TenantTable):
    """Entries of one day that are alike, added up: those that `FoldRow` says, neither more nor less.

    Attributes:
        id: Made of what the entries have in common.
        entries: How many they are.
    """

    __tablename__ = "usage_days"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
        Index("ix_usage_days_day", "tenant_id", "day"),
    )
    # One command proves the sums of all organisations.
    system_access: ClassVar[bool] = True

    day: Mapped[date]
    actor_id: Mapped[UUID]
    key_id: Mapped[UUID | None]
    team_ids: Mapped[str] = mapped_column(Text)
    provider: Mapped[str] = mapped_column(Text)
    model: Mapped[str] = mapped_column(Text)
    feature: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    entries: Mapped[int] = mapped_column(BigInteger)
    requests: Mapped[int] = mapped_column(BigInteger)
    unpriced: Mapped[int] = mapped_column(BigInteger)
    cached_calls: Mapped[int] = mapped_column(BigInteger)
    input_tokens: Mapped[int] = mapped_column(BigInteger)
    output_tokens: Mapped[int] = mapped_column(BigInteger)
    cached_tokens: Mapped[int] = mapped_column(BigInteger)
    cache_write_tokens: Mapped[int] = mapped_column(BigInteger)
    cache_write_1h_tokens: Mapped[int] = mapped_column(BigInteger)
    reasoning_tokens: Mapped[int] = mapped_column(BigInteger)
    cost_nusd: Mapped[int] = mapped_column(BigInteger)
    saved_cache_nusd: Mapped[int] = mapped_column(BigInteger)
    saved_routing_nusd: Mapped[int] = mapped_column(BigInteger)
    duration_ms: Mapped[int] = mapped_column(BigInteger)


class FoldRow(TenantTable):
    """One per tenant: how far its ledger is added up in `usage_days`.

    Attributes:
        id: The tenant's.
        position: See `EntryRow`. All of the tenant's entries up to it are in the sums, and none after it.
    """

    __tablename__ = "usage_folds"
    __table_args__ = (ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),)
    # One round adds up for all organisations.
    system_access: ClassVar[bool] = True

    position: Mapped[int] = mapped_column(BigInteger)


class MeterRow(TenantTable):
    """What of a day's entries was told to billing systems: the number of entries and their sums by model.

    Attributes:
        id: Made of the day.
        told: Sums by `provider/model`, as JSON text.
    """

    __tablename__ = "usage_meters"
    __table_args__ = (ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),)
    system_access: ClassVar[bool] = True

    day: Mapped[date]
    entries: Mapped[int] = mapped_column(BigInteger)
    told: Mapped[str] = mapped_column(Text)


class MeterRecordRow(TenantTable):
    """What came to a day since the record before: all records of a day together are the day.

    Attributes:
        body: As it was told, as JSON text.
    """

    __tablename__ = "usage_meter_records"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
        Index("ix_usage_meter_records_created_at", "tenant_id", "created_at", "id"),
    )

    body: Mapped[str] = mapped_column(Text)
