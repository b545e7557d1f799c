"""SQLite's write-ahead log: brought to the disk, and emptied, beside the connection that writes.

A connection that does both by itself (`synchronous=FULL`, the automatic checkpoint) holds up every other writer
meanwhile, for as long as the disk takes. Here a commit only writes to the log, which the system keeps even when the
process is killed. Whoever must know that it outlives a failure of the power, too, waits for `on_disk`; one wait serves
all who came before it. The log is one file with all transactions in their order, each frame with a checksum that goes
on from the one before: what the disk has of it is a whole number of transactions,
https://www.sqlite.org/walformat.html.
"""

import asyncio
import os
import queue
import sqlite3
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, suppress
from functools import partial
from typing import Final, Never

import structlog

from chimera.store.errors import DatabaseUnavailableError

log = structlog.get_logger()

# What may wait for the disk waits no longer than that.
_SOON_S: Final = 0.05
_EMPTIED_EVERY_S: Final = 1.0
# Frames, of a page each. Up to there the log only grows: to begin it anew, writers must be kept away for a moment.
_LONG: Final = 16_000
_READERS_WAIT_MS: Final = 20
# macOS has none.
_sync: Callable[[int], None] = getattr(os, "fdatasync", os.fsync)


class WriteAheadLog:
    """Of one database that this process writes.

    Args:
        database: Its file.
    """

    __slots__ = ("_database", "_is_syncing", "_jobs", "_next", "_soon", "_written")

    def __init__(self, database: str) -> None:
        self._database = database
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._next: asyncio.Future[None] | None = None
        self._is_syncing = False
        self._soon: asyncio.TimerHandle | None = None
        self._written = asyncio.Event()

    def on_disk(self) -> "asyncio.Future[None]":
        """Done once all that is committed by now outlives a failure of the power. Others wait for it, too: shield it.

        It fails with `DatabaseUnavailableError` where the disk fails.
        """
        self._written.set()
        waiting = self._next
        if waiting is None:
            waiting = self._next = asyncio.get_running_loop().create_future()
            if not self._is_syncing:
                self._begin()
        return waiting

    def soon_on_disk(self) -> None:
        """Bring it there within a moment, where nobody waits."""
        if self._soon is None:
            self._soon = asyncio.get_running_loop().call_later(_SOON_S, self._now)

    @asynccontextmanager
    async def kept_short(self, writers_away: AbstractAsyncContextManager[object]) -> AsyncGenerator[None]:
        """Do what `on_disk` asks for, and move the log into the database's file from time to time.

        Args:
            writers_away: Entered, again and again, for moments in which nobody may write.
        """
        thread = threading.Thread(target=self._work, name="chimera-log", daemon=True)
        thread.start()
        emptying = asyncio.create_task(self._empty_now_and_then(writers_away))
        try:
            yield
        finally:
            emptying.cancel()
            with suppress(asyncio.CancelledError):
                await emptying
            if self._soon is not None:
                self._soon.cancel()
            self._jobs.put(None)

    def _now(self) -> None:
        self._soon = None
        self.on_disk()

    def _begin(self) -> None:
        waiting, self._next = self._next, None
        assert waiting is not None
        self._is_syncing = True
        self._jobs.put(partial(self._bring_to_the_disk, asyncio.get_running_loop(), waiting))

    def _work(self) -> None:
        while job := self._jobs.get():
            job()

    def _bring_to_the_disk(self, loop: asyncio.AbstractEventLoop, waiting: "asyncio.Future[None]") -> None:
        failure: OSError | None = None
        try:
            # Opened each time: SQLite makes the file anew when its last connection was closed.
            file = os.open(f"{self._database}-wal", os.O_RDWR | getattr(os, "O_CLOEXEC", 0))
            try:
                _sync(file)
            finally:
                os.close(file)
        except FileNotFoundError:
            pass  # all of it is in the database's own file
        except OSError as error:
            failure = error
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(self._done, waiting, failure)

    def _done(self, waiting: "asyncio.Future[None]", failure: OSError | None) -> None:
        self._is_syncing = False
        if self._next is not None:
            self._begin()
        if waiting.done():
            return
        if failure is None:
            waiting.set_result(None)
            return
        log.error("database.disk_fails", detail=str(failure))
        waiting.set_exception(DatabaseUnavailableError("The database's disk is broken or full.", retry_after_s=10))
        waiting.exception()  # nobody need wait for it

    async def _empty_now_and_then(self, writers_away: AbstractAsyncContextManager[object]) -> Never:
        while True:
            await self._written.wait()
            await asyncio.sleep(_EMPTIED_EVERY_S)
            self._written.clear()
            frames = await self._emptied("PASSIVE")
            if frames >= _LONG:
                with suppress(DatabaseUnavailableError):
                    async with writers_away:
                        await self._emptied("RESTART")

    async def _emptied(self, how: str) -> int:
        """Move what may be moved; return the frames in the log."""
        return await asyncio.to_thread(_checkpoint, self._database, how)


def _checkpoint(database: str, how: str) -> int:
    try:
        with closing(sqlite3.connect(database, timeout=_READERS_WAIT_MS / 1000)) as connection:
            _, frames, _ = connection.execute(f"PRAGMA wal_checkpoint({how})").fetchone()
    except sqlite3.Error as error:
        # What is in the log stays there, and the next round comes.
        log.warning("database.log_not_emptied", detail=str(error))
        return 0
    return int(frames)
