"""Conversations that came out of files, so that they are not taken in twice."""

import sqlalchemy as sa
from alembic import op

from chimera.store.row_security import protect

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.create_table(
        "conversation_imports",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_conversation_imports"),
    )
    op.create_index(
        "uq_conversation_imports_origin", "conversation_imports", ["tenant_id", "owner_id", "origin"], unique=True
    )
    protect(op, op.get_context().dialect, "conversation_imports")


def downgrade() -> None:
    op.drop_table("conversation_imports")
