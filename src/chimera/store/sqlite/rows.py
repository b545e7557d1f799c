"""Rows for SQLite without SQLAlchemy, but as it keeps them, since everybody else reads them through it."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Final, TypeVar
from uuid import UUID

T = TypeVar("T")

# The driver keeps 128 statements, each for so many rows.
_AT_ONCE: Final = 16


def insert_rows(
    connection: sqlite3.Connection, table: str, columns: tuple[str, ...], lines: Sequence[Sequence[object]]
) -> None:
    """Insert rows, many with one statement: each lets go of the interpreter and must get it back.

    Args:
        connection: Of the thread in which this runs.
        table: A constant, as are the columns.
        columns: In the order of the values.
        lines: Their values: UUIDs, moments and days among them as Python has them.
    """
    for some in portions(lines):
        connection.execute(_insert_into(table, columns, len(some)), _encoded(some))


def portions(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """As many as one statement takes."""
    return (rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE))


def text_of(moment: datetime) -> str:
    """As `UtcDateTime` is kept."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(" ", "microseconds")[: -len("+00:00")]


_ENCODERS: Final[dict[type, Callable[[Any], Any]]] = {
    UUID: lambda value: f"{value.int:032x}",
    datetime: text_of,
    date: str,
}


@cache
def _insert_into(table: str, columns: tuple[str, ...], rows: int) -> str:
    row = f"({', '.join('?' * len(columns))})"
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([row] * rows)}"  # noqa: S608  # constants


def _encoded(lines: Sequence[Sequence[object]]) -> list[object]:
    return [encode(value) if (encode := _ENCODERS.get(type(value))) else value for line in lines for value in line]
