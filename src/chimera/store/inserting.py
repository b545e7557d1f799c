"""INSERT with ON CONFLICT, which both databases say alike, and SQLAlchemy by dialect only."""

from collections.abc import Mapping
from typing import cast

from sqlalchemy import Table, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.ext.asyncio import AsyncSession

from chimera.store.tables import Table as Base


def insert_into(tx: AsyncSession, table: type[Base] | Table) -> Insert:
    """An INSERT that can say what becomes of a row whose key is taken. Its values must name the tenant."""
    dialect = postgresql if tx.get_bind().dialect.name == "postgresql" else sqlite
    return cast("Insert", dialect.insert(table))  # SQLite's can do the same


async def add_up(
    tx: AsyncSession,
    table: type[Base],
    key: Mapping[str, object],
    counts: Mapping[str, float],
    moments: Mapping[str, object] | None = None,
) -> None:
    """Add counts to the row of a unique key, or begin it: of replicas that do so at once none loses what another added.

    Args:
        tx: The transaction.
        table: Keeps the sums.
        key: The columns of a unique constraint, the tenant's among them.
        counts: What is added, by column.
        moments: What is set in either case, by column.
    """
    told = moments or {}
    statement = insert_into(tx, table).values(**key, **counts, **told)
    columns = inspect(table).columns
    sums = {name: columns[name] + statement.excluded[name] for name in counts}
    await tx.execute(statement.on_conflict_do_update(index_elements=list(key), set_={**sums, **told}))
