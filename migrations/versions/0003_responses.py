"""Stored answers of the Responses API."""

import sqlalchemy as sa
from alembic import op

from chimera.store.row_security import protect

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    dialect = op.get_context().dialect
    create_responses()
    # The reaper looks for those whose writer died and for expired ones, whoever they belong to.
    protect(op, dialect, "responses", system=True)
    op.create_table(
        "response_contents",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        _to_responses("response_contents"),
        sa.PrimaryKeyConstraint("tenant_id", "response_id", name="pk_response_contents"),
    )
    protect(op, dialect, "response_contents")
    op.create_table(
        "response_items",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _to_responses("response_items"),
        sa.PrimaryKeyConstraint("tenant_id", "id", "response_id", name="pk_response_items"),
    )
    op.create_index("ix_response_items_response_id", "response_items", ["tenant_id", "response_id"])
    protect(op, dialect, "response_items")
    op.create_table(
        "response_events",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("frames", sa.Text(), nullable=False),
        _to_responses("response_events"),
        sa.PrimaryKeyConstraint("tenant_id", "response_id", "seq", name="pk_response_events"),
    )
    protect(op, dialect, "response_events")


def create_responses() -> None:
    op.create_table(
        "responses",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("previous_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("background", sa.Boolean(), nullable=False),
        sa.Column("streamed", sa.Boolean(), nullable=False),
        sa.Column("replica", sa.Text(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("heartbeat_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_responses"),
    )
    op.create_index("ix_responses_expires_at", "responses", ["expires_at"])
    running = sa.text("finished_at IS NULL")
    op.create_index(
        "ix_responses_heartbeat", "responses", ["heartbeat_at"], sqlite_where=running, postgresql_where=running
    )


def _to_responses(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "response_id"],
        ["responses.tenant_id", "responses.id"],
        name=f"fk_{table}_tenant_id_response_id",
        ondelete="CASCADE",
    )


def downgrade() -> None:
    for table in ("response_events", "response_items", "response_contents", "responses"):
        op.drop_table(table)
