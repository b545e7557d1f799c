"""The database: opened once, and asked only inside a transaction that knows for whom.

PostgreSQL's policies read the two transaction-local settings made here; SQLite has one writer at a time.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Self, TypeAlias, TypeVar, cast
from uuid import UUID
from weakref import WeakSet

from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from chimera.crypto.sealing import Sealers
from chimera.kit.lifetimes import to_its_end
from chimera.kit.scope import Scope
from chimera.store.columns.sealed import sealing_by
from chimera.store.engines import (
    BUSY_WAIT_S,
    VERSION_TABLE,
    database_url,
    has_no_room,
    is_refusal,
    is_transient,
    postgres_engine,
    sqlite_engines,
)
from chimera.store.errors import DatabaseUnavailableError
from chimera.store.row_security import SYSTEM_SETTING, TENANT_SETTING
from chimera.store.sqlite.connection import SqliteConnection, completed, in_transaction
from chimera.store.sqlite.log import WriteAheadLog

Transaction: TypeAlias = AsyncSession
T = TypeVar("T")

# A transaction in the event loop's thread that took so long is the last one there for a while.
_SLOW_S = 0.03
_APART_S = 1.0
_FOR_WHOM = "for_whom"
_SYSTEM = "system"


def tenant_of(tx: Transaction) -> UUID | None:
    """The tenant for whom a transaction was opened; `None` for a system transaction."""
    whom = tx.info.get(_FOR_WHOM)
    return whom if isinstance(whom, UUID) else None


def is_system(tx: Transaction) -> bool:
    return tx.info.get(_FOR_WHOM) == _SYSTEM


class Turn:
    """Whose turn it is to write to SQLite. Enter it to write, `quickly` for a visit.

    SQLite has one writer at a time: so they wait in the process rather than in the database, and each for those who
    came before. Only one transaction of many statements is among those who wait, so that a visit waits for no more.

    Attributes:
        log: Where what they commit lies first.
        driver: The one connection that writes, once somebody visited it.
    """

    __slots__ = ("_apart_until", "_lock", "_slow", "driver", "log")

    def __init__(self, log: WriteAheadLog) -> None:
        self.log = log
        self._lock = asyncio.Lock()
        self._slow = asyncio.Lock()
        self._apart_until = 0.0
        self.driver: SqliteConnection | None = None

    async def connected(self, writer: AsyncEngine) -> SqliteConnection:
        """Get hold of the connection that the pool keeps. Whoever has the turn finds it at rest."""
        async with writer.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
        assert isinstance(driver, SqliteConnection), "SQLite's writer has one of ours"
        self.driver = driver
        return driver

    def at_once(self, work: Callable[[sqlite3.Connection], T]) -> tuple[T] | None:
        """Do a brief transaction in the event loop's own thread: a visit to the other costs more than it does.

        Returns:
            What came of it; `None` if the thread is to be visited after all, and nothing was done: somebody has the
            turn, another process writes, or the disk was slow a moment ago and the event loop is not to wait for it.
        """
        at = time.monotonic()
        if self.driver is None or self._lock.locked() or at < self._apart_until:
            return None
        connection = self.driver.begun_here()
        if connection is None:
            return None
        try:
            return (cast("T", completed(connection, work)),)
        finally:
            if time.monotonic() - at > _SLOW_S:
                self._apart_until = at + _APART_S

    @asynccontextmanager
    async def quickly(self) -> AsyncGenerator[Self]:
        """Have the turn for one visit."""
        await _acquired(self._lock)
        try:
            yield self
        except BaseException:
            self.driver = None  # it may have been given up
            raise
        finally:
            self._lock.release()

    async def __aenter__(self) -> Self:
        await _acquired(self._slow)
        try:
            await _acquired(self._lock)
        except BaseException:
            self._slow.release()
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self.driver = None  # it may have been given up
        self._lock.release()
        self._slow.release()


async def _acquired(lock: asyncio.Lock) -> None:
    if not lock.locked():
        await lock.acquire()
        return
    try:
        async with asyncio.timeout(BUSY_WAIT_S):
            await lock.acquire()
    except TimeoutError as error:
        raise DatabaseUnavailableError("The database is busy.", retry_after_s=1) from error


@dataclass(frozen=True, slots=True, eq=False)
class Database:
    """Transactions, opened and closed in one place. Make one with `connect`.

    A task holds at most one transaction at a time (a second would wait for the first for ever on SQLite, and can
    exhaust the pool on PostgreSQL), and none while a model speaks.
    """

    writer: AsyncEngine
    reader: AsyncEngine
    _holders: "WeakSet[asyncio.Task[object]]"
    _turn: Turn | None = None
    _sealers: Sealers | None = None

    def sealed_by(self, sealers: Sealers) -> "Database":
        """The same database for those who read and write content: with the keys of whose transaction it is."""
        return replace(self, _sealers=sealers)

    @property
    def dialect(self) -> str:
        return self.writer.dialect.name

    @property
    def is_held(self) -> bool:
        """Whether the running task holds a transaction, so that it must not wait for another."""
        return asyncio.current_task() in self._holders

    @asynccontextmanager
    async def transaction(self, scope: Scope) -> AsyncGenerator[Transaction]:
        """Read and write rows of the caller's tenant; commit at the end, roll back on any exception.

        Raises:
            DatabaseUnavailableError: if it cannot be reached or stays busy.
        """
        async with self._open(self.writer, scope.tenant_id) as tx:
            yield tx

    @asynccontextmanager
    async def reading(self, scope: Scope) -> AsyncGenerator[Transaction]:
        """Read rows of the caller's tenant at one moment, without waiting for any writer; the database refuses writes.

        Raises:
            DatabaseUnavailableError: if it cannot be reached or stays busy.
        """
        async with self._open(self.reader, scope.tenant_id) as tx:
            yield tx

    @asynccontextmanager
    async def system_transaction(self) -> AsyncGenerator[Transaction]:
        """Read and write across tenants, only in tables that admit it. For sign-in, key lookup and reaping."""
        async with self._open(self.writer, _SYSTEM) as tx:
            yield tx

    @asynccontextmanager
    async def system_reading(self) -> AsyncGenerator[Transaction]:
        """Read across tenants, only in tables that admit it, without waiting for any writer."""
        async with self._open(self.reader, _SYSTEM) as tx:
            yield tx

    async def visit(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do a whole system transaction on SQLite in one visit to its thread, for what must be quick.

        Args:
            work: Runs there, in a transaction that is committed when it returns and rolled back when it raises.

        Raises:
            DatabaseUnavailableError: if it stays busy, or has no room.
        """
        done = await self.visit_lightly(work)
        await self._on_disk()
        return done

    async def sealing(self, scope: Scope) -> AbstractContextManager[None]:
        """Let what a visit is to write be sealed meanwhile, with the keys of the caller's tenant."""
        return await self._sealing(scope.tenant_id)

    async def visit_lightly(self, work: Callable[[sqlite3.Connection], T], *, briefly: bool = False) -> T:
        """Do the same without waiting for the disk, which it comes to in a moment, or with the next one that waits.

        Until then a failure of the power, not of the process, takes it away, and never a part of it.

        Args:
            work: As `visit`'s.
            briefly: Whether it takes a fraction of a millisecond, as a rule, so that everybody may wait for it.

        Raises the same errors.
        """
        turn = self._turn
        assert turn is not None, "only SQLite has a thread to visit"
        try:
            at_once = turn.at_once(work) if briefly else None
        except sqlite3.Error:
            with translated():
                raise
        done = await self._visited(turn, work) if at_once is None else at_once[0]
        turn.log.soon_on_disk()
        return done

    async def _visited(self, turn: Turn, work: Callable[[sqlite3.Connection], T]) -> T:
        with self._alone(), translated():
            async with turn.quickly():
                driver = turn.driver or await turn.connected(self.writer)
                # Whoever is cancelled meanwhile need not wait: the thread does one thing after the other, to its end.
                return cast("T", await driver.visit(in_transaction, work))

    def on_disk(self) -> "asyncio.Future[None] | None":
        """Tell when all that is committed by now outlives a failure of the power; `None` if it does already.

        Others wait for the same: whoever awaits it shields it.
        """
        return None if self._turn is None else self._turn.log.on_disk()

    async def _on_disk(self) -> None:
        kept = self.on_disk()
        if kept is not None:
            await asyncio.shield(kept)

    async def schema_revision(self) -> str | None:
        """The revision that the migrations left; `None` if they never ran.

        Raises:
            DatabaseUnavailableError: if it cannot be reached or stays busy.
        """
        async with self.system_reading() as tx:
            return await (await tx.connection()).run_sync(read_revision)

    async def _sealing(self, tenant_id: UUID) -> AbstractContextManager[None]:
        return sealing_by(None if self._sealers is None else await self._sealers.bound(tenant_id))

    @asynccontextmanager
    async def _open(self, engine: AsyncEngine, whom: UUID | str) -> AsyncGenerator[Transaction]:
        sealing = await self._sealing(whom) if isinstance(whom, UUID) else sealing_by(None)
        with self._alone(), translated(), sealing:
            async with self._turn if self._turn is not None and engine is self.writer else nullcontext():
                tx = AsyncSession(engine, expire_on_commit=False, info={_FOR_WHOM: whom})
                try:
                    await _tell_the_policies(tx, whom)
                    yield tx
                    # One cut off in between would cost the connection.
                    await to_its_end(tx.commit())
                finally:
                    await to_its_end(tx.close())
            if engine is self.writer:
                await self._on_disk()

    @contextmanager
    def _alone(self) -> Generator[None]:
        task = asyncio.current_task()
        assert task is not None, "transactions are opened inside a task"
        if task in self._holders:
            raise RuntimeError("this task holds a transaction already; pass that one on")
        self._holders.add(task)
        try:
            yield
        finally:
            self._holders.discard(task)


async def _tell_the_policies(tx: Transaction, whom: UUID | str) -> None:
    """Check a connection out, begin, and on PostgreSQL name the tenant until the transaction ends."""
    connection = await tx.connection()
    if connection.dialect.name == "postgresql":
        setting, value = (SYSTEM_SETTING, "on") if whom == _SYSTEM else (TENANT_SETTING, str(whom))
        await connection.exec_driver_sql("SELECT set_config($1, $2, true)", (setting, value))


@contextmanager
def translated() -> Generator[None]:
    """Let what the driver says of a database that is not there, or busy, be an error of ours."""
    try:
        yield
    except OSError as error:
        # No connection, or no answer within the time that the driver waits.
        raise DatabaseUnavailableError("The database cannot be reached.", retry_after_s=1) from error
    except PoolTimeoutError as error:
        raise DatabaseUnavailableError("The database is busy.", retry_after_s=1) from error
    except DBAPIError as error:
        if is_refusal(error.orig):
            raise DatabaseUnavailableError(
                "The database does not exist or refuses this login. Check CHIMERA_DATABASE_URL."
            ) from error
        if error.connection_invalidated:
            raise _not_just_now() from error
        _raise_if_it_may_mend(error.orig, error)
        raise
    except sqlite3.Error as error:
        _raise_if_it_may_mend(error, error)
        raise


def _raise_if_it_may_mend(driver: BaseException | None, error: Exception) -> None:
    if is_transient(driver):
        raise _not_just_now() from error
    if has_no_room(driver):
        raise DatabaseUnavailableError(
            "The database cannot write: its disk is full or broken. Nothing was changed.", retry_after_s=10
        ) from error


def _not_just_now() -> DatabaseUnavailableError:
    return DatabaseUnavailableError("The database does not answer just now.", retry_after_s=1)


def read_revision(connection: Connection) -> str | None:
    """The revision noted by the migrations, read on an open connection."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    revision = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalar()  # noqa: S608  # a constant
    return None if revision is None else str(revision)


@asynccontextmanager
async def connect(url: str) -> AsyncGenerator[Database]:
    """Open the database at `url`; leaving closes its connections. Nothing is sent before the first transaction.

    Args:
        url: `sqlite:///data/chimera.db` (three slashes relative, four absolute) or
            `postgresql://user:password@host/name`.

    Raises:
        DatabaseUrlError: if it is neither.
        SchemaMismatchError: if it is a file that is not there.
    """
    address = database_url(url)
    turn: Turn | None = None
    if address.get_backend_name() == "sqlite":
        assert address.database is not None
        writer, reader = sqlite_engines(address)
        turn = Turn(WriteAheadLog(address.database))
    else:
        writer = postgres_engine(address)
        # One moment for all that a transaction reads, as on SQLite; one that only reads is never refused for it.
        reader = writer.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")
    try:
        async with nullcontext() if turn is None else turn.log.kept_short(turn):
            yield Database(writer, reader, WeakSet(), turn)
    finally:
        await reader.dispose()
        await writer.dispose()
