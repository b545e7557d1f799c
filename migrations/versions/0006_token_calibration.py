"""What was learned of how providers count tokens."""

import sqlalchemy as sa
from alembic import op

from chimera.store.row_security import protect_system_table

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "token_factors",
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("script", sa.String(), nullable=False),
        sa.Column("log_factor", sa.Double(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("provider", "family", "script", name="pk_token_factors"),
    )
    op.create_index("ix_token_factors_updated_at", "token_factors", ["updated_at"])
    protect_system_table(op, op.get_context().dialect, "token_factors")


def downgrade() -> None:
    op.drop_table("token_factors")
