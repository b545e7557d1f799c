"""Tables of signed tokens: our keys, refresh tokens in families, and other issuers that an organisation believes."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.store import JsonText, Table, TenantTable


class SigningKeyRow(Table):
    """A key of the house, published before it signs and for as long as what it signed is good.

    Attributes:
        private_key: Sealed.
        signs_from: When it begins to sign; until `signs_until`.
        removed_at: When it leaves the JWKS.
    """

    __tablename__ = "signing_keys"
    sealed_columns: ClassVar[Mapping[str, str]] = {"private_key": "signing_key"}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    kid: Mapped[str] = mapped_column(unique=True)
    algorithm: Mapped[str]
    private_key: Mapped[bytes]
    public_key: Mapped[dict[str, str]] = mapped_column(JsonText)
    signs_from: Mapped[datetime]
    signs_until: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]


class TokenFamilyRow(TenantTable):
    """All tokens that follow from one sign-in; it ends whole when one refresh token is used twice.

    Attributes:
        permissions: What was asked for; `None`: all that the user holds, or the key does.
        key_id: The API key with which it was begun, and with which it ends.
        session_id: Likewise the session.
        revoked_as: `wish`, or `reuse` of a refresh token.
    """

    __tablename__ = "token_families"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "user_id"], ["users.tenant_id", "users.id"], ondelete="CASCADE"),
    )
    system_access: ClassVar[bool] = True

    user_id: Mapped[UUID] = mapped_column(index=True)
    key_id: Mapped[UUID | None]
    session_id: Mapped[UUID | None]
    permissions: Mapped[list[str] | None] = mapped_column(JsonText)
    client: Mapped[str] = mapped_column(default="")
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    revoked_as: Mapped[str | None]


class RefreshTokenRow(TenantTable):
    __tablename__ = "refresh_tokens"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "family_id"], ["token_families.tenant_id", "token_families.id"], ondelete="CASCADE"
        ),
    )
    system_access: ClassVar[bool] = True

    family_id: Mapped[UUID] = mapped_column(index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class TokenIssuerRow(TenantTable):
    """Somebody else whose access tokens are good here: one issuer and audience for one organisation.

    Attributes:
        jwks_url: `None`: found by discovery.
        subject_claim: Names the user, by `identities.subject` or, where `email` is said, by verified address.
    """

    __tablename__ = "token_issuers"
    __table_args__ = (
        UniqueConstraint("issuer", "audience"),
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
    )
    system_access: ClassVar[bool] = True

    name: Mapped[str]
    issuer: Mapped[str]
    audience: Mapped[str]
    jwks_url: Mapped[str | None]
    algorithms: Mapped[list[str]] = mapped_column(JsonText)
    subject_claim: Mapped[str] = mapped_column(default="sub")
    group_claim: Mapped[str | None]
    roles_by_group: Mapped[dict[str, str]] = mapped_column(JsonText)
    default_role: Mapped[str | None]
    just_in_time: Mapped[bool]
    enabled: Mapped[bool]
