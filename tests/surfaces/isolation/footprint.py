"""What the database holds, row by row, so that a walk can prove that it changed nothing which was not its own."""

import json
import re
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import make_url
from tests.postgres import PostgresServer, run_apart
from tests.serving import Running

# Taken in rounds, some time after what they count.
SUMS = ("cache_tallies", "experiment_tallies", "route_tallies", "usage_days", "usage_folds")
# What the server writes by itself, or notes of everybody who comes.
NOTED = {
    "api_keys": {"last_used_at"},
    "sessions": {"last_seen_at", "expires_at"},
    "users": {"last_seen_at"},
    # The address that the ping goes to is nowhere, and it is tried again.
    "webhook_deliveries": {"*"},
    "webhooks": {"failing_since", "failures"},
    "batches": {"*"},
    "cashiers": {"seen_at"},
    "provider_connections": {"last_used_at"},
    # Carried out in the background.
    "data_requests": {"*"},
    "job_schedules": {"*"},
    "audit_chains": {"*"},
    **{table: {"*"} for table in SUMS},
}
# Grow by themselves: the trail, and what is summed up of what was there before.
GROWING = {
    "audit_chains",
    "audit_entries",
    "audit_checkpoints",
    # An organisation gets its first with the first transaction that is its own.
    "data_keys",
    "webhook_deliveries",
    "webhook_attempts",
    "sign_in_attempts",
    *SUMS,
}

# What is to be done, and gone once it was.
PASSING = {"content_resealings"}

Row = dict[str, Any]

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KEY_COLUMNS = """
    SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey)
    WHERE indrelid = $1::text::regclass AND indisprimary
"""


@dataclass(frozen=True, slots=True)
class Footprint:
    """Rows by their key, by their table."""

    tables: dict[str, dict[tuple[Any, ...], Row]]

    def changes_to(
        self, after: "Footprint", tenant: UUID | None = None, *, but: Collection[str] = (), own: UUID | None = None
    ) -> list[str]:
        """What became of the rows that there were.

        Args:
            after: How it is now.
            tenant: Look only at rows of this one, and of none.
            but: Leave these tables out.
            own: Leave out what is of this user.
        """
        return [
            f"{table} {key}: {_difference(row, after.tables[table].get(key))}"
            for table, rows in self.tables.items()
            for key, row in rows.items()
            if table not in PASSING | set(but)
            and (tenant is None or _tenant(table, row) in {None, tenant.hex})
            and (own is None or own.hex not in {row.get("user_id"), row.get("owner_id"), row.get("id")})
            and row != after.tables[table].get(key)
        ]

    def additions_in(self, after: "Footprint", tenant: UUID | None = None) -> dict[str, list[Row]]:
        """Rows that came: of one tenant, or of all and of none."""
        found = {
            table: [
                row
                for key, row in rows.items()
                if key not in self.tables[table] and (tenant is None or _tenant(table, row) == tenant.hex)
            ]
            for table, rows in after.tables.items()
            if table not in GROWING
        }
        return {table: rows for table, rows in found.items() if rows}


def footprint(chimera: Running) -> Footprint:
    """Read every table of the server's database."""
    url = make_url(chimera.house.settings.database)
    if url.get_backend_name() == "postgresql":
        return run_apart(_of_postgres(PostgresServer(Path(str(url.query["host"]))), str(url.database)))
    with closing(sqlite3.connect(f"file:{url.database}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return Footprint({name: dict(_of_sqlite(connection, name)) for name in names if not name.startswith("sqlite_")})


async def _of_postgres(server: PostgresServer, database: str) -> Footprint:
    """As the superuser, whom no policy of rows binds."""
    tables: dict[str, dict[tuple[Any, ...], Row]] = {}
    for (name,) in await server.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", database=database):
        rows = await server.fetch(f"SELECT to_jsonb(t) FROM {name} t", database=database)
        keys = {column for (column,) in await server.fetch(_KEY_COLUMNS, name, database=database)}
        read = ({column: _plain(value) for column, value in json.loads(row).items()} for (row,) in rows)
        tables[name] = dict(_keyed(name, row, keys) for row in read)
    return Footprint(tables)


def _of_sqlite(connection: sqlite3.Connection, table: str) -> Iterator[tuple[tuple[Any, ...], Row]]:
    keys = {column["name"] for column in connection.execute(f"PRAGMA table_info({table})") if column["pk"]}
    return (_keyed(table, dict(row), keys) for row in connection.execute(f"SELECT * FROM {table}"))


def _keyed(table: str, row: Row, keys: Collection[str]) -> tuple[tuple[Any, ...], Row]:
    """A row without what is noted by the way, by its key; without a key, by all of it."""
    noted, key = NOTED.get(table, set()), [name for name in row if name in keys] or [*row]
    kept = {name: value for name, value in row.items() if name in key or not noted & {name, "*"}}
    return tuple(str(row[name]) for name in key), kept


def _plain(value: Any) -> Any:
    """Ids as SQLite keeps them."""
    return value.replace("-", "") if isinstance(value, str) and _ID.fullmatch(value) else value


def _tenant(table: str, row: Row) -> str | None:
    return row["id"] if table == "tenants" else row.get("tenant_id")


def _difference(before: Row, after: Row | None) -> str:
    if after is None:
        return "gone"
    return ", ".join(
        f"{name} was {before[name]!r} and is {after[name]!r}" for name in before if before[name] != after[name]
    )
