"""Which schema this version of the program knows, told by the names of the migration files. Imports no Alembic."""

from pathlib import Path

from chimera.store.database import Database
from chimera.store.errors import SchemaMismatchError

_PACKAGE = Path(__file__).parents[1]


def migrations_folder() -> Path:
    """Inside an installed wheel, or at the root of a source checkout."""
    installed = _PACKAGE / "migrations"
    return installed if installed.is_dir() else _PACKAGE.parents[1] / "migrations"


def known_migrations() -> tuple[str, ...]:
    """Names of the migrations, oldest first, e.g. `0001_tenancy`; the digits are the revision."""
    return tuple(sorted(file.stem for file in (migrations_folder() / "versions").glob("[0-9][0-9][0-9][0-9]_*.py")))


def known_revisions() -> tuple[str, ...]:
    return tuple(name[:4] for name in known_migrations())


async def check_schema(database: Database) -> None:
    """Make sure that the database has exactly the schema that this program was written for.

    Raises:
        SchemaMismatchError: if it has not; the message says what to do.
        DatabaseUnavailableError: if it cannot be reached.
    """
    current = await database.schema_revision()
    known = known_revisions()
    if current == known[-1]:
        return
    if current is None:
        raise SchemaMismatchError("The database is empty. Run `chimera migrate`, then start again.")
    if current in known:
        raise SchemaMismatchError(
            f"The database is at revision {current}, this program needs {known[-1]}. "
            "Run `chimera migrate`, then start again."
        )
    raise SchemaMismatchError(
        f"The database is at revision {current}, which this program does not know (its newest is {known[-1]}). "
        "Start the newer Chimera that migrated it, or take it back with that one: `chimera migrate --to "
        f"{known[-1]}`."
    )
