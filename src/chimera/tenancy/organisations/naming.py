"""What an organisation is called."""

from dataclasses import dataclass

from chimera.kit.scope import Scope
from chimera.store import Database
from chimera.tenancy.repository import AllTenants


@dataclass(frozen=True, slots=True)
class Naming:
    """Call it to learn the name of the caller's organisation; empty if it is gone."""

    database: Database

    async def __call__(self, scope: Scope) -> str:
        async with self.database.system_reading() as tx:
            row = await AllTenants(tx).get(scope.tenant_id)
        return row.name if row else ""
