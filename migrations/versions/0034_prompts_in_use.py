"""Conversations that use prompts and personas of the library, and which version each answer was given with."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"

_KEPT = sa.text("prompt_id IS NOT NULL")


def upgrade() -> None:
    op.add_column("conversations", sa.Column("prompt", sa.LargeBinary(), nullable=True))
    op.add_column("conversations", sa.Column("persona", sa.LargeBinary(), nullable=True))
    op.add_column("messages", sa.Column("prompt_id", sa.Uuid(), nullable=True))
    op.add_column("messages", sa.Column("prompt_version", sa.Integer(), nullable=True))
    op.create_index(
        "ix_messages_prompt", "messages", ["tenant_id", "prompt_id"], sqlite_where=_KEPT, postgresql_where=_KEPT
    )


def downgrade() -> None:
    op.drop_index("ix_messages_prompt", "messages")
    op.drop_column("messages", "prompt_version")
    op.drop_column("messages", "prompt_id")
    op.drop_column("conversations", "persona")
    op.drop_column("conversations", "prompt")
