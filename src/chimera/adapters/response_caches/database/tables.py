"""Tables: the answers, and what they saved by day."""

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chimera.store import SealedBytes, TenantTable


class CachedAnswerRow(TenantTable):
    """One answer.

    Attributes:
        key: Digest of the question.
        body: The entry, as `gateway.caching.entry` packs it. Once its key was destroyed, none is found.
    """

    __tablename__ = "cached_answers"
    __table_args__ = (
        UniqueConstraint("tenant_id", "key"),
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
        Index("ix_cached_answers_expires_at", "expires_at"),
    )
    # Expired ones are swept whoever they belong to.
    system_access: ClassVar[bool] = True

    key: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]
    body: Mapped[bytes] = mapped_column(SealedBytes("cached_answer", lost=None))


class CacheTallyRow(TenantTable):
    """What became of a tenant's calls on one day.

    Attributes:
        day: In UTC.
        kind: `exact`, `semantic`, `joined` or `miss`.
    """

    __tablename__ = "cache_tallies"
    __table_args__ = (
        UniqueConstraint("tenant_id", "day", "kind"),
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
    )
    # A replica adds what it counted for all tenants at once.
    system_access: ClassVar[bool] = True

    day: Mapped[date]
    kind: Mapped[str] = mapped_column(Text)
    calls: Mapped[int] = mapped_column(BigInteger)
    saved_nusd: Mapped[int] = mapped_column(BigInteger)
