"""Noted entries on PostgreSQL: a lot of all organisations in one transaction of three statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from msgspec import json
from sqlalchemy.ext.asyncio import AsyncConnection

from chimera.audit.chain import End, Entry, Note, by_tenant, continued
from chimera.store import Database

# In the order of the ids, so that replicas do not wait for each other.
_ENDS: Final = """
SELECT tenant_id, number, hash FROM audit_chains WHERE tenant_id = ANY($1::uuid[]) ORDER BY tenant_id FOR UPDATE
"""
_BEGIN: Final = """
INSERT INTO audit_chains (tenant_id, id, created_at, number, hash)
SELECT tenant_id, tenant_id, $2, 0, '' FROM unnest($1::uuid[]) tenant_id ORDER BY tenant_id
ON CONFLICT DO NOTHING
"""
# One text instead of an array a column: asyncpg looks at each element of an array whether it is one itself.
_ADD: Final = f"""
INSERT INTO audit_entries ({", ".join(Entry.__struct_fields__)})
SELECT {", ".join(Entry.__struct_fields__)} FROM json_populate_recordset(NULL::audit_entries, $1::json)
"""  # noqa: S608  # constants
_ADVANCE: Final = """
UPDATE audit_chains AS kept SET number = moved.number, hash = moved.hash
FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS moved (tenant_id, number, hash)
WHERE kept.tenant_id = moved.tenant_id
"""


@dataclass(frozen=True, slots=True)
class PostgresPen:
    """See `writing.Pen`."""

    database: Database
    most: int = 500

    async def write(self, notes: Sequence[Note]) -> None:
        theirs = dict(by_tenant(notes))
        async with self.database.system_transaction() as tx:
            connection = await tx.connection()
            ends = await _ends(connection, list(theirs))
            if new := [tenant_id for tenant_id in theirs if tenant_id not in ends]:
                await connection.exec_driver_sql(_BEGIN, (new, notes[0].at))
                ends |= await _ends(connection, new)
            chains = [continued(ends[tenant_id], tenant_id, told) for tenant_id, told in theirs.items()]
            added = json.encode([entry for chain in chains for entry in chain]).decode()
            await connection.exec_driver_sql(_ADD, (added,))
            last = [chain[-1] for chain in chains]
            moved = [one.tenant_id for one in last], [one.number for one in last], [one.hash for one in last]
            await connection.exec_driver_sql(_ADVANCE, moved)


async def _ends(connection: AsyncConnection, tenants: list[UUID]) -> dict[UUID, End]:
    return {row[0]: End(*row[1:]) for row in await connection.exec_driver_sql(_ENDS, (tenants,))}
