"""Tables of identity providers, of those whom they vouched for, and of what they say once."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chimera.kit.clock import utc_now
from chimera.store import JsonText, Table, TenantTable


class IdentityProviderRow(TenantTable):
    """An OpenID provider of an organisation.

    Attributes:
        client_secret: Sealed; `None` for a public client.
        domains: Of e-mail addresses that sign in there.
        proven_domains: Those of them whose web sites named the organisation when it asked last.
        roles_by_group: Which role a group of the provider's gives.
        default_role: Of new users in none of these groups; `None`: they are refused.
        just_in_time: Whether who is unknown becomes a user.
        enabled: Whether anybody may sign in there.
        ceiling: Permissions of whoever configured it last. It lets nobody in by their address who holds more, and gives
            no role that does: an administrator's provider must not vouch for the owner.
    """

    __tablename__ = "identity_providers"
    __table_args__ = (
        UniqueConstraint("tenant_id", "name"),
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
    )
    system_access: ClassVar[bool] = True
    sealed_columns: ClassVar[Mapping[str, str]] = {"client_secret": "identity_provider_secret"}

    name: Mapped[str]
    issuer: Mapped[str] = mapped_column(index=True)
    client_id: Mapped[str]
    client_secret: Mapped[bytes | None]
    scopes: Mapped[list[str]] = mapped_column(JsonText)
    domains: Mapped[list[str]] = mapped_column(JsonText)
    proven_domains: Mapped[list[str]] = mapped_column(JsonText, default=list, server_default="[]")
    group_claim: Mapped[str] = mapped_column(default="groups")
    roles_by_group: Mapped[dict[str, str]] = mapped_column(JsonText)
    default_role: Mapped[str | None]
    just_in_time: Mapped[bool]
    enabled: Mapped[bool]
    ceiling: Mapped[list[str]] = mapped_column(JsonText)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)


class IdentityRow(TenantTable):
    """Who a user is at a provider: found by its `sub`, never by an address that it claims."""

    __tablename__ = "identities"
    __table_args__ = (
        UniqueConstraint("tenant_id", "provider_id", "subject"),
        ForeignKeyConstraint(
            ["tenant_id", "provider_id"], ["identity_providers.tenant_id", "identity_providers.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(["tenant_id", "user_id"], ["users.tenant_id", "users.id"], ondelete="CASCADE"),
    )
    system_access: ClassVar[bool] = True

    provider_id: Mapped[UUID]
    subject: Mapped[str]
    user_id: Mapped[UUID] = mapped_column(index=True)
    email: Mapped[str | None]
    last_used_at: Mapped[datetime | None]


class SpentTokenRow(Table):
    """What may be used once and was: `jti`s of logout tokens, under a hash of whose they are."""

    __tablename__ = "spent_tokens"

    key: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
