"""What was written into the audit trail can only be added to."""

from alembic import op

from chimera.store.row_security import drop_refusal, protect_append_only, unprotect_append_only

revision = "0019"
down_revision = "0018"

TABLES = ("audit_entries", "audit_checkpoints")


def upgrade() -> None:
    for table in TABLES:
        protect_append_only(op, op.get_context().dialect, table)


def downgrade() -> None:
    dialect = op.get_context().dialect
    for table in TABLES:
        unprotect_append_only(op, dialect, table)
    drop_refusal(op, dialect)
