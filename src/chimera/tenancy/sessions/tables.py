"""Tables of signing in. Tokens are kept only as SHA-256."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.store import JsonText, Table, TenantTable


class SessionRow(TenantTable):
    """A browser that is signed in.

    Attributes:
        idle_s: Seconds without use after which it ends, and `ends_at` when it ends in any case; as `rules` says where
            they are `None`.
        proven_at: When whoever holds it proved again who they are.
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
    idle_s: Mapped[int | None]
    ends_at: Mapped[datetime | None]
    proven_at: Mapped[datetime | None]
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
