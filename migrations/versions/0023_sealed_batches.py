"""What people wrote down with batches, and what was wrong with them, is sealed as other content is.

As before (0021): what was kept until now is marked as plain, and sealed by the servers that start afterwards.
"""

import sqlalchemy as sa
from alembic import op

from chimera.store.row_security import SYSTEM_SETTING

revision = "0023"
down_revision = "0022"

TABLE, COLUMNS = "batches", ("labels", "faults")


def upgrade() -> None:
    if _on_postgresql():
        op.execute(f"SELECT set_config('{SYSTEM_SETTING}', 'on', true)")
    op.execute(
        "INSERT INTO content_resealings (tenant_id, id, created_at) SELECT id, id, created_at FROM tenants "
        "WHERE id IN (SELECT tenant_id FROM batches WHERE labels IS NOT NULL OR faults IS NOT NULL) "
        "ON CONFLICT DO NOTHING"
    )
    for name in COLUMNS:
        _become(
            name,
            "BLOB",
            f"CAST(x'00' || CAST({name} AS BLOB) AS BLOB)",
            f"'\\x00'::bytea || convert_to({name}::text, 'UTF8')",
        )


def downgrade() -> None:
    """Only what is still plain can be given back.

    Raises:
        RuntimeError: if some of it is sealed: the backup of before has it.
    """
    for name in COLUMNS:
        _refuse_if_sealed(name)
    for name in COLUMNS:
        _become(name, "JSON", f"CAST(substr({name}, 2) AS TEXT)", f"convert_from(substr({name}, 2), 'UTF8')::json")


def _on_postgresql() -> bool:
    return bool(op.get_context().dialect.name == "postgresql")


def _become(name: str, kind: str, on_sqlite: str, on_postgresql: str) -> None:
    """Change the type of a column, with what is in it."""
    if _on_postgresql():  # also the rows that row-level security hides from an update
        changed = {"BLOB": "bytea", "JSON": "json"}[kind]
        op.execute(f"ALTER TABLE {TABLE} ALTER COLUMN {name} TYPE {changed} USING {on_postgresql}")
        return
    # SQLite changes no type, and to make a table anew would empty those that refer to it.
    op.execute(f"ALTER TABLE {TABLE} ADD COLUMN {name}_anew {kind}")
    op.execute(f"UPDATE {TABLE} SET {name}_anew = {on_sqlite} WHERE {name} IS NOT NULL")  # noqa: S608  # our own names
    op.execute(f"ALTER TABLE {TABLE} DROP COLUMN {name}")
    op.execute(f"ALTER TABLE {TABLE} RENAME COLUMN {name}_anew TO {name}")


def _refuse_if_sealed(name: str) -> None:
    if op.get_context().as_sql:
        return
    kept = sa.table(TABLE, sa.column(name, sa.LargeBinary()))
    version = sa.func.substr(kept.c[name], 1, 1)
    sealed = sa.select(sa.literal(1)).where(version == sa.literal(b"\x01", sa.LargeBinary())).limit(1)
    if _on_postgresql():  # the owner of a table sees all of it while that is not forced upon it
        op.execute(f"ALTER TABLE {TABLE} NO FORCE ROW LEVEL SECURITY")
    found = op.get_bind().execute(sealed).first()
    if _on_postgresql():
        op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
    if found is not None:
        raise RuntimeError(f"{TABLE}.{name} is sealed; restore the backup of before instead")
