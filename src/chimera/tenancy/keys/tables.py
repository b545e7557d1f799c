"""The table of API keys, kept only as SHA-256 of their secrets."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chimera.store import JsonText, TenantTable


class ApiKeyRow(TenantTable):
    """A key that acts for a user: never for more than both of them may.

    Attributes:
        former_hash: Of the secret before the last rotation, good until `former_until`.
        models: Patterns of models that it may ask; `None`: all that its user may.
        networks: Of which its requests may come, such as `192.0.2.0/24`; `None`: of any.
        requests_per_minute: Of this key alone; `None`: as the policy says of every key.
        made_by_key: The key with which it was made, if it was made with one.
    """

    __tablename__ = "api_keys"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "user_id"], ["users.tenant_id", "users.id"], ondelete="CASCADE"),
    )
    system_access: ClassVar[bool] = True

    user_id: Mapped[UUID] = mapped_column(index=True)
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(index=True)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    former_hash: Mapped[str | None] = mapped_column(index=True)
    former_until: Mapped[datetime | None]
    permissions: Mapped[list[str]] = mapped_column(JsonText)
    models: Mapped[list[str] | None] = mapped_column(JsonText)
    networks: Mapped[list[str] | None] = mapped_column(JsonText)
    requests_per_minute: Mapped[int | None]
    tokens_per_minute: Mapped[int | None]
    made_by_key: Mapped[UUID | None]
    last_used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
