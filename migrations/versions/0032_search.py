"""Search: an entry for each text that can be found, kept true by the database itself, and sealed segments of words.

Whoever adds, removes or renames something to be found need not know of the index. What was there before gets its
entries here; the words are read by the servers that start afterwards, which alone have the keys.
"""

import sqlalchemy as sa
from alembic import op

from chimera.store.row_security import protect

revision = "0032"
down_revision = "0031"

ADDED = "INSERT INTO search_entries (tenant_id, id, created_at, owner_id, is_title)"
OF_MESSAGE = (
    f"{ADDED} SELECT new.tenant_id, new.id, new.created_at, owner_id, false FROM conversations "  # noqa: S608  # ours
    "WHERE tenant_id = new.tenant_id AND id = new.conversation_id"
)
# Each follows an act on a table, as a statement over the row that was (`old`) or is (`new`).
FOLLOWING = (
    (
        "messages",
        "INSERT",
        "",
        OF_MESSAGE,
    ),
    (
        "conversations",
        "INSERT",
        "",
        f"{ADDED} VALUES (new.tenant_id, new.id, new.created_at, new.owner_id, true)",
    ),
    (
        "conversations",
        "UPDATE OF title",
        "",
        "UPDATE search_entries SET segment_id = NULL WHERE tenant_id = new.tenant_id AND id = new.id",
    ),
    ("messages", "DELETE", "", "DELETE FROM search_entries WHERE tenant_id = old.tenant_id AND id = old.id"),
    ("conversations", "DELETE", "", "DELETE FROM search_entries WHERE tenant_id = old.tenant_id AND id = old.id"),
    (
        "search_entries",
        "DELETE",
        "WHEN (old.segment_id IS NOT NULL)",
        "DELETE FROM search_segments WHERE tenant_id = old.tenant_id AND id = old.segment_id",
    ),
    (
        "search_segments",
        "DELETE",
        "",
        "UPDATE search_entries SET segment_id = NULL WHERE tenant_id = old.tenant_id AND segment_id = old.id",
    ),
)
ALONE = (
    "pg_advisory_xact_lock(hashtextextended('search ' || owner_id::text, 0)) FROM search_entries "
    "WHERE tenant_id = old.tenant_id AND id = old.id"
)
TITLES_OF_BEFORE = f"{ADDED} SELECT tenant_id, id, created_at, owner_id, true FROM conversations"  # noqa: S608  # ours
MESSAGES_OF_BEFORE = (
    f"{ADDED} SELECT messages.tenant_id, messages.id, messages.created_at, owner_id, false FROM messages "  # noqa: S608  # ours
    "JOIN conversations ON conversations.tenant_id = messages.tenant_id AND conversations.id = conversation_id"
)


def upgrade() -> None:
    op.create_table(
        "search_entries",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("is_title", sa.Boolean(), nullable=False),
        sa.Column("segment_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_search_entries"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "search_segments",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("ids", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_search_segments"),
    )
    op.create_table(
        "search_pages",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("segment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "segment_id", "number", name="pk_search_pages"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "segment_id"],
            ["search_segments.tenant_id", "search_segments.id"],
            name="fk_search_pages_tenant_id_segment_id",
            ondelete="CASCADE",
        ),
    )
    _bring_what_is_there()
    _index("waiting", ["tenant_id", "owner_id", "created_at"], "segment_id IS NULL")
    _index("segment", ["tenant_id", "segment_id"], "segment_id IS NOT NULL")
    op.create_index("ix_search_segments_owner", "search_segments", ["tenant_id", "owner_id"])
    dialect = op.get_context().dialect
    protect(op, dialect, "search_entries", system=True)
    protect(op, dialect, "search_segments")
    protect(op, dialect, "search_pages")
    for number, (table, act, condition, statement) in enumerate(FOLLOWING):
        _follow(number, table, f"AFTER {act}", condition, statement)


def downgrade() -> None:
    for number, (table, *_) in enumerate(FOLLOWING):
        if _on_postgresql():
            op.execute(f"DROP TRIGGER search_{number} ON {table}")
            op.execute(f"DROP FUNCTION chimera_search_{number}()")
        else:
            op.execute(f"DROP TRIGGER search_{number}")
    op.drop_table("search_pages")
    op.drop_table("search_segments")
    op.drop_table("search_entries")


def _on_postgresql() -> bool:
    return bool(op.get_context().dialect.name == "postgresql")


def _index(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        f"ix_search_entries_{name}",
        "search_entries",
        columns,
        sqlite_where=condition,
        postgresql_where=condition,
    )


def _follow(number: int, table: str, act: str, condition: str, statement: str) -> None:
    if not _on_postgresql():
        op.execute(f"CREATE TRIGGER search_{number} {act} ON {table} {condition} BEGIN {statement}; END")
        return
    # Whoever removes texts of one person does so one after the other: else two would wait for each other's entries.
    alone = f"PERFORM {ALONE}; " if statement.startswith("DELETE FROM search_entries") else ""
    op.execute(
        f"CREATE FUNCTION chimera_search_{number}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {alone}{statement}; RETURN NULL; END $$"
    )
    op.execute(
        f"CREATE TRIGGER search_{number} {act} ON {table} FOR EACH ROW {condition} "
        f"EXECUTE FUNCTION chimera_search_{number}()"
    )


def _bring_what_is_there() -> None:
    sources = ("conversations", "messages")
    if _on_postgresql():  # the owner of a table sees all of it while that is not forced upon it
        for table in sources:
            op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    for statement in (TITLES_OF_BEFORE, MESSAGES_OF_BEFORE):
        op.execute(statement)
    if _on_postgresql():
        for table in sources:
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        # Sealed bytes become no smaller.
        for table, column in (("search_segments", "head"), ("search_segments", "ids"), ("search_pages", "words")):
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE EXTERNAL")
