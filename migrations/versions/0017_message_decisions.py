"""Why each answer of a conversation is its model's."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("messages", sa.Column("decision", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("messages", "decision")
