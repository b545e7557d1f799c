"""What the database holds, row by row, so that a walk can prove that it changed nothing which was not its own."""

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import make_url
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
    # Carried out in the background.
    "data_requests": {"*"},
    "audit_chains": {"*"},
    **{table: {"*"} for table in SUMS},
}
# Grow by themselves: the trail, and what is summed up of what was there before.
GROWING = {
    "audit_chains",
    "audit_entries",
    "audit_checkpoints",
    "webhook_deliveries",
    "webhook_attempts",
    "sign_in_attempts",
    *SUMS,
}

Row = dict[str, Any]


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
            if table not in but
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
    """Read every table of the server's SQLite file."""
    path = make_url(chimera.house.settings.database).database
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return Footprint({name: dict(_rows(connection, name)) for name in names if not name.startswith("sqlite_")})


def _rows(connection: sqlite3.Connection, table: str) -> Iterator[tuple[tuple[Any, ...], Row]]:
    told = connection.execute(f"PRAGMA table_info({table})").fetchall()
    key = [column["name"] for column in told if column["pk"]] or [column["name"] for column in told]
    noted = NOTED.get(table, set())
    for row in connection.execute(f"SELECT * FROM {table}"):
        kept = {name: row[name] for name in row.keys() if not noted & {name, "*"}}  # noqa: SIM118  # a Row is no mapping
        yield tuple(row[name] for name in key), kept | {name: row[name] for name in key}


def _tenant(table: str, row: Row) -> str | None:
    return row["id"] if table == "tenants" else row.get("tenant_id")


def _difference(before: Row, after: Row | None) -> str:
    if after is None:
        return "gone"
    return ", ".join(
        f"{name} was {before[name]!r} and is {after[name]!r}" for name in before if before[name] != after[name]
    )
