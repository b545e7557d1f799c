"""Tables of organisations and who belongs to them.

A person signs in once and is a user in each organisation that they belong to; keys, sessions and everything that is
kept belong to the user. A service account is a user that is no person.
"""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.store import JsonText, Table, TenantTable


class TenantRow(Table):
    """An organisation.

    Attributes:
        tier: Of its limits, set by the operator; `None`: the server's default.
        suspended_at: Since when nobody of it gets in.
    """

    __tablename__ = "tenants"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    name: Mapped[str]
    tier: Mapped[str | None]
    suspended_at: Mapped[datetime | None]


class InstallationRow(Table):
    """At most one row, id 1: whoever inserts it is the one that sets the house up."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class PersonRow(Table):
    """Somebody who signs in, whatever organisations they belong to.

    Attributes:
        email: As `identity.normalised` spells it.
        email_verified_at: When a message to the address was answered.
        password_changed_at: Proofs made before it do not hold any more.
        disabled_at: Since when they get in nowhere.
    """

    __tablename__ = "people"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]
    password_changed_at: Mapped[datetime | None]
    email_verified_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]


class UserRow(TenantTable):
    """One who acts in an organisation: a person there, or a service account.

    Attributes:
        person_id: `None` for a service account.
        kind: `person` or `service`.
        email: The person's, as the organisation knows it; `None` for a service account.
        role: Name of a role: built in, or of the organisation's own.
        operator: Whether they may run the whole installation, too.
        external_id: What the organisation's directory calls them (SCIM).
        accepted_at: When they themselves took an invitation or went over to it; until then the organisation alone says
            that they belong to it, by its provider, directory or issuer.
        changed_at: When something changed last that a directory is told of them; `None`: when they were made.
        disabled_at: Since when they get in no more, here.
    """

    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("tenant_id", "email"),
        UniqueConstraint("tenant_id", "person_id"),
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
    )
    system_access: ClassVar[bool] = True

    person_id: Mapped[UUID | None] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(default="person")
    email: Mapped[str | None]
    name: Mapped[str]
    role: Mapped[str]
    operator: Mapped[bool] = mapped_column(default=False)
    external_id: Mapped[str | None]
    created_by: Mapped[UUID | None]
    last_seen_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]


class RoleRow(TenantTable):
    """A role of the organisation's own, or what it changed of a built-in one.

    Attributes:
        name: Of a built-in role: then only `models` is read of it.
        models: Patterns of models that its holders may ask; `None`: all.
    """

    __tablename__ = "roles"
    __table_args__ = (
        UniqueConstraint("tenant_id", "name"),
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
    )
    system_access: ClassVar[bool] = True

    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    permissions: Mapped[list[str]] = mapped_column(JsonText)
    models: Mapped[list[str] | None] = mapped_column(JsonText)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)


class GroupRow(TenantTable):
    """A team: budgets and limits bind it, and its members hold its role beside their own.

    Attributes:
        role: `None` where membership gives no permission.
        external_id: What the organisation's directory calls it (SCIM).
        changed_at: When its name or members changed last; `None`: when it was made.
    """

    __tablename__ = "groups"
    __table_args__ = (
        UniqueConstraint("tenant_id", "name"),
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
    )
    system_access: ClassVar[bool] = True

    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    role: Mapped[str | None]
    external_id: Mapped[str | None]
    changed_at: Mapped[datetime | None]


class GroupMemberRow(TenantTable):
    """A user in a group.

    Attributes:
        id: Of the group: the key is `(tenant_id, group_id, user_id)`.
    """

    __tablename__ = "group_members"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "group_id"], ["groups.tenant_id", "groups.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "user_id"], ["users.tenant_id", "users.id"], ondelete="CASCADE"),
    )
    system_access: ClassVar[bool] = True

    id: Mapped[UUID] = mapped_column("group_id", primary_key=True, sort_order=-2)
    user_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-1, index=True)


class InvitationRow(TenantTable):
    """An e-mail address that may become a user; its token is kept as a hash."""

    __tablename__ = "invitations"
    __table_args__ = (ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),)
    system_access: ClassVar[bool] = True

    email: Mapped[str] = mapped_column(index=True)
    role: Mapped[str]
    group_ids: Mapped[list[str]] = mapped_column(JsonText)
    token_hash: Mapped[str] = mapped_column(unique=True)
    invited_by: Mapped[UUID]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
