"""Steps around turns: who named a conversation, which steps it wants, what was looked for or asked back, recaps."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    op.add_column("conversations", sa.Column("titled_by", sa.Text(), nullable=True))
    op.add_column("conversations", sa.Column("steps", sa.Text(), nullable=True))
    op.add_column("messages", sa.Column("steps", sa.LargeBinary(), nullable=True))
    op.add_column("messages", sa.Column("recap", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("messages", "recap")
    op.drop_column("messages", "steps")
    op.drop_column("conversations", "steps")
    op.drop_column("conversations", "titled_by")
