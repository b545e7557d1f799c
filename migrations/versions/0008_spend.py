"""Budgets, holds and the ledger."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from chimera.store.row_security import protect, protect_system_table

revision = "0008"
down_revision = "0007"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    dialect = op.get_context().dialect
    create_budgets()
    create_holds()
    create_entries()
    # One transaction keeps the books of all tenants whose calls began or ended meanwhile.
    for table in ("books", "budgets", "budget_windows", "holds", "ledger_entries"):
        protect(op, dialect, table, system=True)
    op.create_table(
        "cashiers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cashiers"),
    )
    op.create_index("ix_cashiers_seen_at", "cashiers", ["seen_at"])
    protect_system_table(op, dialect, "cashiers")


def create_budgets() -> None:
    op.create_table(
        "books",
        *row(),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_books"),
    )
    op.create_table(
        "budgets",
        *row(),
        *texts("name", "kind", "subject", "period", "unit"),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("hard", sa.Boolean(), nullable=False),
        sa.Column("thresholds", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("disabled_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_budgets"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_budgets_tenant_id", ondelete="CASCADE"),
    )
    op.create_table(
        "budget_windows",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        *texts("subject"),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("settled", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "budget_id", "subject", "starts_on", name="pk_budget_windows"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "budget_id"],
            ["budgets.tenant_id", "budgets.id"],
            name="fk_budget_windows_tenant_id_budget_id",
            ondelete="CASCADE",
        ),
    )


def create_holds() -> None:
    op.create_table(
        "holds",
        *row(),
        *attempt(),
        sa.Column("cashier_id", sa.Uuid(), nullable=False),
        sa.Column("cost_nusd", sa.BigInteger(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("priced", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_holds"),
    )
    op.create_index("ix_holds_cashier_id", "holds", ["cashier_id"])


def create_entries() -> None:
    numbers = (
        *("tokens", "input_tokens", "output_tokens", "cached_tokens", "cache_write_tokens", "cache_write_1h_tokens"),
        *("reasoning_tokens", "duration_ms"),
    )
    op.create_table(
        "ledger_entries",
        *row(),
        *attempt(),
        sa.Column("day", sa.Date(), nullable=False),
        *texts("outcome", "measured", "price"),
        sa.Column("adjusts", sa.Uuid(), nullable=True),
        sa.Column("cost_nusd", sa.BigInteger(), nullable=True),
        sa.Column("saved_nusd", sa.BigInteger(), nullable=False),
        sa.Column("requests", sa.SmallInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in numbers),
        sa.Column("first_token_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_ledger_entries"),
    )
    op.create_index("ix_ledger_entries_day", "ledger_entries", ["tenant_id", "day"])
    op.create_index("ix_ledger_entries_call_id", "ledger_entries", ["tenant_id", "call_id"])


def row() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )


def attempt() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("held_at", MOMENT, nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        *texts("team_ids", "feature", "request_id", "provider", "model", "asked_model"),
    )


def texts(*names: str) -> tuple[sa.Column[Any], ...]:
    return tuple(sa.Column(name, sa.Text(), nullable=False) for name in names)


def downgrade() -> None:
    for table in ("cashiers", "ledger_entries", "holds", "budget_windows", "budgets", "books"):
        op.drop_table(table)
