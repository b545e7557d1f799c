"""What models were shown of conversations, and what that is made of: pins, summaries, vectors."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

ADDED = ("vectors", "summary", "pinned", "context")


def upgrade() -> None:
    op.add_column("messages", sa.Column("context", sa.Text(), nullable=True))
    op.add_column("messages", sa.Column("pinned", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("messages", sa.Column("summary", sa.LargeBinary(), nullable=True))
    op.add_column("messages", sa.Column("vectors", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    for name in ADDED:
        op.drop_column("messages", name)
