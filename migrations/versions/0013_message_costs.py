"""What each answer of a conversation cost."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("messages", sa.Column("cost_nusd", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("messages", "cost_nusd")
