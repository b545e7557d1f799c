"""The life of conversations: their states, when an organisation's are due, what is left without words; their holds."""

import sqlalchemy as sa
from alembic import op

from chimera.store.row_security import protect

revision = "0039"
down_revision = "0038"

MOMENT = sa.DateTime(timezone=True)
UNFINISHED = sa.literal_column("NOT is_done")
# Of conversations that there are: quiet since now, so that nothing is deleted before its time is over again.
_NOW = {"sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'", "postgresql": "now()"}


def upgrade() -> None:
    dialect = op.get_context().dialect
    op.add_column("conversations", sa.Column("state", sa.Text(), nullable=False, server_default="active"))
    epoch = sa.text("'1970-01-01 00:00:00.000000'" if dialect.name == "sqlite" else "'1970-01-01 00:00:00+00'")
    for name in ("state_since", "quiet_since"):
        op.add_column("conversations", sa.Column(name, MOMENT, nullable=False, server_default=epoch))
    op.add_column("conversations", sa.Column("summary", sa.LargeBinary(), nullable=True))
    op.add_column("conversations", sa.Column("summary_of", sa.Uuid(), nullable=True))
    now = _NOW[dialect.name]
    if dialect.name == "postgresql":  # the owner of a table sees all of it while that is not forced upon it
        op.execute("ALTER TABLE conversations NO FORCE ROW LEVEL SECURITY")
    op.execute(f"UPDATE conversations SET state_since = {now}, quiet_since = {now}")  # noqa: S608  # a constant
    op.create_index("ix_conversations_quiet", "conversations", ["tenant_id", "state", "quiet_since"])
    op.add_column("legal_holds", sa.Column("conversation_id", sa.Uuid(), nullable=True))
    create_tables()
    whose = f"SELECT DISTINCT tenant_id, tenant_id, {now}, {now} FROM conversations"  # noqa: S608  # constants
    op.execute(f"INSERT INTO conversation_rests (tenant_id, id, created_at, due_at) {whose}")
    if dialect.name == "postgresql":
        op.execute("ALTER TABLE conversations FORCE ROW LEVEL SECURITY")
    protect(op, dialect, "conversation_rests", system=True)
    protect(op, dialect, "retired_conversations")


def create_tables() -> None:
    op.create_table(
        "conversation_rests",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("looked_at", MOMENT, nullable=True),
        sa.Column("steady_since", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_conversation_rests"),
    )
    op.create_index("ix_conversation_rests_due_at", "conversation_rests", ["due_at"])
    op.create_table(
        "retired_conversations",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("input_tokens", sa.BigInteger(), nullable=False),
        sa.Column("output_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost_nusd", sa.BigInteger(), nullable=False),
        sa.Column("models", sa.JSON(), nullable=False),
        sa.Column("first_said_at", MOMENT, nullable=True),
        sa.Column("last_said_at", MOMENT, nullable=True),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "conversation_id", name="pk_retired_conversations"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "conversation_id"],
            ["conversations.tenant_id", "conversations.id"],
            name="fk_retired_conversations_tenant_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "ix_retired_conversations_unfinished",
        "retired_conversations",
        ["tenant_id", "conversation_id"],
        sqlite_where=UNFINISHED,
        postgresql_where=UNFINISHED,
    )


def downgrade() -> None:
    op.drop_table("retired_conversations")
    op.drop_table("conversation_rests")
    op.drop_column("legal_holds", "conversation_id")
    op.drop_index("ix_conversations_quiet", "conversations")
    for name in ("summary_of", "summary", "quiet_since", "state_since", "state"):
        op.drop_column("conversations", name)
