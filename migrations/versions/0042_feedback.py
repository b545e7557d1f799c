"""What people say of answers, and which answers came out of the cache."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"

COLUMNS = ("cache", "cache_id", "good", "remark")


def upgrade() -> None:
    op.add_column("messages", sa.Column("cache", sa.Text(), nullable=True))
    op.add_column("messages", sa.Column("cache_id", sa.Uuid(), nullable=True))
    op.add_column("messages", sa.Column("good", sa.Boolean(), nullable=True))
    op.add_column("messages", sa.Column("remark", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    for column in reversed(COLUMNS):
        op.drop_column("messages", column)
