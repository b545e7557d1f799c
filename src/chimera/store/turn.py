"""SQLite has one writer at a time: whoever writes waits for its turn, in the process rather than in the database."""

import asyncio
from typing import Self

from sqlalchemy.ext.asyncio import AsyncEngine

from chimera.store.engines import BUSY_WAIT_S
from chimera.store.errors import DatabaseUnavailableError
from chimera.store.sqlite_connection import SqliteConnection


class Turn:
    """Whose turn it is to write to SQLite, in the order in which they came. Enter it to write.

    Attributes:
        driver: The one connection that writes, once somebody visited it.
    """

    __slots__ = ("_lock", "driver")

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.driver: SqliteConnection | None = None

    async def connected(self, writer: AsyncEngine) -> SqliteConnection:
        """Get hold of the connection that the pool keeps. Whoever has the turn finds it at rest."""
        async with writer.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
        assert isinstance(driver, SqliteConnection), "SQLite's writer has one of ours"
        self.driver = driver
        return driver

    async def __aenter__(self) -> Self:
        if not self._lock.locked():
            await self._lock.acquire()
            return self
        try:
            async with asyncio.timeout(BUSY_WAIT_S):
                await self._lock.acquire()
        except TimeoutError as error:
            raise DatabaseUnavailableError("The database is busy.", retry_after_s=1) from error
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self.driver = None  # it may have been given up
        self._lock.release()
