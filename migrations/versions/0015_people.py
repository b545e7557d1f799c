"""People apart from the organisations they belong to; groups, roles, invitations, and further proofs of who it is."""

import sqlalchemy as sa
from alembic import op

from chimera.store.row_security import SYSTEM_SETTING, protect, protect_system_table

revision = "0015"
down_revision = "0014"

MOMENT = sa.DateTime(timezone=True)
OF_TENANTS = ("roles", "groups", "group_members", "invitations")
OF_PEOPLE = ("sign_in_steps", "mail_tokens", "totp_secrets", "recovery_codes", "passkeys")
KEY_COLUMNS = (
    "former_hash",
    "former_until",
    "models",
    "networks",
    "requests_per_minute",
    "tokens_per_minute",
    "made_by_key",
)
SESSION_COLUMNS = (
    "idle_s",
    "ends_at",
    "proven_at",
    "method",
    "address",
    "user_agent",
    "provider_id",
    "provider_session",
)
USER_COLUMNS = ("person_id", "kind", "operator", "external_id", "created_by", "last_seen_at")


def upgrade() -> None:
    dialect = op.get_context().dialect
    if dialect.name == "postgresql":
        # Even the owner of the tables sees no row of theirs otherwise.
        op.execute(f"SELECT set_config('{SYSTEM_SETTING}', 'on', true)")
    op.add_column("tenants", sa.Column("tier", sa.String(), nullable=True))
    op.add_column("tenants", sa.Column("suspended_at", MOMENT, nullable=True))
    create_people()
    protect_system_table(op, dialect, "people")
    tell_people_from_users()
    create_groups()
    create_steps()
    create_factors()
    widen_keys_and_sessions()
    for table in OF_TENANTS:
        protect(op, dialect, table, system=True)
    for table in OF_PEOPLE:
        protect_system_table(op, dialect, table)


def create_people() -> None:
    op.create_table(
        "people",
        *_columns(sa.Uuid(), "id"),
        *_columns(MOMENT, "created_at"),
        *_columns(sa.String(), "email", "name"),
        *_columns(sa.String(), "password_hash", nullable=True),
        *_columns(MOMENT, "password_changed_at", "email_verified_at", "disabled_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        _unique("people", "email"),
    )


def tell_people_from_users() -> None:
    """Each user was a person of one organisation; whoever owned the first one runs the installation."""
    op.execute(
        "INSERT INTO people (id, created_at, email, name, password_hash, disabled_at) "
        "SELECT id, created_at, email, name, password_hash, disabled_at FROM users"
    )
    op.add_column("users", sa.Column("person_id", sa.Uuid(), nullable=True))
    op.add_column("users", sa.Column("kind", sa.String(), nullable=False, server_default="person"))
    op.add_column("users", sa.Column("operator", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("users", sa.Column("external_id", sa.String(), nullable=True))
    op.add_column("users", sa.Column("created_by", sa.Uuid(), nullable=True))
    op.add_column("users", sa.Column("last_seen_at", MOMENT, nullable=True))
    op.execute("UPDATE users SET person_id = id")
    op.execute(
        "UPDATE users SET operator = true "
        "WHERE role = 'owner' AND tenant_id = (SELECT id FROM tenants ORDER BY created_at, id LIMIT 1)"
    )
    with op.batch_alter_table("users", copy_from=_users()) as users:
        users.drop_constraint("uq_users_email", type_="unique")
        users.alter_column("email", existing_type=sa.String(), nullable=True)
        users.alter_column("kind", existing_type=sa.String(), existing_nullable=False, server_default=None)
        users.alter_column("operator", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)
        users.drop_column("password_hash")
        users.create_unique_constraint("uq_users_tenant_id_email", ["tenant_id", "email"])
        users.create_unique_constraint("uq_users_tenant_id_person_id", ["tenant_id", "person_id"])
        users.create_foreign_key("fk_users_person_id", "people", ["person_id"], ["id"], ondelete="CASCADE")
    op.create_index("ix_users_person_id", "users", ["person_id"])


def create_groups() -> None:
    op.create_table(
        "roles",
        *_head(),
        *_columns(sa.String(), "name", "description"),
        *_columns(sa.JSON(), "permissions"),
        *_columns(sa.JSON(), "models", nullable=True),
        *_columns(MOMENT, "updated_at"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_roles"),
        _unique("roles", "tenant_id", "name"),
        _to_tenant("roles"),
    )
    op.create_table(
        "groups",
        *_head(),
        *_columns(sa.String(), "name", "description"),
        *_columns(sa.String(), "role", "external_id", nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_groups"),
        _unique("groups", "tenant_id", "name"),
        _to_tenant("groups"),
    )
    op.create_table(
        "group_members",
        *_columns(sa.Uuid(), "tenant_id", "group_id", "user_id"),
        *_columns(MOMENT, "created_at"),
        sa.PrimaryKeyConstraint("tenant_id", "group_id", "user_id", name="pk_group_members"),
        _to("group_members", "group_id", "groups"),
        _to("group_members", "user_id", "users"),
    )
    op.create_index("ix_group_members_user_id", "group_members", ["user_id"])
    op.create_table(
        "invitations",
        *_head(),
        *_columns(sa.String(), "email", "role"),
        *_columns(sa.JSON(), "group_ids"),
        *_columns(sa.String(), "token_hash"),
        *_columns(sa.Uuid(), "invited_by"),
        *_columns(MOMENT, "expires_at"),
        *_columns(MOMENT, "accepted_at", "revoked_at", nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_invitations"),
        _unique("invitations", "token_hash"),
        _to_tenant("invitations"),
    )
    op.create_index("ix_invitations_email", "invitations", ["email"])


def create_steps() -> None:
    op.create_table(
        "sign_in_steps",
        *_columns(sa.Uuid(), "id"),
        *_columns(MOMENT, "created_at"),
        *_columns(sa.String(), "token_hash", "kind"),
        *_columns(sa.Uuid(), "person_id", "tenant_id_wanted", nullable=True),
        *_columns(sa.JSON(), "data"),
        *_columns(MOMENT, "expires_at"),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_steps"),
        _unique("sign_in_steps", "token_hash"),
        _to_person("sign_in_steps"),
    )
    op.create_index("ix_sign_in_steps_expires_at", "sign_in_steps", ["expires_at"])
    op.create_index("ix_sign_in_steps_person_id", "sign_in_steps", ["person_id"])
    op.create_table(
        "mail_tokens",
        *_columns(sa.Uuid(), "id"),
        *_columns(MOMENT, "created_at"),
        *_columns(sa.Uuid(), "person_id"),
        *_columns(sa.String(), "purpose", "token_hash"),
        *_columns(MOMENT, "expires_at"),
        *_columns(MOMENT, "used_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_mail_tokens"),
        _unique("mail_tokens", "token_hash"),
        _to_person("mail_tokens"),
    )
    op.create_index("ix_mail_tokens_expires_at", "mail_tokens", ["expires_at"])
    op.create_index("ix_mail_tokens_person_id", "mail_tokens", ["person_id"])


def create_factors() -> None:
    op.create_table(
        "totp_secrets",
        *_columns(sa.Uuid(), "person_id"),
        *_columns(MOMENT, "created_at"),
        *_columns(sa.LargeBinary(), "secret"),
        *_columns(MOMENT, "confirmed_at", nullable=True),
        *_columns(sa.Integer(), "last_step"),
        sa.PrimaryKeyConstraint("person_id", name="pk_totp_secrets"),
        _to_person("totp_secrets"),
    )
    op.create_table(
        "recovery_codes",
        *_columns(sa.Uuid(), "id"),
        *_columns(MOMENT, "created_at"),
        *_columns(sa.Uuid(), "person_id"),
        *_columns(sa.String(), "code_hash"),
        *_columns(MOMENT, "used_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_codes"),
        _unique("recovery_codes", "person_id", "code_hash"),
        _to_person("recovery_codes"),
    )
    op.create_table(
        "passkeys",
        *_columns(sa.Uuid(), "id"),
        *_columns(MOMENT, "created_at"),
        *_columns(sa.Uuid(), "person_id"),
        *_columns(sa.LargeBinary(), "credential_id", "public_key"),
        *_columns(sa.Integer(), "sign_count"),
        *_columns(sa.JSON(), "transports"),
        *_columns(sa.Boolean(), "backed_up"),
        *_columns(sa.String(), "name"),
        *_columns(MOMENT, "last_used_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_passkeys"),
        _unique("passkeys", "credential_id"),
        _to_person("passkeys"),
    )
    op.create_index("ix_passkeys_person_id", "passkeys", ["person_id"])


def widen_keys_and_sessions() -> None:
    op.add_column("api_keys", sa.Column("former_hash", sa.String(), nullable=True))
    op.add_column("api_keys", sa.Column("former_until", MOMENT, nullable=True))
    op.add_column("api_keys", sa.Column("models", sa.JSON(), nullable=True))
    op.add_column("api_keys", sa.Column("networks", sa.JSON(), nullable=True))
    op.add_column("api_keys", sa.Column("requests_per_minute", sa.Integer(), nullable=True))
    op.add_column("api_keys", sa.Column("tokens_per_minute", sa.Integer(), nullable=True))
    op.add_column("api_keys", sa.Column("made_by_key", sa.Uuid(), nullable=True))
    op.create_index("ix_api_keys_former_hash", "api_keys", ["former_hash"])
    op.add_column("sessions", sa.Column("idle_s", sa.Integer(), nullable=True))
    op.add_column("sessions", sa.Column("ends_at", MOMENT, nullable=True))
    op.add_column("sessions", sa.Column("proven_at", MOMENT, nullable=True))
    op.add_column("sessions", sa.Column("method", sa.String(), nullable=False, server_default="password"))
    op.add_column("sessions", sa.Column("address", sa.String(), nullable=True))
    op.add_column("sessions", sa.Column("user_agent", sa.String(), nullable=True))
    op.add_column("sessions", sa.Column("provider_id", sa.Uuid(), nullable=True))
    op.add_column("sessions", sa.Column("provider_session", sa.String(), nullable=True))


def downgrade() -> None:
    dialect = op.get_context().dialect
    if dialect.name == "postgresql":
        op.execute(f"SELECT set_config('{SYSTEM_SETTING}', 'on', true)")
    for column in SESSION_COLUMNS:
        op.drop_column("sessions", column)
    op.drop_index("ix_api_keys_former_hash", "api_keys")
    for column in KEY_COLUMNS:
        op.drop_column("api_keys", column)
    for table in reversed(OF_TENANTS + OF_PEOPLE):
        op.drop_table(table)
    # Who belongs to several organisations was not foreseen: the first keeps them. Nor were service accounts.
    op.execute(
        "DELETE FROM users WHERE email IS NULL OR EXISTS (SELECT 1 FROM users other WHERE other.email = users.email "
        "AND (other.created_at < users.created_at OR (other.created_at = users.created_at AND other.id < users.id)))"
    )
    op.add_column("users", sa.Column("password_hash", sa.String(), nullable=True))
    op.execute("UPDATE users SET password_hash = (SELECT p.password_hash FROM people p WHERE p.id = users.person_id)")
    op.drop_index("ix_users_person_id", "users")
    with op.batch_alter_table("users", copy_from=_users(after=True)) as users:
        users.drop_constraint("fk_users_person_id", type_="foreignkey")
        users.drop_constraint("uq_users_tenant_id_person_id", type_="unique")
        users.drop_constraint("uq_users_tenant_id_email", type_="unique")
        for column in USER_COLUMNS:
            users.drop_column(column)
        users.alter_column("email", existing_type=sa.String(), nullable=False)
        users.create_unique_constraint("uq_users_email", ["email"])
    op.drop_table("people")
    for column in ("suspended_at", "tier"):
        op.drop_column("tenants", column)


def _users(*, after: bool = False) -> sa.Table:
    """The table as it stands half-way, so that SQLite can make it anew without looking, as a dry run needs."""
    return sa.Table(
        "users",
        sa.MetaData(),
        *_head(),
        sa.Column("email", sa.String(), nullable=after),
        *_columns(sa.String(), "name", "role"),
        *_columns(sa.String(), "password_hash", nullable=True),
        *_columns(MOMENT, "disabled_at", nullable=True),
        *_columns(sa.Uuid(), "person_id", nullable=True),
        sa.Column("kind", sa.String(), nullable=False, server_default="person"),
        sa.Column("operator", sa.Boolean(), nullable=False, server_default=sa.false()),
        *_columns(sa.String(), "external_id", nullable=True),
        *_columns(sa.Uuid(), "created_by", nullable=True),
        *_columns(MOMENT, "last_seen_at", nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_users"),
        _to_tenant("users"),
        *(
            (_unique("users", "tenant_id", "email"), _unique("users", "tenant_id", "person_id"), _to_person("users"))
            if after
            else (_unique("users", "email"),)
        ),
    )


def _head(id: str = "id") -> tuple[sa.Column, ...]:
    return (*_columns(sa.Uuid(), "tenant_id", id), *_columns(MOMENT, "created_at"))


def _columns(kind: sa.types.TypeEngine, *names: str, nullable: bool = False) -> tuple[sa.Column, ...]:
    return tuple(sa.Column(name, kind, nullable=nullable) for name in names)


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name="_".join(("uq", table, *columns)))


def _to_tenant(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=f"fk_{table}_tenant_id", ondelete="CASCADE")


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{other}.tenant_id", f"{other}.id"],
        name=f"fk_{table}_tenant_id_{column}",
        ondelete="CASCADE",
    )


def _to_person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=f"fk_{table}_person_id", ondelete="CASCADE")
