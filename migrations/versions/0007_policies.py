"""What organisations decide about their calls."""

import sqlalchemy as sa
from alembic import op

from chimera.store.row_security import protect

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "policies",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_policies"),
        sa.UniqueConstraint("tenant_id", "section", name="uq_policies_tenant_id_section"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_policies_tenant_id", ondelete="CASCADE"),
    )
    protect(op, op.get_context().dialect, "policies")


def downgrade() -> None:
    op.drop_table("policies")
