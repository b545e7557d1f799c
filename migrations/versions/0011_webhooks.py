"""Who is told of what happens, and what became of telling them."""

import sqlalchemy as sa
from alembic import op

from chimera.store.row_security import protect

revision = "0011"
down_revision = "0010"

MOMENT = sa.DateTime(timezone=True)
PENDING = sa.text("state = 'pending'")


def upgrade() -> None:
    dialect = op.get_context().dialect
    create_webhooks()
    create_events()
    create_deliveries()
    create_attempts()
    # One runner leads the deliveries of all organisations on.
    for table in ("webhooks", "webhook_events", "webhook_deliveries", "webhook_attempts"):
        protect(op, dialect, table, system=True)


def create_webhooks() -> None:
    op.create_table(
        "webhooks",
        *_head("id"),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("event_types", sa.JSON(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("former_secret", sa.Text(), nullable=True),
        sa.Column("former_until", MOMENT, nullable=True),
        sa.Column("disabled_as", sa.Text(), nullable=True),
        sa.Column("failing_since", MOMENT, nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_webhooks"),
        _to_tenant("webhooks"),
    )


def create_events() -> None:
    op.create_table(
        "webhook_events",
        *_head("id"),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_webhook_events"),
        _to_tenant("webhook_events"),
    )
    op.create_index("ix_webhook_events_recent", "webhook_events", ["tenant_id", "created_at", "id"])
    op.create_index("ix_webhook_events_created_at", "webhook_events", ["created_at"])


def create_deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        *_head("id"),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("delivered_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_webhook_deliveries"),
        sa.UniqueConstraint(
            "tenant_id", "webhook_id", "event_id", name="uq_webhook_deliveries_tenant_id_webhook_id_event_id"
        ),
        _to("webhook_deliveries", "webhook_id", "webhooks"),
        _to("webhook_deliveries", "event_id", "webhook_events"),
    )
    op.create_index(
        "ix_webhook_deliveries_due",
        "webhook_deliveries",
        ["due_at"],
        sqlite_where=PENDING,
        postgresql_where=PENDING,
    )
    op.create_index(
        "ix_webhook_deliveries_recent", "webhook_deliveries", ["tenant_id", "webhook_id", "created_at", "id"]
    )
    op.create_index("ix_webhook_deliveries_event", "webhook_deliveries", ["tenant_id", "event_id"])


def create_attempts() -> None:
    op.create_table(
        "webhook_attempts",
        *_head("delivery_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.Column("latency_ms", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "delivery_id", "number", name="pk_webhook_attempts"),
        _to("webhook_attempts", "delivery_id", "webhook_deliveries"),
    )


def downgrade() -> None:
    for table in ("webhook_attempts", "webhook_deliveries", "webhook_events", "webhooks"):
        op.drop_table(table)


def _head(id: str) -> tuple[sa.Column, ...]:
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column(id, sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )


def _to_tenant(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=f"fk_{table}_tenant_id", ondelete="CASCADE")


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{other}.tenant_id", f"{other}.id"],
        name=f"fk_{table}_tenant_id_{column}",
        ondelete="CASCADE",
    )
