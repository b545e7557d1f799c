"""Panels: several models that speak in one conversation."""

import sqlalchemy as sa
from alembic import op

from chimera.store.row_security import protect

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.add_column("conversations", sa.Column("has_panel", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("messages", sa.Column("speech", sa.LargeBinary(), nullable=True))
    op.create_table(
        "panels",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seats", sa.LargeBinary(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("limits", sa.Text(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("nominated", sa.Uuid(), nullable=True),
        sa.Column("skipped", sa.Uuid(), nullable=True),
        sa.Column("pausing", sa.Boolean(), nullable=False),
        sa.Column("spent_nusd", sa.BigInteger(), nullable=False),
        sa.Column("held_nusd", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_panels"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "id"],
            ["conversations.tenant_id", "conversations.id"],
            name="fk_panels_tenant_id",
            ondelete="CASCADE",
        ),
    )
    protect(op, op.get_context().dialect, "panels")


def downgrade() -> None:
    op.drop_table("panels")
    op.drop_column("messages", "speech")
    op.drop_column("conversations", "has_panel")
