"""Who is told of what happens, what became of telling them, and what is told of money."""

import sqlalchemy as sa
from alembic import op

from chimera.store.row_security import protect

revision = "0011"
down_revision = "0010"

MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "webhooks",
    "webhook_events",
    "webhook_deliveries",
    "webhook_attempts",
    "budget_alerts",
    "usage_days",
    "usage_meters",
    "usage_meter_records",
)
SUMS = (
    "entries", "requests", "unpriced", "cached_calls", "input_tokens", "output_tokens", "cached_tokens",
    "cache_write_tokens", "cache_write_1h_tokens", "reasoning_tokens", "cost_nusd", "saved_cache_nusd",
    "saved_routing_nusd", "duration_ms",
)  # fmt: skip
PENDING = sa.text("state = 'pending'")


def upgrade() -> None:
    dialect = op.get_context().dialect
    create_webhooks()
    create_events()
    create_deliveries()
    create_attempts()
    create_alerts()
    create_usage()
    create_meters()
    # One runner leads the deliveries of all organisations on, one round watches and adds up for all of them.
    for table in TABLES:
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


def create_alerts() -> None:
    op.create_table(
        "budget_alerts",
        *_head("id"),
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_budget_alerts"),
        _to("budget_alerts", "budget_id", "budgets"),
    )
    op.create_index("ix_budget_alerts_budget", "budget_alerts", ["tenant_id", "budget_id", "created_at", "id"])


def create_usage() -> None:
    op.create_table(
        "usage_days",
        *_head("id"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("team_ids", "provider", "model", "feature", "outcome")
        ),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in SUMS),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_usage_days"),
        _to_tenant("usage_days"),
    )
    op.create_index("ix_usage_days_day", "usage_days", ["tenant_id", "day"])


def create_meters() -> None:
    op.create_table(
        "usage_meters",
        *_head("id"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_usage_meters"),
        _to_tenant("usage_meters"),
    )
    op.create_table(
        "usage_meter_records",
        *_head("id"),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_usage_meter_records"),
        _to_tenant("usage_meter_records"),
    )
    op.create_index("ix_usage_meter_records_created_at", "usage_meter_records", ["tenant_id", "created_at", "id"])


def downgrade() -> None:
    for table in reversed(TABLES):
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
