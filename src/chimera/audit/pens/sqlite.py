"""Noted entries on SQLite: a lot in one brief transaction, which reads and moves the chain's end."""

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from msgspec.structs import astuple

from chimera.audit.chain import End, Entry, Note, by_tenant, continued
from chimera.store import Database
from chimera.store.sqlite.rows import insert_rows, text_of

_END: Final = "SELECT number, hash FROM audit_chains WHERE tenant_id = ? AND id = ?"
_BEGIN: Final = "INSERT INTO audit_chains (tenant_id, id, created_at, number, hash) VALUES (?1, ?1, ?2, 0, '')"
_ADVANCE: Final = "UPDATE audit_chains SET number = ?, hash = ? WHERE tenant_id = ? AND id = ?"


@dataclass(frozen=True, slots=True)
class SqlitePen:
    """See `writing.Pen`.

    All of a server write through the one connection, those first who have money to reserve: so a lot is small, some
    0.6 ms of everybody's time, and only one that is not full, the last of a round, waits for the disk, which it brings
    the others to.
    """

    database: Database
    most: int = 16

    async def write(self, notes: Sequence[Note]) -> None:
        await self.database.visit_lightly(partial(_write, notes), briefly=True)
        if len(notes) < self.most and (kept := self.database.on_disk()) is not None:
            await asyncio.shield(kept)


def _write(notes: Sequence[Note], connection: sqlite3.Connection) -> None:
    for tenant_id, theirs in by_tenant(notes):
        entries = continued(_end(connection, tenant_id, theirs[0].at), tenant_id, theirs)
        insert_rows(connection, "audit_entries", Entry.__struct_fields__, [astuple(entry) for entry in entries])
        last = entries[-1]
        connection.execute(_ADVANCE, (last.number, last.hash, tenant_id.hex, tenant_id.hex))


def _end(connection: sqlite3.Connection, tenant_id: UUID, at: datetime) -> End:
    found = connection.execute(_END, (tenant_id.hex, tenant_id.hex)).fetchone()
    if found is None:
        connection.execute(_BEGIN, (tenant_id.hex, text_of(at)))
        return End()
    return End(*found)
