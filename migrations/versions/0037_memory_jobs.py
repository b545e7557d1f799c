"""What memory has to look at waits among the jobs, in lanes: one after the other. It had a table of its own before."""

import sqlalchemy as sa
from alembic import op

from chimera.store.row_security import SYSTEM_SETTING, protect

revision = "0037"
down_revision = "0036"

MOMENT = sa.DateTime(timezone=True)
IN_LANE = sa.text("state <> 'dead' AND lane IS NOT NULL")
WAITING = (
    "INSERT INTO jobs (tenant_id, id, created_at, kind, lane, owner_id, payload, state, priority, due_at, attempts,"
    " fence) SELECT tenant_id, message_id, created_at, 'memory', {lane}, owner_id, {payload}, 'waiting', 0, due_at, 0,"
    " 0 FROM memory_tasks WHERE due_at IS NOT NULL"
)
TASKS = (
    "INSERT INTO memory_tasks (tenant_id, message_id, created_at, owner_id, conversation_id, key_id, permissions,"
    " due_at, fence) SELECT tenant_id, {message_id}, created_at, owner_id, {conversation_id}, {key_id}, {permissions},"
    " due_at, 0 FROM jobs WHERE kind = 'memory' AND state <> 'dead' AND EXISTS (SELECT 1 FROM messages"
    " WHERE messages.tenant_id = jobs.tenant_id AND messages.id = {message_id})"
)


def upgrade() -> None:
    op.add_column("jobs", sa.Column("lane", sa.Text(), nullable=True))
    op.create_index(
        "ix_jobs_lane",
        "jobs",
        ["tenant_id", "kind", "lane", "created_at", "id"],
        sqlite_where=IN_LANE,
        postgresql_where=IN_LANE,
    )
    if _on_postgresql():
        _see_all()
        told = "'message_id', message_id, 'conversation_id', conversation_id, 'key_id', key_id"
        payload = f"json_build_object({told}, 'permissions', permissions, 'said_at', created_at)"
        op.execute(WAITING.format(lane="conversation_id::text", payload=payload))
    else:
        told = ", ".join(f"'{name}', {_dashed(name)}" for name in ("message_id", "conversation_id", "key_id"))
        payload = f"json_object({told}, 'permissions', json(permissions), 'said_at', created_at || '+00:00')"
        op.execute(WAITING.format(lane=_dashed("conversation_id"), payload=payload))
    op.drop_table("memory_tasks")


def downgrade() -> None:
    make_tasks()
    if _on_postgresql():
        _see_all()
        # The owner of a table sees all of it while that is not forced upon it.
        op.execute("ALTER TABLE messages NO FORCE ROW LEVEL SECURITY")
        told = {name: f"(payload->>'{name}')::uuid" for name in ("message_id", "conversation_id", "key_id")}
        op.execute(TASKS.format(permissions="payload->'permissions'", **told))
        op.execute("ALTER TABLE messages FORCE ROW LEVEL SECURITY")
    else:
        told = {name: _plain(name) for name in ("message_id", "conversation_id", "key_id")}
        op.execute(TASKS.format(permissions="json_extract(payload, '$.permissions')", **told))
    op.execute("DELETE FROM jobs WHERE kind = 'memory'")
    op.drop_index("ix_jobs_lane", "jobs")
    op.drop_column("jobs", "lane")


def make_tasks() -> None:
    op.create_table(
        "memory_tasks",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("permissions", sa.JSON(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "message_id", name="pk_memory_tasks"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "message_id"],
            ["messages.tenant_id", "messages.id"],
            name="fk_memory_tasks_tenant_id_message_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_memory_tasks_owner", "memory_tasks", ["tenant_id", "owner_id"])
    is_due = sa.text("due_at IS NOT NULL")
    op.create_index("ix_memory_tasks_due", "memory_tasks", ["due_at"], sqlite_where=is_due, postgresql_where=is_due)
    protect(op, op.get_context().dialect, "memory_tasks", system=True)


def _see_all() -> None:
    """Let this transaction see what waits for any tenant."""
    op.execute(f"SELECT set_config('{SYSTEM_SETTING}', 'on', true)")


def _on_postgresql() -> bool:
    return bool(op.get_context().dialect.name == "postgresql")


def _dashed(name: str) -> str:
    """An id as the program writes it into JSON; SQLite keeps its 32 digits."""
    parts = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
    return " || '-' || ".join(f"substr({name}, {start}, {length})" for start, length in parts)


def _plain(name: str) -> str:
    return f"replace(json_extract(payload, '$.{name}'), '-', '')"
