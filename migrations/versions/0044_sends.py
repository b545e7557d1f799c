"""By what name a message was sent, so that whoever sends it again says it once."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"

INDEX = "uq_turns_send"


def upgrade() -> None:
    op.add_column("turns", sa.Column("send_id", sa.Uuid(), nullable=True))
    op.create_index(INDEX, "turns", ["tenant_id", "conversation_id", "send_id", "slot"], unique=True)


def downgrade() -> None:
    op.drop_index(INDEX, "turns")
    op.drop_column("turns", "send_id")
