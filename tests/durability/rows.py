"""What a test must see or change in the database behind the servers' backs, on either engine."""

import sqlite3
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import asyncpg


def file_of(database_url: str) -> str:
    return database_url.removeprefix("sqlite:///")


async def run(database_url: str, sqlite: str, postgres: str) -> list[tuple[Any, ...]]:
    """Run a statement on an engine in its own words, past row-level security."""
    if database_url.startswith("sqlite"):
        with sqlite3.connect(file_of(database_url), timeout=10) as connection:
            rows = connection.execute(sqlite).fetchall()
        connection.close()
        return rows
    address = urlsplit(database_url)
    host = address.query.removeprefix("host=")
    connection = await asyncpg.connect(user="postgres", database=address.path[1:], host=host)
    try:
        return [tuple(row) for row in await connection.fetch(postgres)]
    finally:
        await connection.close()


async def age_heartbeats(database_url: str, by: timedelta, *, table: str = "turns") -> None:
    """Let the writer of every running turn, or response, have been silent for so much longer."""
    seconds = int(by.total_seconds())
    await run(
        database_url,
        f"UPDATE {table} SET heartbeat_at = datetime(heartbeat_at, '-{seconds} seconds') WHERE finished_at IS NULL",
        f"UPDATE {table} SET heartbeat_at = heartbeat_at - interval '{seconds} seconds' WHERE finished_at IS NULL",
    )


async def count(database_url: str, table: str, where: str = "true") -> int:
    query = f"SELECT count(*) FROM {table} WHERE {where}"
    return int((await run(database_url, query, query))[0][0])
