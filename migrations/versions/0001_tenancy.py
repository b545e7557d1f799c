"""Organisations, people, sessions, keys and failed sign-ins."""

import sqlalchemy as sa
from alembic import op

from chimera.store.row_security import create_application_role, protect, protect_system_table

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    dialect = op.get_context().dialect
    create_application_role(op, dialect)
    op.create_table(
        "tenants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tenants"),
    )
    protect(op, dialect, "tenants", tenant="id", system=True)
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("id = 1", name="ck_installation_single"),
        sa.PrimaryKeyConstraint("id", name="pk_installation"),
    )
    protect_system_table(op, dialect, "installation")
    create_users()
    protect(op, dialect, "users", system=True)
    create_sessions()
    protect(op, dialect, "sessions", system=True)
    create_api_keys()
    protect(op, dialect, "api_keys", system=True)
    op.create_table(
        "sign_in_attempts",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_failed_at", MOMENT, nullable=False),
        sa.Column("blocked_until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_sign_in_attempts"),
    )
    op.create_index("ix_sign_in_attempts_last_failed_at", "sign_in_attempts", ["last_failed_at"])
    protect_system_table(op, dialect, "sign_in_attempts")


def create_users() -> None:
    op.create_table(
        "users",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("disabled_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_users_tenant_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_users"),
        sa.UniqueConstraint("email", name="uq_users_email"),
    )


def create_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        _to_users("sessions"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_sessions"),
        sa.UniqueConstraint("token_hash", name="uq_sessions_token_hash"),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])


def create_api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("permissions", sa.JSON(), nullable=False),
        sa.Column("last_used_at", MOMENT, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        _to_users("api_keys"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_api_keys"),
        sa.UniqueConstraint("secret_hash", name="uq_api_keys_secret_hash"),
    )
    op.create_index("ix_api_keys_user_id", "api_keys", ["user_id"])
    op.create_index("ix_api_keys_prefix", "api_keys", ["prefix"])


def _to_users(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "user_id"],
        ["users.tenant_id", "users.id"],
        name=f"fk_{table}_tenant_id_user_id",
        ondelete="CASCADE",
    )


def downgrade() -> None:
    # The role stays: it belongs to the whole cluster, and other databases may use it.
    for table in ("sign_in_attempts", "api_keys", "sessions", "users", "installation", "tenants"):
        op.drop_table(table)
