"""The beginning of a trail may go where a statement of it says so; all else is only ever added, as before."""

import sqlalchemy as sa
from alembic import op

from chimera.store.row_security import (
    forbid_removal,
    keep_removable_below,
    protect,
    protect_append_only,
    unprotect_append_only,
)

revision = "0027"
down_revision = "0026"

CUTS, ENTRIES = "audit_cuts", "audit_entries"


def upgrade() -> None:
    dialect = op.get_context().dialect
    op.create_table(
        CUTS,
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("key_name", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_audit_cuts"),
        sa.UniqueConstraint("tenant_id", "number", name="uq_audit_cuts_tenant_id_number"),
    )
    protect(op, dialect, CUTS)
    protect_append_only(op, dialect, CUTS)
    unprotect_append_only(op, dialect, ENTRIES)
    keep_removable_below(op, dialect, ENTRIES, CUTS)


def downgrade() -> None:
    dialect = op.get_context().dialect
    forbid_removal(op, dialect, ENTRIES)
    unprotect_append_only(op, dialect, ENTRIES)
    protect_append_only(op, dialect, ENTRIES)
    op.drop_table(CUTS)
