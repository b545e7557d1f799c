"""Tables of keys and secrets. What opens the rest lies here wrapped, and its wrapping key elsewhere."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chimera.kit.clock import utc_now
from chimera.store import JsonText, TenantTable


class DataKeyRow(TenantTable):
    """A key of an organisation, or of one of its people.

    Attributes:
        user_id: Whose content it seals; `None`: the organisation's.
        wrapped: The key, sealed by the root key that `root_key` names; `None` once it was destroyed.
        retired_at: Since when it opens, but seals no more.
    """

    __tablename__ = "data_keys"
    __table_args__ = (
        UniqueConstraint("tenant_id", "user_id", "version"),
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
    )
    system_access: ClassVar[bool] = True

    user_id: Mapped[UUID | None]
    version: Mapped[int]
    root_key: Mapped[str]
    wrapped: Mapped[bytes | None]
    retired_at: Mapped[datetime | None]
    destroyed_at: Mapped[datetime | None]


class TenantSecretRow(TenantTable):
    """A secret of an organisation, where no other store is configured.

    Attributes:
        sealed: With the organisation's key.
        former: The value before the last rotation, good until `former_until`.
    """

    __tablename__ = "tenant_secrets"
    __table_args__ = (
        UniqueConstraint("tenant_id", "name"),
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
    )
    system_access: ClassVar[bool] = True

    name: Mapped[str]
    sealed: Mapped[bytes]
    former: Mapped[bytes | None]
    former_until: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_by: Mapped[UUID]


class ProviderConnectionRow(TenantTable):
    """An organisation's own account with a model provider.

    Attributes:
        kind: Names the adapter.
        settings: What it needs beside the secret.
        secret_name: Of its credential in the store of secrets.
    """

    __tablename__ = "provider_connections"
    __table_args__ = (
        UniqueConstraint("tenant_id", "name"),
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
    )
    system_access: ClassVar[bool] = True

    name: Mapped[str]
    kind: Mapped[str]
    settings: Mapped[dict[str, object]] = mapped_column(JsonText)
    secret_name: Mapped[str]
    enabled: Mapped[bool]
    created_by: Mapped[UUID]
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_used_at: Mapped[datetime | None]
