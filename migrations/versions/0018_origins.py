"""With which credential a batch or a family of tokens was made: it ends with that one, and is bound as that one is."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

COLUMNS = (("batches", "key_id"), ("token_families", "key_id"), ("token_families", "session_id"))


def upgrade() -> None:
    for table, column in COLUMNS:
        op.add_column(table, sa.Column(column, sa.Uuid(), nullable=True))


def downgrade() -> None:
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column)
