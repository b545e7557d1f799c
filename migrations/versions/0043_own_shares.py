"""Let people list all links that they made.

Revision ID: 0043
Revises: 0042
"""

from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    op.create_index("ix_conversation_shares_own", "conversation_shares", ["tenant_id", "owner_id", "created_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_conversation_shares_own", "conversation_shares")
