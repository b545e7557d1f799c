"""The till on SQLite: a whole transaction in one visit to the connection's thread.

Each statement lets go of the interpreter and must get it back, which costs more than what SQLite does meanwhile: so one
statement takes many rows.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, partial
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Uuid

from chimera.spend.cashier.steps import (
    Count,
    EntryLine,
    FindEntries,
    HoldLine,
    Lock,
    ReadBudgets,
    Rows,
    Script,
    Step,
    T,
    Take,
    Write,
)
from chimera.spend.tables import EntryRow
from chimera.store import Database, UtcDateTime
from chimera.store.sqlite.rows import insert_rows, portions, text_of


@cache
def _take(rows: int) -> str:
    return (
        f"DELETE FROM holds WHERE tenant_id = ? AND id IN ({', '.join('?' * rows)}) "  # noqa: S608  # constants
        "RETURNING id, held_at, cost_nusd, tokens"
    )


_FIND = f"SELECT {', '.join(EntryLine._fields)} FROM ledger_entries WHERE tenant_id = ? AND call_id = ?"  # noqa: S608  # constants
_LOCK = "SELECT version FROM books WHERE tenant_id = ? AND id = ?"
_OPEN = "INSERT INTO books (tenant_id, id, created_at, version) VALUES (?, ?, ?, 0)"
_BUDGETS = """
SELECT tenant_id, id, name, kind, subject, period, unit, amount, hard, disabled_at IS NULL, created_at
FROM budgets WHERE tenant_id = ? ORDER BY id
"""
_COUNT = """
SELECT settled, held FROM budget_windows WHERE tenant_id = ? AND budget_id = ? AND subject = ? AND starts_on = ?
"""
_CHANGE = """
INSERT INTO budget_windows (tenant_id, budget_id, subject, starts_on, created_at, settled, held)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET settled = settled + excluded.settled, held = held + excluded.held
"""
_SEEN = """
INSERT INTO cashiers (id, created_at, seen_at) VALUES (?1, ?2, ?2) ON CONFLICT DO UPDATE SET seen_at = excluded.seen_at
"""


@dataclass(frozen=True, slots=True)
class SqliteTill:
    """See `steps.Till`."""

    database: Database

    async def run(self, script: Script[T]) -> T:
        return await self.database.visit_lightly(partial(_carry_out, script), briefly=True)

    def kept(self) -> "asyncio.Future[None] | None":
        return self.database.on_disk()


def _carry_out(script: Script[T], connection: sqlite3.Connection) -> T:
    rows: Rows = ()
    step = next(script)
    try:
        while True:
            rows = _do(connection, step)
            step = script.send(rows)
    except StopIteration as done:
        answer: T = done.value
        return answer


def _do(connection: sqlite3.Connection, step: Step) -> Rows:
    ask = connection.execute
    match step:
        case Lock(tenants, at):
            return [_version(connection, tenant.hex, at) for tenant in tenants]
        case ReadBudgets(tenants):
            return [_budget(row) for tenant in tenants for row in ask(_BUDGETS, (tenant.hex,))]
        case Take(ids):
            return _taken(connection, ids)
        case FindEntries(calls):
            return [_decoded(row) for tenant, call_id in calls for row in ask(_FIND, (tenant.hex, call_id.hex))]
        case Count(windows):
            return [
                ask(_COUNT, (tenant.hex, window.budget_id.hex, window.subject, str(window.starts_on))).fetchone()
                for tenant, window in windows
            ]
        case Write():
            _write(connection, step)
            return ()


def _version(connection: sqlite3.Connection, tenant: str, at: datetime) -> Sequence[Any]:
    row: Sequence[Any] | None = connection.execute(_LOCK, (tenant, tenant)).fetchone()
    if row is None:
        connection.execute(_OPEN, (tenant, tenant, text_of(at)))
        return (0,)
    return row


def _taken(connection: sqlite3.Connection, ids: Sequence[tuple[UUID, UUID]]) -> Rows:
    wanted: dict[UUID, list[str]] = {}
    for tenant, hold in ids:
        wanted.setdefault(tenant, []).append(hold.hex)
    found: dict[str, Sequence[Any]] = {}
    for tenant, holds in wanted.items():
        for some in portions(holds):
            for row in connection.execute(_take(len(some)), (tenant.hex, *some)):
                found[row[0]] = (_moment(row[1]), *row[2:])
    return [found.pop(hold.hex, None) for _, hold in ids]  # whoever asks twice finds it once


def _write(connection: sqlite3.Connection, step: Write) -> None:
    insert_rows(connection, "holds", HoldLine._fields, step.holds)
    insert_rows(connection, "ledger_entries", EntryLine._fields, step.entries)
    if step.changes:
        now = text_of(step.at)
        connection.executemany(
            _CHANGE,
            (
                (tenant.hex, window.budget_id.hex, window.subject, str(window.starts_on), now, settled, held)
                for (tenant, window), (settled, held) in step.changes.items()
            ),
        )
    if step.cashier_id:
        connection.execute(_SEEN, (step.cashier_id.hex, text_of(step.at)))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _decoder(name: str) -> Callable[[Any], Any] | None:
    kind = EntryRow.__table__.c[name].type
    if isinstance(kind, Uuid):
        return UUID
    if isinstance(kind, UtcDateTime):
        return _moment
    return date.fromisoformat if isinstance(kind, Date) else None


_DECODERS = [_decoder(name) for name in EntryLine._fields]


def _decoded(row: Sequence[Any]) -> list[Any]:
    return [
        decode(value) if decode and value is not None else value for decode, value in zip(_DECODERS, row, strict=True)
    ]


def _budget(row: Sequence[Any]) -> list[Any]:
    tenant, budget, *rest, hard, enabled, created_at = row
    return [UUID(tenant), UUID(budget), *rest, bool(hard), bool(enabled), _moment(created_at)]
