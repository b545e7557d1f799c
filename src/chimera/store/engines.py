"""How the two engines are opened: drivers, pools, pragmas and the role that PostgreSQL's policies bind."""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from chimera.store.errors import DatabaseUrlError, SchemaMismatchError, UnsafeDatabaseRoleError
from chimera.store.row_security import APPLICATION_ROLE, MAY_BECOME
from chimera.store.sqlite.connection import connection_to

VERSION_TABLE = "alembic_version"
BUSY_WAIT_S = 10
_MIGRATION_WAIT_S = 600
_READERS = 4
_SQLITE_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
# A write past the limit of a quota or of the process is told as an I/O error.
_SQLITE_NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
# lock timeout, deadlock, serialisation, too many connections, starting up or shutting down
_SQLSTATES_TRANSIENT = {"55P03", "40P01", "40001", "53300", "57P01", "57P02", "57P03"}
_SQLSTATES_OF_CONNECTIONS = "08"
_SQLSTATES_NO_ROOM = {"53100"}
_SQLSTATES_REFUSED = {"3D000", "28000", "28P01"}
_POSTGRES_SETTINGS = {
    "application_name": "chimera",
    "lock_timeout": f"{BUSY_WAIT_S}s",
    # A transaction left open by a hung task must not hold its locks for ever.
    "idle_in_transaction_session_timeout": "60s",
    "jit": "off",
}
# As whom the connection would act: its role if it may become that one, else its login.
_ROLE_QUERY = f"""
WITH application AS (
  SELECT oid FROM pg_roles app WHERE app.rolname = $1 AND pg_has_role(session_user, app.oid, {MAY_BECOME})
), acting AS (
  SELECT * FROM pg_roles WHERE oid = coalesce((SELECT oid FROM application), session_user::regrole::oid)
)
SELECT acting.rolsuper OR acting.rolbypassrls,
       EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = to_regnamespace('public') AND c.relrowsecurity
               AND pg_has_role(acting.oid, c.relowner, 'USAGE')),
       EXISTS (SELECT FROM application)
FROM acting
"""  # noqa: S608  # constants only


def database_url(url: str) -> URL:
    """Read an address and choose our driver for it.

    Raises:
        DatabaseUrlError: if it is not a SQLite file or a PostgreSQL server. Never quotes the address: it may hold
            a password.
    """
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise DatabaseUrlError("CHIMERA_DATABASE_URL is not of the form driver://user@host/name.") from error
    match address.drivername.partition("+")[0]:
        case "sqlite":
            if not address.database or address.database == ":memory:":
                raise DatabaseUrlError("An in-memory SQLite database cannot be shared; name a file: sqlite:///file.db")
            return address.set(drivername="sqlite+aiosqlite")
        case "postgres" | "postgresql":
            # libpq says `sslmode`, asyncpg says `ssl`, with the same values.
            query = {("ssl" if key == "sslmode" else key): value for key, value in address.query.items()}
            return address.set(drivername="postgresql+asyncpg", query=query)
        case other:
            raise DatabaseUrlError(f"There is no support for {other}; use sqlite:///… or postgresql://…")


# `hide_parameters` below: an error that is logged must not quote what people wrote.
def sqlite_engines(address: URL) -> tuple[AsyncEngine, AsyncEngine]:
    """One connection that writes, so that writers queue here instead of failing there, and some that only read."""
    assert address.database is not None
    # SQLite would make it; but only the migrations do, so that a mistyped folder leaves no empty database behind.
    if not Path(address.database).exists():
        raise SchemaMismatchError(
            f"There is no database at {address.database}. `chimera serve --migrate` makes one; if yours is "
            "elsewhere, say where with `--data-dir` or CHIMERA_DATA_DIR."
        )
    writer = _sqlite_engine(address, pool_size=1)
    reader = _sqlite_engine(address, pool_size=_READERS)
    # IMMEDIATE takes the write lock at once: a reader that turns writer half-way fails with SQLITE_BUSY, unwaited.
    _on_begin(writer, "BEGIN IMMEDIATE")
    _on_begin(reader, "BEGIN")
    _on_connect(writer, _waiting(BUSY_WAIT_S), *_SQLITE_PRAGMAS, *_KEPT_BY_THE_LOG)
    _on_connect(reader, _waiting(BUSY_WAIT_S), *_SQLITE_PRAGMAS, "PRAGMA query_only=ON")
    return writer, reader


_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA foreign_keys=ON",
    # What was deleted, a destroyed key above all, is overwritten. Debian's SQLite does so by itself.
    "PRAGMA secure_delete=ON",
)
# With NORMAL alone, commits that were acknowledged may be forgotten when the power fails: `WriteAheadLog` brings each
# to the disk before it is acknowledged. The migrations' engine, which has no log of ours, does that by itself (FULL).
_KEPT_BY_THE_LOG = ("PRAGMA synchronous=NORMAL", "PRAGMA wal_autocheckpoint=0")


def sqlite_migration_engine(address: URL) -> AsyncEngine:
    """One writing connection without foreign keys: a table that is rebuilt must not take its children along."""
    assert address.database is not None
    _make_private_file(Path(address.database))
    engine = _sqlite_engine(address, pool_size=1)
    _on_begin(engine, "BEGIN IMMEDIATE")
    # The wait comes first: to make the log, too, another one who migrates is waited for.
    wait = _waiting(_MIGRATION_WAIT_S)
    _on_connect(engine, wait, *_SQLITE_PRAGMAS, "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=OFF")
    return engine


def postgres_engine(address: URL) -> AsyncEngine:
    """A pool whose connections act as the application's role, and are refused if policies would not bind them."""
    engine = create_async_engine(
        address,
        pool_size=10,
        max_overflow=10,
        hide_parameters=True,
        pool_timeout=BUSY_WAIT_S,
        pool_pre_ping=True,
        connect_args={"server_settings": _POSTGRES_SETTINGS, "timeout": BUSY_WAIT_S, "command_timeout": 60},
    )
    event.listen(engine.sync_engine, "connect", _become_application)
    return engine


def postgres_migration_engine(address: URL) -> AsyncEngine:
    """A connection with the login's own rights; migrations may take long."""
    settings = {**_POSTGRES_SETTINGS, "application_name": "chimera-migrate", "lock_timeout": "0"}
    return create_async_engine(address, pool_size=1, connect_args={"server_settings": settings, "timeout": BUSY_WAIT_S})


def is_transient(error: BaseException | None) -> bool:
    """Whether the same statement may succeed a moment later."""
    if isinstance(error, sqlite3.OperationalError):
        return error.sqlite_errorcode & 0xFF in _SQLITE_BUSY
    # What asyncpg says of itself when its connection breaks in the middle of a question, or was broken before it.
    if isinstance(error, AsyncAdapt_asyncpg_dbapi.InternalClientError):
        return True
    if isinstance(error, AsyncAdapt_asyncpg_dbapi.InterfaceError):
        return "closed" in str(error)
    sqlstate = getattr(error, "sqlstate", None) or ""
    return sqlstate in _SQLSTATES_TRANSIENT or sqlstate.startswith(_SQLSTATES_OF_CONNECTIONS)


def has_no_room(error: BaseException | None) -> bool:
    """Whether a write found no room, or a broken disk."""
    if isinstance(error, sqlite3.OperationalError):
        return error.sqlite_errorcode & 0xFF in _SQLITE_NO_ROOM
    return getattr(error, "sqlstate", None) in _SQLSTATES_NO_ROOM


def is_refusal(error: BaseException | None) -> bool:
    """Whether the server answered, and let us in nowhere: no such database, or not with this login."""
    return getattr(error, "sqlstate", None) in _SQLSTATES_REFUSED


def _sqlite_engine(address: URL, *, pool_size: int) -> AsyncEngine:
    # isolation_level=None: the driver begins nothing by itself; we say BEGIN ourselves. check_same_thread: a connection
    # lives in a thread of its own, and is lent to the event loop's for brief transactions, never to both at once.
    engine = create_async_engine(
        address,
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,
        pool_timeout=BUSY_WAIT_S,
        connect_args={"isolation_level": None, "check_same_thread": False},
    )
    event.listen(engine.sync_engine, "do_connect", _connect_sqlite)
    return engine


def _connect_sqlite(dialect: Any, _record: object, arguments: Any, options: Any) -> Any:
    return dialect.connect(*arguments, async_creator_fn=connection_to, **options)


def _make_private_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)


def _waiting(busy_wait_s: float) -> str:
    return f"PRAGMA busy_timeout={int(busy_wait_s * 1000)}"


def _on_begin(engine: AsyncEngine, statement: str) -> None:
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)

    event.listen(engine.sync_engine, "begin", begin)


def _on_connect(engine: AsyncEngine, *statements: str) -> None:
    def prepare(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        cursor.close()

    event.listen(engine.sync_engine, "connect", prepare)


def _become_application(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute(_ROLE_QUERY, (APPLICATION_ROLE,))
    sees_everything, owns_tables, may_become = cursor.fetchone()
    if sees_everything:
        raise UnsafeDatabaseRoleError(
            "The database login is a superuser or has BYPASSRLS, so row-level security would not hold. "
            f"Run `chimera migrate` with it once, which makes the role {APPLICATION_ROLE}, or use an ordinary login."
        )
    if owns_tables:
        raise UnsafeDatabaseRoleError(
            f"The database login owns the tables and may not become the role {APPLICATION_ROLE}, so it could switch "
            f"row-level security off. Let an administrator grant it: GRANT {APPLICATION_ROLE} TO the login."
        )
    if may_become:
        cursor.execute(f"SET ROLE {APPLICATION_ROLE}")
    cursor.close()
    # Without this the pool's first rollback would undo SET ROLE.
    connection.commit()
