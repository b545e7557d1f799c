"""What a family of tokens is worth now: never more than its user, and than the key or session that it began with."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from chimera.store import Transaction
from chimera.tenancy.keys.repository import AllApiKeys
from chimera.tenancy.keys.tables import ApiKeyRow
from chimera.tenancy.lookups import is_live, with_key
from chimera.tenancy.repository import AllUsers
from chimera.tenancy.standing import Standing, held_by, networks_of, scope_of
from chimera.tenancy.tokens.repository import AllTokenFamilies, Begun


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    begun: Begun
    standing: Standing


async def family_now(tx: Transaction, tenant_id: UUID, family_id: UUID, *, now: datetime) -> Family | None:
    """Look a family up in a system transaction; `None` if it or whatever it follows from has ended."""
    begun = await AllTokenFamilies(tx).begun(tenant_id, family_id)
    if begun is None or not _goes_on(begun, now):
        return None
    bonds = await AllUsers(tx).bonds_of(begun.user)
    key: ApiKeyRow | None = begun.key
    scope = scope_of(begun.user, held_by(begun.user, bonds), begun.family.permissions, key.models if key else None)
    if key is not None:
        scope = with_key(scope, key, await AllApiKeys(tx).makers(key))
    ends = [begun.family.expires_at, *([key.expires_at] if key and key.expires_at else [])]
    standing = Standing(
        scope=replace(scope, family_id=family_id),
        networks=networks_of(key.networks if key else None),
        expires_at=min(ends),
    )
    return Family(begun=begun, standing=standing)


def _goes_on(begun: Begun, now: datetime) -> bool:
    family, key, session = begun.family, begun.key, begun.session
    if family.revoked_at is not None or family.expires_at <= now:
        return False
    if family.key_id is not None and (key is None or not is_live(key, now)):
        return False
    return family.session_id is None or (session is not None and now < session.expires_at)
