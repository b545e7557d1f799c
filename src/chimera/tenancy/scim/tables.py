"""The table of credentials with which an organisation's directory keeps its users here."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chimera.store import TenantTable


class ScimTokenRow(TenantTable):
    """Kept as SHA-256; opens `/scim/v2` of its organisation and nothing else."""

    __tablename__ = "scim_tokens"
    __table_args__ = (ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),)
    system_access: ClassVar[bool] = True

    name: Mapped[str]
    prefix: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_by: Mapped[UUID]
    last_used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
