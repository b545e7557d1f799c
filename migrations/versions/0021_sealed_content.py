"""Content is sealed with the keys of its organisation: nobody reads it in a file or a dump of the database.

A migration has no keys. What was kept before is marked as plain, with a byte 0 before it, and sealed by the servers
that start afterwards: `content_resealings` tells them whose. Answers in the cache are forgotten instead.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from alembic import op

from chimera.store.row_security import SYSTEM_SETTING, protect

revision = "0021"
down_revision = "0020"


@dataclass(frozen=True)
class Column:
    table: str
    name: str
    nullable: bool = False


TEXTS = (
    Column("conversations", "title"),
    Column("conversations", "system_prompt", nullable=True),
    Column("messages", "parts"),
    Column("messages", "error", nullable=True),
    Column("turns", "error", nullable=True),
    Column("turn_events", "payload"),
    Column("response_contents", "items"),
    Column("response_contents", "body"),
    Column("response_events", "frames"),
    Column("files", "name"),
    Column("webhooks", "secret"),
    Column("webhooks", "former_secret", nullable=True),
    Column("webhook_events", "body"),
    Column("webhook_attempts", "excerpt"),
)
BYTES = (Column("idempotent_results", "body"), Column("file_chunks", "data"), Column("batch_results", "line"))


def upgrade() -> None:
    _create_resealings()
    op.drop_column("conversations", "title_folded")
    _forget_answers()
    for column in TEXTS:
        _become(
            column,
            "BLOB",
            "CAST(x'00' || CAST({name} AS BLOB) AS BLOB)",
            "'\\x00'::bytea || convert_to({name}, 'UTF8')",
        )
    for column in BYTES:
        _set(column, "CAST(x'00' || {name} AS BLOB)", "'\\x00'::bytea || {name}")


def downgrade() -> None:
    """Only what is still plain can be given back.

    Raises:
        RuntimeError: if there is sealed content: the backup of before has it.
    """
    _forget_answers()
    for column in (*TEXTS, *BYTES):
        _refuse_if_sealed(column)
    for column in TEXTS:
        _become(column, "TEXT", "CAST(substr({name}, 2) AS TEXT)", "convert_from(substr({name}, 2), 'UTF8')")
    for column in BYTES:
        _set(column, "substr({name}, 2)", "substr({name}, 2)")
    op.add_column("conversations", sa.Column("title_folded", sa.Text(), nullable=False, server_default=""))
    op.drop_table("content_resealings")


def _on_postgresql() -> bool:
    return bool(op.get_context().dialect.name == "postgresql")


def _forget_answers() -> None:
    # Row-level security hides rows from a deletion, not from this.
    op.execute("TRUNCATE cached_answers" if _on_postgresql() else "DELETE FROM cached_answers")


def _create_resealings() -> None:
    op.create_table(
        "content_resealings",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_content_resealings"),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_content_resealings_tenant_id", ondelete="CASCADE"
        ),
    )
    protect(op, op.get_context().dialect, "content_resealings", system=True)
    if _on_postgresql():
        op.execute(f"SELECT set_config('{SYSTEM_SETTING}', 'on', true)")
    op.execute("INSERT INTO content_resealings (tenant_id, id, created_at) SELECT id, id, created_at FROM tenants")


def _become(column: Column, kind: str, on_sqlite: str, on_postgresql: str) -> None:
    """Change the type of a column, with what is in it."""
    table, name = column.table, column.name
    if _on_postgresql():
        _convert(column, {"BLOB": "bytea", "TEXT": "text"}[kind], on_postgresql)
        return
    # SQLite changes no type, and to make a table anew would empty those that refer to it.
    bound = "" if column.nullable else f" NOT NULL DEFAULT {'x' if kind == 'BLOB' else ''}''"
    op.execute(f"ALTER TABLE {table} ADD COLUMN {name}_anew {kind}{bound}")
    op.execute(f"UPDATE {table} SET {name}_anew = {on_sqlite.format(name=name)} WHERE {name} IS NOT NULL")  # noqa: S608  # our own names
    op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
    op.execute(f"ALTER TABLE {table} RENAME COLUMN {name}_anew TO {name}")


def _set(column: Column, on_sqlite: str, on_postgresql: str) -> None:
    if _on_postgresql():
        _convert(column, "bytea", on_postgresql)
        return
    op.execute(f"UPDATE {column.table} SET {column.name} = {on_sqlite.format(name=column.name)}")  # noqa: S608  # ours


def _convert(column: Column, kind: str, using: str) -> None:
    """Also the rows that row-level security hides from an update."""
    name = column.name
    op.execute(f"ALTER TABLE {column.table} ALTER COLUMN {name} TYPE {kind} USING {using.format(name=name)}")


def _refuse_if_sealed(column: Column) -> None:
    if op.get_context().as_sql:
        return
    kept = sa.table(column.table, sa.column(column.name, sa.LargeBinary()))
    version = sa.func.substr(kept.c[column.name], 1, 1)
    sealed = sa.select(sa.literal(1)).where(version == sa.literal(b"\x01", sa.LargeBinary())).limit(1)
    if _on_postgresql():  # the owner of a table sees all of it while that is not forced upon it
        op.execute(f"ALTER TABLE {column.table} NO FORCE ROW LEVEL SECURITY")
    found = op.get_bind().execute(sealed).first()
    if _on_postgresql():
        op.execute(f"ALTER TABLE {column.table} FORCE ROW LEVEL SECURITY")
    if found is not None:
        raise RuntimeError(f"{column.table}.{column.name} is sealed; restore the backup of before instead")
