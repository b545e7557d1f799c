"""The look at the database's own guards, over the tables of the whole program, also of parts that are not loaded."""

from importlib import import_module
from pathlib import Path

import chimera
from chimera.store import Database
from chimera.store.guards import check_guards

_PACKAGE = Path(chimera.__file__).parent


async def check_all_guards(database: Database) -> None:
    """Make sure that PostgreSQL guards every table as its class says; do nothing on SQLite.

    Raises:
        RowSecurityError: if it does not.
        DatabaseUnavailableError: if it cannot be reached.
    """
    if database.dialect == "postgresql":
        for file in sorted(_PACKAGE.rglob("tables.py")):
            import_module(".".join(("chimera", *file.relative_to(_PACKAGE).with_suffix("").parts)))
        await check_guards(database)
