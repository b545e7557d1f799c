"""Who something is done for when they are not there: work that was asked for earlier, under what they may do now."""

from uuid import UUID

from chimera.kit.scope import Scope
from chimera.store import Database
from chimera.tenancy.permissions import ROLES
from chimera.tenancy.repository import Users


async def acting_for(database: Database, tenant_id: UUID, user_id: UUID, granted: frozenset[str]) -> Scope | None:
    """What a person may do of what they had granted; `None` if they are gone or shut out."""
    scope = Scope(tenant_id=tenant_id, actor_id=user_id, permissions=frozenset())
    async with database.reading(scope) as tx:
        user = await Users(tx, scope).get(user_id)
    if user is None or user.disabled_at is not None:
        return None
    held = ROLES.get(user.role, frozenset())
    return Scope(tenant_id=tenant_id, actor_id=user_id, permissions=held & granted)
