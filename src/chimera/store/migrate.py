"""Run the migrations, one process at a time. Imports Alembic, so nothing imports this when the server starts."""

import io
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from chimera.store.database import read_revision, translated
from chimera.store.engines import database_url, postgres_migration_engine, sqlite_migration_engine
from chimera.store.errors import SchemaMismatchError, StoreError
from chimera.store.schema import known_migrations, migrations_folder

# Any number will do, as long as every Chimera uses the same one and no other program does.
_LOCK = 0x4348494D455241
HEAD = "head"
BASE = "base"


class MigrationError(StoreError):
    """A migration could not be run, and nothing of it was kept."""

    code = "migration_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """What was done, or would be.

    Attributes:
        current: The revision before; `None` for an empty database.
        target: The revision after; `None` for an empty database.
        steps: Names of the migrations run, in order.
        sql: The statements, for a dry run only.
    """

    current: str | None
    target: str | None
    steps: tuple[str, ...]
    sql: str = ""


async def migrate(url: str, *, to: str = HEAD) -> Migration:
    """Take the database to a revision, up or down, in one transaction; the second of two at once finds nothing to do.

    Args:
        url: As for `store.connect`. On PostgreSQL its login must own the schema.
        to: A revision such as `0001`, `head`, or `base` for an empty schema.

    Raises:
        DatabaseUnavailableError: if it cannot be reached or stays busy.
        SchemaMismatchError: if either revision is unknown.
        MigrationError: if it would leave references without their targets.
    """
    async with _locked(database_url(url)) as connection:
        return await connection.run_sync(_run, to)


async def plan(url: str, *, to: str = HEAD) -> Migration:
    """Say what `migrate` would do, with its SQL, and change nothing.

    Raises:
        SchemaMismatchError: if either revision is unknown.
    """
    address = database_url(url)
    dialect = address.get_backend_name()
    intended = _steps(await _current(address), to)
    if not intended.steps:
        return intended
    written = io.StringIO()
    config = _config(written)
    config.attributes["dialect"] = dialect
    source, target = intended.current or BASE, intended.target or BASE
    if _goes_down(intended):
        command.downgrade(config, f"{source}:{target}", sql=True)
    else:
        command.upgrade(config, f"{source}:{target}", sql=True)
    return Migration(current=intended.current, target=intended.target, steps=intended.steps, sql=written.getvalue())


def _run(connection: Connection, to: str) -> Migration:
    todo = _steps(read_revision(connection), to)
    if connection.dialect.name == "postgresql":
        # Alembic opens its own transaction, so that a migration may leave it for CREATE INDEX CONCURRENTLY.
        connection.commit()
    config = _config(io.StringIO())
    config.attributes["connection"] = connection
    if todo.steps and _goes_down(todo):
        command.downgrade(config, todo.target or BASE)
    elif todo.steps:
        command.upgrade(config, todo.target or BASE)
    if connection.dialect.name == "sqlite":
        dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if dangling:
            raise MigrationError(f"{len(dangling)} rows would refer to nothing; the migration was taken back.")
        connection.commit()
    return todo


def _steps(current: str | None, to: str) -> Migration:
    names = known_migrations()
    revisions = [name[:4] for name in names]
    wanted = {HEAD: revisions[-1], BASE: None}.get(to, to)
    for revision in (current, wanted):
        if revision is not None and revision not in revisions:
            raise SchemaMismatchError(f"There is no revision {revision}; the newest known is {revisions[-1]}.")
    begin = 0 if current is None else revisions.index(current) + 1
    end = 0 if wanted is None else revisions.index(wanted) + 1
    steps = names[begin:end] if end >= begin else names[end:begin][::-1]
    return Migration(current=current, target=wanted, steps=steps)


def _goes_down(migration: Migration) -> bool:
    return (migration.target or "") < (migration.current or "")


def _config(written: io.StringIO) -> Config:
    config = Config(stdout=written, output_buffer=written)
    # The configuration file format, which Alembic uses even in memory, takes % for interpolation.
    folder = str(migrations_folder()).replace("%", "%%")
    config.set_main_option("script_location", folder)
    config.set_main_option("path_separator", "newline")
    return config


async def _current(address: URL) -> str | None:
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").exists():  # noqa: ASYNC240  # a command
        return None
    async with _connected(address) as connection:
        return await connection.run_sync(read_revision)


@asynccontextmanager
async def _locked(address: URL) -> AsyncGenerator[AsyncConnection]:
    """A connection that alone migrates: on SQLite by BEGIN IMMEDIATE, on PostgreSQL by an advisory lock."""
    async with _connected(address) as connection:
        if connection.dialect.name == "postgresql":
            # Of the session, not of the transaction, and so gone with the connection even after a crash.
            await connection.exec_driver_sql("SELECT pg_advisory_lock($1)", (_LOCK,))
            await connection.commit()
        yield connection


@asynccontextmanager
async def _connected(address: URL) -> AsyncGenerator[AsyncConnection]:
    is_sqlite = address.get_backend_name() == "sqlite"
    engine = sqlite_migration_engine(address) if is_sqlite else postgres_migration_engine(address)
    try:
        with translated():
            async with engine.connect() as connection:
                yield connection
    finally:
        await engine.dispose()
