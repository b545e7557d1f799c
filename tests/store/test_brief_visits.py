"""Brief transactions on SQLite: done in the event loop's own thread, unless that would have to wait for anybody."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncGenerator
from contextlib import closing
from functools import partial
from time import monotonic, sleep

import pytest
import pytest_asyncio

from chimera.store import Database, DatabaseUnavailableError
from chimera.store.engines import database_url as parsed
from tests.sealing import connect_with_keys

HERE = threading.get_ident


@pytest_asyncio.fixture
async def database(sqlite_url: str) -> AsyncGenerator[Database]:
    async with connect_with_keys(sqlite_url) as opened:
        # The first visit opens the connection.
        await opened.visit(lambda connection: connection.execute("CREATE TABLE numbers (number INTEGER UNIQUE)"))
        yield opened


def write(number: int, connection: sqlite3.Connection) -> int:
    connection.execute("INSERT INTO numbers VALUES (?)", (number,))
    return threading.get_ident()


async def numbers(database: Database) -> list[int]:
    async with database.system_reading() as tx:
        rows = await (await tx.connection()).exec_driver_sql("SELECT number FROM numbers ORDER BY number")
        return list(rows.scalars())


async def test_it_is_done_in_this_thread_and_there_for_all(database: Database) -> None:
    assert await database.visit_lightly(partial(write, 1), briefly=True) == HERE()
    assert await database.visit_lightly(partial(write, 2)) != HERE()
    assert await numbers(database) == [1, 2]


async def test_what_fails_leaves_nothing_behind_and_the_next_one_goes_on(database: Database) -> None:
    def half(connection: sqlite3.Connection) -> None:
        write(1, connection)
        write(1, connection)

    with pytest.raises(sqlite3.IntegrityError):
        await database.visit_lightly(half, briefly=True)
    await database.visit_lightly(partial(write, 2), briefly=True)
    assert await numbers(database) == [2]


async def test_while_another_process_writes_the_event_loop_goes_on(database: Database, sqlite_url: str) -> None:
    with closing(sqlite3.connect(str(parsed(sqlite_url).database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(database.visit_lightly(partial(write, 1), briefly=True))
        longest, at = 0.0, monotonic()
        for _ in range(20):
            await asyncio.sleep(0.01)
            longest, at = max(longest, monotonic() - at), monotonic()
        assert not writing.done()
        assert longest < 5, "it waits for nobody, least of all for the ten seconds that the thread may wait"
        other.execute("COMMIT")
    assert await writing != HERE()
    assert await database.visit_lightly(partial(write, 2), briefly=True) == HERE()


async def test_it_waits_for_a_transaction_under_way(database: Database) -> None:
    async with database.system_transaction() as tx:
        await (await tx.connection()).exec_driver_sql("INSERT INTO numbers VALUES (1)")
        writing = asyncio.create_task(database.visit_lightly(partial(write, 2), briefly=True))
        await asyncio.sleep(0.05)
        assert not writing.done()
    await writing
    assert await numbers(database) == [1, 2]


async def test_after_a_slow_one_the_next_ones_leave_the_event_loop_alone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chimera.store.database._APART_S", 0.3)

    def slowly(connection: sqlite3.Connection) -> None:
        write(1, connection)
        sleep(0.05)

    await database.visit_lightly(slowly, briefly=True)
    assert await database.visit_lightly(partial(write, 2), briefly=True) != HERE()
    await asyncio.sleep(0.35)
    assert await database.visit_lightly(partial(write, 3), briefly=True) == HERE()


async def test_a_visit_that_nobody_waits_for_any_more_is_never_beside_a_brief_one(database: Database) -> None:
    begun, gate = threading.Event(), threading.Event()

    def hang(connection: sqlite3.Connection) -> None:
        write(1, connection)
        begun.set()
        gate.wait(10)

    left = asyncio.create_task(database.visit_lightly(hang))
    await asyncio.to_thread(begun.wait, 10)
    left.cancel()
    await asyncio.wait({left})
    brief = asyncio.create_task(database.visit_lightly(partial(write, 2), briefly=True))
    await asyncio.sleep(0.05)
    assert not brief.done(), "the thread still writes"
    gate.set()
    await brief
    assert await numbers(database) == [1, 2]


async def test_a_disk_without_room_is_told_as_such(database: Database) -> None:
    await database.visit(lambda connection: connection.execute("PRAGMA max_page_count=1"))

    def much(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE blobs (blob BLOB)")
        connection.execute("INSERT INTO blobs VALUES (zeroblob(10000000))")

    with pytest.raises(DatabaseUnavailableError, match="full"):
        await database.visit_lightly(much, briefly=True)
