"""Folders, tags, and conversations that are pinned, put away or kept for a short time only."""

import sqlalchemy as sa
from alembic import op

from chimera.store.row_security import protect

revision = "0035"
down_revision = "0034"

_FLAGS = ("pinned", "archived", "temporary")


def upgrade() -> None:
    op.add_column("conversations", sa.Column("folder_id", sa.Uuid(), nullable=True))
    for name in _FLAGS:
        op.add_column("conversations", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "folders",
        *_owned(),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=True),
        sa.Column("icon", sa.Text(), nullable=True),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("system_prompt", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_folders"),
    )
    op.create_index("ix_folders_owner", "folders", ["tenant_id", "owner_id"])
    op.create_table(
        "tags",
        *_owned(),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_tags"),
    )
    op.create_index("ix_tags_owner", "tags", ["tenant_id", "owner_id"])
    op.create_table(
        "tagged_conversations",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "conversation_id", "tag_id", name="pk_tagged_conversations"),
        *(_belongs_to(column, table) for column, table in (("conversation_id", "conversations"), ("tag_id", "tags"))),
    )
    op.create_index("ix_tagged_conversations_tag", "tagged_conversations", ["tenant_id", "tag_id"])
    for table in ("folders", "tags", "tagged_conversations"):
        protect(op, op.get_context().dialect, table)


def downgrade() -> None:
    for table in ("tagged_conversations", "tags", "folders"):
        op.drop_table(table)
    for name in (*reversed(_FLAGS), "folder_id"):
        op.drop_column("conversations", name)


def _owned() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
    )


def _belongs_to(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{table}.tenant_id", f"{table}.id"],
        name=f"fk_tagged_conversations_tenant_id_{column}",
        ondelete="CASCADE",
    )
