"""Tables of signing in. Tokens and codes are kept only as SHA-256, secrets sealed."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.store import JsonText, Table, TenantTable


class SessionRow(TenantTable):
    """A browser that is signed in.

    Attributes:
        method: How: `password`, `passkey`, `oidc`, …, with `+totp` where a second factor was asked.
        provider_id: The identity provider that vouched, and with `provider_session` what it calls the session.
    """

    __tablename__ = "sessions"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "user_id"], ["users.tenant_id", "users.id"], ondelete="CASCADE"),
    )
    system_access: ClassVar[bool] = True

    user_id: Mapped[UUID] = mapped_column(index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    method: Mapped[str] = mapped_column(default="password")
    address: Mapped[str | None]
    user_agent: Mapped[str | None]
    provider_id: Mapped[UUID | None]
    provider_session: Mapped[str | None]


class AttemptRow(Table):
    """Failed sign-ins of one account, address or pair of both, under a hash of its name."""

    __tablename__ = "sign_in_attempts"

    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_failed_at: Mapped[datetime] = mapped_column(index=True)
    blocked_until: Mapped[datetime | None]


class SignInStepRow(Table):
    """A sign-in under way: a password was right and a second factor is awaited, a challenge or a provider was sent.

    Attributes:
        kind: `second_factor`, `passkey`, `passkey_registration`, `oidc`, …
        data: What the next step is checked against.
    """

    __tablename__ = "sign_in_steps"
    __table_args__ = (ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    token_hash: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    tenant_id_wanted: Mapped[UUID | None]
    data: Mapped[dict[str, object]] = mapped_column(JsonText)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class MailTokenRow(Table):
    """What was sent to an address, to prove that it is read: for a new password, or to verify it."""

    __tablename__ = "mail_tokens"
    __table_args__ = (ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    person_id: Mapped[UUID] = mapped_column(index=True)
    purpose: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class TotpRow(Table):
    """A person's authenticator app.

    Attributes:
        secret: Sealed.
        last_step: Of the last code that was taken: none is taken twice.
    """

    __tablename__ = "totp_secrets"
    __table_args__ = (ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),)

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    secret: Mapped[bytes]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)


class RecoveryCodeRow(Table):
    """A code for whoever lost their second factor; good once."""

    __tablename__ = "recovery_codes"
    __table_args__ = (
        UniqueConstraint("person_id", "code_hash"),
        ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    person_id: Mapped[UUID]
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None]


class PasskeyRow(Table):
    """A WebAuthn credential of a person."""

    __tablename__ = "passkeys"
    __table_args__ = (ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    person_id: Mapped[UUID] = mapped_column(index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    transports: Mapped[list[str]] = mapped_column(JsonText)
    backed_up: Mapped[bool]
    name: Mapped[str]
    last_used_at: Mapped[datetime | None]
