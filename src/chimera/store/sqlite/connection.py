"""SQLite's connection for asyncio, with one visit to its thread a statement where aiosqlite makes up to four.

Each visit wakes two threads that fight for the interpreter, which costs more than what SQLite does meanwhile.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Self

import aiosqlite

_Rows = Sequence[Any]
_BEGIN: Final = "BEGIN IMMEDIATE"


class SqliteConnection(aiosqlite.Connection):
    """As aiosqlite's, for SQLAlchemy's adapter: what it asks of cursors is here, and no more."""

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, 64)
        self._thread.daemon = True
        self._is_sure = True
        self._patience_ms: int | None = None

    def cursor(self) -> "SqliteCursor":  # type: ignore[override]  # the adapter enters it, which costs no visit here
        return SqliteCursor(self)

    async def visit(self, work: Callable[..., Any], *arguments: object) -> Any:
        """Do something in the connection's thread."""
        return await self._execute(work, self._conn, *arguments)

    def begun_here(self) -> sqlite3.Connection | None:
        """Begin a transaction in the caller's own thread, while nobody else uses the connection.

        Returns:
            What `completed` takes, at once; `None` if another process is writing.
        """
        connection: sqlite3.Connection = self._conn
        patience_ms = self._patience_ms
        if patience_ms is None:
            patience_ms = self._patience_ms = connection.execute("PRAGMA busy_timeout").fetchone()[0]
        connection.execute("PRAGMA busy_timeout=0")
        try:
            connection.execute(_BEGIN)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            return None
        finally:
            connection.execute(f"PRAGMA busy_timeout={patience_ms}")
        return connection

    async def rollback(self) -> None:
        """Go there only if a transaction may be open: the pool rolls back whatever is given back to it."""
        if self._conn.in_transaction or not self._is_sure:
            await super().rollback()
            self._is_sure = True

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]  # aiosqlite's
        except asyncio.CancelledError:
            # The thread may yet begin a transaction.
            self._is_sure = False
            raise


class SqliteCursor:
    """One statement, and all its rows with it. Never holds a cursor of SQLite's."""

    def __init__(self, connection: SqliteConnection) -> None:
        self._connection = connection
        self._rows: _Rows = ()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> "SqliteCursor":
        return await self._ask(sqlite3.Connection.execute, sql, parameters)

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> "SqliteCursor":
        return await self._ask(sqlite3.Connection.executemany, sql, parameters)

    async def fetchall(self) -> _Rows:
        return self._rows

    async def close(self) -> None:
        self._rows = ()

    async def _ask(self, how: Callable[..., sqlite3.Cursor], sql: str, parameters: Iterable[Any]) -> "SqliteCursor":
        answer = await self._connection.visit(_answer, how, sql, parameters)
        self.description, self.rowcount, self.lastrowid, self._rows = answer
        return self


def connection_to(path: str, **options: Any) -> SqliteConnection:
    """Return a connection that is opened when awaited; the options are `sqlite3.connect`'s."""
    return SqliteConnection(lambda: sqlite3.connect(path, **options))


def _answer(
    connection: sqlite3.Connection, how: Callable[..., sqlite3.Cursor], sql: str, parameters: Iterable[Any]
) -> tuple[Any, int, int | None, _Rows]:
    cursor = how(connection, sql, parameters)
    rows = cursor.fetchall() if cursor.description else ()
    return cursor.description, cursor.rowcount, cursor.lastrowid, rows


def in_transaction(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], Any]) -> Any:
    """Do the work in a transaction that may write; for `SqliteConnection.visit`."""
    connection.execute(_BEGIN)
    return completed(connection, work)


def completed(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], Any]) -> Any:
    """Do the work in the transaction that was begun, and end that."""
    try:
        done = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return done
