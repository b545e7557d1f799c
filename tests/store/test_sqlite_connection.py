"""SQLite's connection: rows and counts as the driver gives them, and no transaction that nobody knows of."""

import asyncio
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from chimera.store.sqlite.connection import connection_to


async def test_rows_counts_and_errors_are_the_drivers_own(tmp_path: Path) -> None:
    connection = await connection_to(str(tmp_path / "a.db"), isolation_level=None)
    try:
        await connection.cursor().execute("CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT UNIQUE)")
        many = await connection.cursor().executemany("INSERT INTO words (word) VALUES (?)", [("one",), ("two",)])
        assert many.rowcount == 2
        made = await connection.cursor().execute("INSERT INTO words (word) VALUES (?) RETURNING id", ("three",))
        assert (await made.fetchall(), made.lastrowid, made.rowcount) == ([(3,)], 3, 1)
        found = await connection.cursor().execute("SELECT word FROM words ORDER BY id")
        assert [column[0] for column in found.description] == ["word"]
        assert await found.fetchall() == [("one",), ("two",), ("three",)]
        with pytest.raises(sqlite3.IntegrityError):
            await connection.cursor().execute("INSERT INTO words (word) VALUES ('one')")
    finally:
        await connection.close()


async def test_a_transaction_whose_beginning_nobody_waited_for_is_rolled_back(tmp_path: Path) -> None:
    connection = await connection_to(str(tmp_path / "a.db"), isolation_level=None)
    gate = threading.Event()

    def wait(_: Any) -> None:
        gate.wait()

    try:
        busy = asyncio.ensure_future(connection.visit(wait))
        beginning = asyncio.ensure_future(connection.cursor().execute("BEGIN IMMEDIATE"))
        await asyncio.sleep(0)
        beginning.cancel()
        await asyncio.wait({beginning})
        ending = asyncio.ensure_future(connection.rollback())
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(busy, ending)
        await connection.cursor().execute("SELECT 1")  # whatever was asked before is done
        assert not connection.in_transaction
    finally:
        gate.set()
        await connection.close()
