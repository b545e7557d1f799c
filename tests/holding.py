"""Legal holds, placed and released without an officer."""

from datetime import timedelta
from uuid import UUID

from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.privacy.repository import KeptHolds
from chimera.privacy.tables import LegalHoldRow
from chimera.store import Database
from chimera.tenancy.repository import AllTenants
from chimera.tenancy.tables import TenantRow


async def hold(database: Database, scope: Scope) -> UUID:
    """Keep all that is the caller's, in an organisation that is founded for it."""
    async with database.system_transaction() as tx:
        await AllTenants(tx).add(TenantRow(id=scope.tenant_id, name="Somebody"))
    row = LegalHoldRow(user_id=scope.actor_id, reason="Case 1", created_by=scope.actor_id, created_at=utc_now())
    async with database.transaction(scope) as tx:
        await KeptHolds(tx, scope).add(row)
    return row.id


async def release(database: Database, scope: Scope, id: UUID) -> None:
    async with database.transaction(scope) as tx:
        assert await KeptHolds(tx, scope).release(id, utc_now() + timedelta(seconds=1))
