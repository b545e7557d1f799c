"""Tables of keys and secrets. What opens the rest lies here wrapped, and its wrapping key elsewhere."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chimera.kit.clock import utc_now
from chimera.store import JsonText, Table, TenantTable


class RootKeyRow(Table):
    """A root key that something here is sealed with, told by what follows from it, so that another one is noticed.

    Attributes:
        number: From 1, in the order in which they came.
        name: See `RootSealer.name`.
        receipt_key: Of the receipts that it signs: an Ed25519 public key in hex.
        retired_at: Since when nothing is sealed with it any more.
    """

    __tablename__ = "root_keys"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    name: Mapped[str] = mapped_column(unique=True)
    receipt_key: Mapped[str]
    retired_at: Mapped[datetime | None]


class DataKeyRow(TenantTable):
    """A key of an organisation.

    Attributes:
        version: From 1; the oldest that was neither retired nor destroyed seals.
        wrapped: The key, sealed by the root key that `root_key` names; `None` once it was destroyed.
        retired_at: Since when it opens, but seals no more.
    """

    __tablename__ = "data_keys"
    __table_args__ = (
        UniqueConstraint("tenant_id", "version"),
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
    )
    system_access: ClassVar[bool] = True

    version: Mapped[int]
    root_key: Mapped[str]
    wrapped: Mapped[bytes | None]
    retired_at: Mapped[datetime | None]
    destroyed_at: Mapped[datetime | None]


class ContentResealingRow(TenantTable):
    """Content of an organisation is to be sealed with its newest key: a former one did, or none."""

    __tablename__ = "content_resealings"
    __table_args__ = (ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),)
    # Every replica looks for what is to be done, whoever it belongs to.
    system_access: ClassVar[bool] = True


class TenantSecretRow(TenantTable):
    """A secret of an organisation, where no other store is configured.

    Attributes:
        sealed: With the organisation's key.
    """

    __tablename__ = "tenant_secrets"
    __table_args__ = (
        UniqueConstraint("tenant_id", "name"),
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
    )
    system_access: ClassVar[bool] = True
    sealed_columns: ClassVar[Mapping[str, str]] = {"sealed": "tenant_secret"}

    name: Mapped[str]
    sealed: Mapped[bytes]
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)


class ProviderConnectionRow(TenantTable):
    """An organisation's own account with a model provider.

    Attributes:
        kind: Names the adapter.
        settings: What it needs beside the secret.
        secret_name: Of its credential in the store of secrets.
        former_secret_name: Of the credential before it, until `former_until`.
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
    former_secret_name: Mapped[str | None]
    former_until: Mapped[datetime | None]
    enabled: Mapped[bool]
    created_by: Mapped[UUID]
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_used_at: Mapped[datetime | None]
