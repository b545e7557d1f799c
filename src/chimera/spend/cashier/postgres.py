"""The till on PostgreSQL: one round trip a step, however many operations it is for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

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
from chimera.store import Database

_OPEN = """
INSERT INTO books (tenant_id, id, created_at, version)
SELECT tenant_id, tenant_id, $2, 0 FROM unnest($1::uuid[]) tenant_id ORDER BY tenant_id
ON CONFLICT DO NOTHING
"""
_LOCK = "SELECT tenant_id, version FROM books WHERE tenant_id = ANY($1::uuid[]) ORDER BY tenant_id FOR UPDATE"
_BUDGETS = """
SELECT tenant_id, id, name, kind, subject, period, unit, amount, hard, disabled_at IS NULL, created_at
FROM budgets WHERE tenant_id = ANY($1::uuid[]) ORDER BY id
"""
_TAKE = """
DELETE FROM holds USING unnest($1::uuid[], $2::uuid[]) AS asked (tenant_id, id)
WHERE holds.tenant_id = asked.tenant_id AND holds.id = asked.id
RETURNING holds.tenant_id, holds.id, held_at, cost_nusd, tokens
"""
_COUNT = """
SELECT settled, held
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[])
     WITH ORDINALITY AS asked (tenant_id, budget_id, subject, starts_on, place)
LEFT JOIN budget_windows USING (tenant_id, budget_id, subject, starts_on)
ORDER BY place
"""
_SEEN = """
INSERT INTO cashiers (id, created_at, seen_at) SELECT $1, now, now FROM clock_timestamp() now
ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at
"""


# One text instead of an array a column: asyncpg looks at each element of an array whether it is one itself.
def _insert_into(table: str, columns: Sequence[str], place: int) -> str:
    names = ", ".join(columns)
    return f"INSERT INTO {table} ({names}) SELECT {names} FROM json_populate_recordset(NULL::{table}, ${place}::json)"  # noqa: S608  # constants


# All in one round trip; the three tables have nothing to do with each other.
_WRITE = f"""
WITH held AS ({_insert_into("holds", HoldLine._fields, 1)}),
     entered AS ({_insert_into("ledger_entries", EntryLine._fields, 2)})
INSERT INTO budget_windows AS kept (tenant_id, budget_id, subject, starts_on, created_at, settled, held)
SELECT tenant_id, budget_id, subject, starts_on, $9, settled, held
FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::date[], $7::bigint[], $8::bigint[])
     AS change (tenant_id, budget_id, subject, starts_on, settled, held)
ON CONFLICT (tenant_id, budget_id, subject, starts_on)
DO UPDATE SET settled = kept.settled + excluded.settled, held = kept.held + excluded.held
"""  # noqa: S608  # constants
_FIND = f"""
SELECT {", ".join(EntryLine._fields)}
FROM unnest($1::uuid[], $2::uuid[]) AS asked (tenant_id, call_id) JOIN ledger_entries USING (tenant_id, call_id)
"""  # noqa: S608  # constants


@dataclass(frozen=True, slots=True)
class PostgresTill:
    """See `steps.Till`."""

    database: Database
    _opened: set[UUID] = field(default_factory=set[UUID])

    async def run(self, script: Script[T]) -> T:
        step = next(script)
        if isinstance(step, Lock):
            await self._open(step)
        async with self.database.system_transaction() as tx:
            connection = await tx.connection()
            try:
                while True:
                    step = script.send(await _do(connection, step))
            except StopIteration as done:
                answer: T = done.value
        return answer

    def kept(self) -> None:
        """A commit of PostgreSQL's has waited for its disk."""

    async def _open(self, step: Lock) -> None:
        """Apart and before: rows added while others are locked would wait for each other in no order."""
        new = [tenant for tenant in step.tenants if tenant not in self._opened]
        if new:
            async with self.database.system_transaction() as tx:
                await (await tx.connection()).exec_driver_sql(_OPEN, (new, step.at))
            self._opened.update(new)


async def _do(connection: AsyncConnection, step: Step) -> Rows:
    match step:
        case Lock(tenants):
            versions = {row[0]: row[1:] for row in await _ask(connection, _LOCK, list(tenants))}
            return [versions.get(tenant) for tenant in tenants]
        case ReadBudgets(tenants):
            return await _ask(connection, _BUDGETS, list(tenants))
        case Take(ids):
            taken = {(row[0], row[1]): row[2:] for row in await _ask(connection, _TAKE, *_columns(ids))}
            # Asked for twice, it is given once.
            return [taken.pop(asked, None) for asked in ids]
        case FindEntries(calls):
            return await _ask(connection, _FIND, *_columns(calls))
        case Count(windows):
            keys = [(tenant, window.budget_id, window.subject, window.starts_on) for tenant, window in windows]
            return [row if row[0] is not None else None for row in await _ask(connection, _COUNT, *_columns(keys))]
        case Write():
            await _write(connection, step)
            return ()


async def _ask(connection: AsyncConnection, query: str, *arguments: object) -> Sequence[Sequence[Any]]:
    return (await connection.exec_driver_sql(query, arguments)).all()


async def _write(connection: AsyncConnection, step: Write) -> None:
    if step.holds or step.entries or step.changes:
        changes = [
            (tenant, window.budget_id, window.subject, window.starts_on, settled, held)
            for (tenant, window), (settled, held) in step.changes.items()
        ]
        columns = _columns(changes) or ([],) * 6
        lines = (_as_json(step.holds), _as_json(step.entries))
        await connection.exec_driver_sql(_WRITE, (*lines, *columns, step.at))
    if step.cashier_id:
        await connection.exec_driver_sql(_SEEN, (step.cashier_id,))


def _as_json(lines: Sequence[HoldLine | EntryLine]) -> str:
    return msgspec.json.encode([line._asdict() for line in lines]).decode()


def _columns(rows: Iterable[tuple[Any, ...]]) -> tuple[list[Any], ...]:
    return tuple(map(list, zip(*rows, strict=True)))
