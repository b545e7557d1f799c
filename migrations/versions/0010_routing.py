"""What was learned of which model answers well."""

import sqlalchemy as sa
from alembic import op

from chimera.store.row_security import protect

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    dialect = op.get_context().dialect
    op.create_table(
        "route_tallies",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("good", sa.Double(), nullable=False),
        sa.Column("bad", sa.Double(), nullable=False),
        sa.Column("ok", sa.Double(), nullable=False),
        sa.Column("failed", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_route_tallies"),
        sa.UniqueConstraint("tenant_id", "week", "task", "model", name="uq_route_tallies_tenant_id_week_task_model"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_route_tallies_tenant_id", ondelete="CASCADE"),
    )
    protect(op, dialect, "route_tallies")
    op.create_table(
        "route_samples",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("dial", sa.Double(), nullable=False),
        sa.Column("chosen", sa.String(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("good", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_route_samples"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_route_samples_tenant_id", ondelete="CASCADE"),
    )
    op.create_index("ix_route_samples_tenant_id_created_at", "route_samples", ["tenant_id", "created_at"])
    protect(op, dialect, "route_samples")


def downgrade() -> None:
    op.drop_table("route_samples")
    op.drop_table("route_tallies")
