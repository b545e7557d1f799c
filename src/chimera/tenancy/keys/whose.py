"""Whose a key is, or was: for whoever must tell an organisation that one of its keys was refused."""

from collections.abc import Mapping, Sequence

from chimera.kit.scope import Scope
from chimera.store import Database
from chimera.tenancy.keys.repository import AllApiKeys


async def whose(database: Database, hashes: Sequence[str]) -> Mapping[str, Scope]:
    """Scopes without any permission, by the hashes of their secrets; none for what never was a key.

    Raises:
        DatabaseUnavailableError: if it cannot be looked up now.
    """
    async with database.system_reading() as tx:
        rows = await AllApiKeys(tx).of_hashes(set(hashes))
    found: dict[str, Scope] = {}
    for row in rows:
        scope = Scope(tenant_id=row.tenant_id, actor_id=row.user_id, permissions=frozenset(), key_id=row.id)
        found |= {shown: scope for shown in (row.secret_hash, row.former_hash) if shown}
    return found
