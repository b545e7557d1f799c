"""With which keys the key of an attempt was made: their budgets count it, too."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

TABLES = ("holds", "ledger_entries")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("maker_ids", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_column(table, "maker_ids")
