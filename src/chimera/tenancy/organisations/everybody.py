"""All organisations, for rounds that do something for each of them."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from chimera.store import Database
from chimera.tenancy.organisations.repository import Tenants

_AT_ONCE: Final = 500


async def tenant_ids(database: Database) -> Sequence[UUID]:
    """Of all that there are now, suspended ones among them."""
    found: list[UUID] = []
    after: UUID | None = None
    while True:
        async with database.system_reading() as tx:
            rows = await Tenants(tx).page(after=after, limit=_AT_ONCE)
        found += (row.id for row in rows[:_AT_ONCE])
        if len(rows) <= _AT_ONCE:
            return found
        after = found[-1]
