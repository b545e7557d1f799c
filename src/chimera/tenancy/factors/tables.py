"""Tables of second factors and passkeys, of people and so of no organisation. Codes are hashed, secrets sealed."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.store import JsonText, Table


class TotpRow(Table):
    """A person's authenticator app.

    Attributes:
        secret: Sealed.
        last_step: Of the last code that was taken: none is taken twice.
    """

    __tablename__ = "totp_secrets"
    sealed_columns: ClassVar[Mapping[str, str]] = {"secret": "totp"}
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
