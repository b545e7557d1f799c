"""Tables. A person belongs to one organisation; sessions and keys are kept only as SHA-256 of their secrets."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.store import JsonText, Table, TenantTable


class TenantRow(Table):
    __tablename__ = "tenants"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    name: Mapped[str]


class InstallationRow(Table):
    """At most one row, id 1: whoever inserts it is the one that sets the house up."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class UserRow(TenantTable):
    __tablename__ = "users"
    __table_args__ = (ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),)
    system_access: ClassVar[bool] = True

    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str | None]
    disabled_at: Mapped[datetime | None]


class SessionRow(TenantTable):
    __tablename__ = "sessions"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "user_id"], ["users.tenant_id", "users.id"], ondelete="CASCADE"),
    )
    system_access: ClassVar[bool] = True

    user_id: Mapped[UUID] = mapped_column(index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ApiKeyRow(TenantTable):
    __tablename__ = "api_keys"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "user_id"], ["users.tenant_id", "users.id"], ondelete="CASCADE"),
    )
    system_access: ClassVar[bool] = True

    user_id: Mapped[UUID] = mapped_column(index=True)
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(index=True)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    permissions: Mapped[list[str]] = mapped_column(JsonText)
    last_used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class AttemptRow(Table):
    """Failed sign-ins of one account, address or pair of both, under a hash of its name."""

    __tablename__ = "sign_in_attempts"

    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_failed_at: Mapped[datetime] = mapped_column(index=True)
    blocked_until: Mapped[datetime | None]
