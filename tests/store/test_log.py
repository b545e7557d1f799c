"""The write-ahead log: what was acknowledged is on the disk, nobody waits for others' waits, and it does not grow."""

import asyncio
import os
import sqlite3
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from chimera.store import Database, DatabaseUnavailableError
from chimera.store.engines import database_url as parsed
from tests.sealing import connect_with_keys


class Disk:
    """What is on it: a copy of the database's files as they were when the last wait for it ended."""

    def __init__(self, file: Path, folder: Path) -> None:
        self.file, self.folder = file, folder
        self.kept = (b"", b"")
        self.waits = 0
        self.works = threading.Event()
        self.works.set()
        self.failure: OSError | None = None

    def sync(self, descriptor: int) -> None:
        log = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
        assert self.works.wait(10)
        self.waits += 1
        if self.failure is not None:
            raise self.failure
        self.kept = (self.file.read_bytes(), log)

    def has(self, number: int) -> bool:
        """Whether a number is there once the power is back."""
        database = self.folder / f"{uuid4()}.db"
        for name, content in zip((database.name, f"{database.name}-wal"), self.kept, strict=True):
            database.with_name(name).write_bytes(content)
        with closing(sqlite3.connect(database)) as back:
            return bool(back.execute("SELECT count(*) FROM numbers WHERE number = ?", (number,)).fetchone()[0])


@pytest.fixture
def disk(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    made = Disk(Path(str(parsed(sqlite_url).database)), tmp_path)
    monkeypatch.setattr("chimera.store.sqlite.log._sync", made.sync)
    return made


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chimera.store.sqlite.log._EMPTIED_EVERY_S", 0.05)
    monkeypatch.setattr("chimera.store.sqlite.log._LONG", 100)


@pytest_asyncio.fixture
async def database(sqlite_url: str, disk: Disk) -> AsyncGenerator[Database]:
    async with connect_with_keys(sqlite_url) as opened:
        await opened.visit(lambda connection: connection.execute("CREATE TABLE numbers (number INTEGER)"))
        yield opened
        disk.works.set()


def write(number: int, connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO numbers VALUES (?)", (number,))


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110  # a look at files, which tell nobody
            await asyncio.sleep(0.01)


async def test_whoever_is_told_of_a_commit_finds_it_after_a_failure_of_the_power(
    database: Database, disk: Disk
) -> None:
    async def keep(number: int) -> bool:
        await database.visit(partial(write, number))
        return await asyncio.to_thread(disk.has, number) if number % 10 == 0 else True

    assert all(await asyncio.gather(*map(keep, range(50))))
    async with database.system_transaction() as tx:
        await (await tx.connection()).exec_driver_sql("INSERT INTO numbers VALUES (100)")
    assert disk.has(100)
    assert disk.waits < 52, "many share one wait"


async def test_what_may_wait_for_the_disk_is_there_for_all_at_once_and_comes_to_it_by_itself(
    database: Database, disk: Disk
) -> None:
    disk.works.clear()
    await database.visit_lightly(partial(write, 1))
    async with database.system_reading() as tx:
        assert (await (await tx.connection()).exec_driver_sql("SELECT count(*) FROM numbers")).scalar() == 1
    assert not disk.has(1)
    disk.works.set()
    await until(lambda: disk.has(1))


async def test_while_one_waits_for_the_disk_others_write(database: Database, disk: Disk) -> None:
    disk.works.clear()
    waiting = asyncio.create_task(database.visit(partial(write, 1)))
    await asyncio.sleep(0)
    for number in range(2, 5):
        await database.visit_lightly(partial(write, number))
    assert not waiting.done()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    other = asyncio.create_task(database.visit(partial(write, 5)))
    disk.works.set()
    await other
    assert all(disk.has(number) for number in range(1, 6))


async def test_a_disk_that_fails_is_told_to_all_who_wait_for_it(database: Database, disk: Disk) -> None:
    disk.failure = OSError(5, "Input/output error")
    for _ in range(2):
        with pytest.raises(DatabaseUnavailableError, match="disk"):
            await database.visit(partial(write, 1))
    disk.failure = None
    await database.visit(partial(write, 2))
    assert disk.has(2)


async def test_the_log_is_emptied_beside_the_writers_and_begun_anew_when_it_is_long(
    short: None, database: Database, disk: Disk
) -> None:
    log = disk.file.with_name(disk.file.name + "-wal")
    for number in range(2_000):
        await database.visit_lightly(partial(write, number))
        await asyncio.sleep(0.01 if number % 100 == 0 else 0)
    await until(lambda: b"numbers" in disk.file.read_bytes())
    assert log.stat().st_size < 1_500 * 4_096
    async with database.system_reading() as tx:
        assert (await (await tx.connection()).exec_driver_sql("SELECT count(*) FROM numbers")).scalar() == 2_000
