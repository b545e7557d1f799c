"""What is remembered of people beyond a conversation."""

import sqlalchemy as sa
from alembic import op

from chimera.store.row_security import protect

revision = "0033"
down_revision = "0032"

_TABLES = ("memory_settings", "memories", "memory_evidence", "memory_tasks", "conversation_memories")


def _key(name: str, *more: str) -> tuple[sa.Column[sa.Uuid], sa.Column[sa.Uuid], sa.Column[sa.DateTime]]:
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column(name, sa.Uuid(), nullable=False),
        *(sa.Column(one, sa.Uuid(), nullable=False) for one in more),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )


def _belongs_to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{other}.tenant_id", f"{other}.id"],
        name=f"fk_{table}_tenant_id_{column}",
        ondelete="CASCADE",
    )


def upgrade() -> None:
    _make_facts()
    _make_evidence()
    _make_tasks()
    _make_choices()
    for table in _TABLES:
        protect(op, op.get_context().dialect, table, system=table == "memory_tasks")


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)


def _make_facts() -> None:
    op.create_table(
        "memories",
        *_key("id"),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("about", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_by", sa.Uuid(), nullable=True),
        sa.Column("vectors", sa.LargeBinary(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_memories"),
    )
    op.create_index("ix_memories_owner", "memories", ["tenant_id", "owner_id", "revision"])


def _make_evidence() -> None:
    op.create_table(
        "memory_evidence",
        *_key("memory_id", "message_id"),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "memory_id", "message_id", name="pk_memory_evidence"),
        _belongs_to("memory_evidence", "memory_id", "memories"),
        _belongs_to("memory_evidence", "message_id", "messages"),
    )
    op.create_index("ix_memory_evidence_message", "memory_evidence", ["tenant_id", "message_id"])


def _make_tasks() -> None:
    op.create_table(
        "memory_tasks",
        *_key("message_id"),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("permissions", sa.JSON(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "message_id", name="pk_memory_tasks"),
        _belongs_to("memory_tasks", "message_id", "messages"),
    )
    op.create_index("ix_memory_tasks_owner", "memory_tasks", ["tenant_id", "owner_id"])
    is_due = sa.text("due_at IS NOT NULL")
    op.create_index("ix_memory_tasks_due", "memory_tasks", ["due_at"], sqlite_where=is_due, postgresql_where=is_due)


def _make_choices() -> None:
    op.create_table(
        "memory_settings",
        *_key("owner_id"),
        sa.Column("enabled", sa.Boolean(), nullable=True),
        sa.Column("learning", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "owner_id", name="pk_memory_settings"),
    )
    op.create_table(
        "conversation_memories",
        *_key("conversation_id"),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "conversation_id", name="pk_conversation_memories"),
        _belongs_to("conversation_memories", "conversation_id", "conversations"),
    )
