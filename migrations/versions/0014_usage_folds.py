"""Places of the entries in the ledger, in the order of their commits, and how far it is added up."""

import sqlalchemy as sa
from alembic import op

from chimera.store.row_security import protect

revision = "0014"
down_revision = "0013"

# Of 0008, in the order of its columns.
ENTRIES = (
    *("tenant_id", "id", "created_at", "held_at", "call_id", "attempt", "actor_id", "key_id", "conversation_id"),
    *("team_ids", "feature", "request_id", "provider", "model", "asked_model", "day", "outcome", "measured", "price"),
    *("adjusts", "cost_nusd", "saved_nusd", "requests", "tokens", "input_tokens", "output_tokens", "cached_tokens"),
    *("cache_write_tokens", "cache_write_1h_tokens", "reasoning_tokens", "duration_ms", "first_token_ms"),
)
TYPES = {"created_at": "DATETIME", "held_at": "DATETIME", "day": "DATE"} | dict.fromkeys(
    ("tenant_id", "id", "call_id", "actor_id", "key_id", "conversation_id", "adjusts"), "CHAR(32)"
)
TEXTS = {"team_ids", "feature", "request_id", "provider", "model", "asked_model", "outcome", "measured", "price"}
SMALL = {"attempt", "requests"}
NULLABLE = {"key_id", "conversation_id", "adjusts", "cost_nusd", "first_token_ms"}


def upgrade() -> None:
    dialect = op.get_context().dialect
    if dialect.name == "sqlite":
        rebuild("position INTEGER NOT NULL PRIMARY KEY", "UNIQUE (tenant_id, id)")
    else:
        op.drop_index("ix_ledger_entries_day", "ledger_entries")
        # Those that are there get their places in the order in which they lie there.
        op.execute("ALTER TABLE ledger_entries ADD COLUMN position BIGINT GENERATED ALWAYS AS IDENTITY")
    index("tenant_id", "day", "position")
    op.create_table(
        "usage_folds",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_usage_folds"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_usage_folds_tenant_id", ondelete="CASCADE"),
    )
    protect(op, dialect, "usage_folds", system=True)
    # They were of whole days, whatever their place; they are made anew in the background.
    op.execute("DELETE FROM usage_days")


def index(*columns: str) -> None:
    op.create_index("ix_ledger_entries_day", "ledger_entries", columns)


def rebuild(first: str, last: str) -> None:
    """Only a table made so has numbers that SQLite gives, and that VACUUM leaves as they are."""
    kinds = {
        name: TYPES.get(name) or ("TEXT" if name in TEXTS else "SMALLINT" if name in SMALL else "BIGINT")
        for name in ENTRIES
    }
    columns = [f"{name} {kinds[name]}{'' if name in NULLABLE else ' NOT NULL'}" for name in ENTRIES]
    names = ", ".join(ENTRIES)
    op.execute("ALTER TABLE ledger_entries RENAME TO ledger_entries_before")
    op.execute(f"CREATE TABLE ledger_entries ({', '.join(filter(None, (first, *columns, last)))})")
    op.execute(f"INSERT INTO ledger_entries ({names}) SELECT {names} FROM ledger_entries_before ORDER BY rowid")  # noqa: S608  # constants
    op.execute("DROP TABLE ledger_entries_before")
    op.create_index("ix_ledger_entries_call_id", "ledger_entries", ["tenant_id", "call_id"])


def downgrade() -> None:
    op.drop_table("usage_folds")
    op.execute("DELETE FROM usage_days")
    if op.get_context().dialect.name == "sqlite":
        rebuild("", "CONSTRAINT pk_ledger_entries PRIMARY KEY (tenant_id, id)")
    else:
        op.drop_index("ix_ledger_entries_day", "ledger_entries")
        op.execute("ALTER TABLE ledger_entries DROP COLUMN position")
    index("tenant_id", "day")
