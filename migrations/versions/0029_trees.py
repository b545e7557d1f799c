"""Trees: answers that are written side by side, siblings found by what they follow, and where a fork came from."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

_RUNNING = sa.literal_column("status = 'running'")


def upgrade() -> None:
    op.add_column("conversations", sa.Column("forked_from_id", sa.Uuid(), nullable=True))
    op.add_column("conversations", sa.Column("forked_at_id", sa.Uuid(), nullable=True))
    op.add_column("turns", sa.Column("slot", sa.Integer(), nullable=False, server_default=sa.text("0")))
    _running("tenant_id", "conversation_id", "slot")
    op.create_index("ix_messages_parent", "messages", ["tenant_id", "conversation_id", "parent_id"])
    op.drop_index("ix_messages_conversation", "messages")


def downgrade() -> None:
    op.create_index("ix_messages_conversation", "messages", ["tenant_id", "conversation_id"])
    op.drop_index("ix_messages_parent", "messages")
    # What is written side by side cannot be told then: all but the first are left as if the server had gone away.
    op.execute("UPDATE turns SET status = 'interrupted' WHERE status = 'running' AND slot > 0")
    _running("tenant_id", "conversation_id")
    op.drop_column("turns", "slot")
    op.drop_column("conversations", "forked_at_id")
    op.drop_column("conversations", "forked_from_id")


def _running(*columns: str) -> None:
    op.drop_index("uq_turns_running", "turns")
    op.create_index(
        "uq_turns_running",
        "turns",
        list(columns),
        unique=True,
        sqlite_where=_RUNNING,
        postgresql_where=_RUNNING,
    )
