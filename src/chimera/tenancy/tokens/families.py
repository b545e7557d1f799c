"""What a family of tokens is worth now: never more than its user, and than the key or session that it began with."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from chimera.store import Transaction
from chimera.tenancy.keys.repository import AllApiKeys, Which
from chimera.tenancy.keys.tables import ApiKeyRow
from chimera.tenancy.lookups import is_live, with_key
from chimera.tenancy.repository import AllUsers
from chimera.tenancy.standing import Bond, Standing, held_by, networks_of, scope_of
from chimera.tenancy.tokens.repository import AllTokenFamilies, Begun, Named


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    begun: Begun
    standing: Standing


async def family_now(tx: Transaction, tenant_id: UUID, family_id: UUID, *, now: datetime) -> Family | None:
    """Look a family up in a system transaction; `None` if it or whatever it follows from has ended."""
    named = (tenant_id, family_id)
    return (await families_now(tx, {named}, now=now)).get(named)


async def families_now(tx: Transaction, named: Collection[Named], *, now: datetime) -> Mapping[Named, Family]:
    """The same of many, with one question for all of a kind: those that go on."""
    found = await AllTokenFamilies(tx).begun(named)
    begun = {name: each for name, each in found.items() if _goes_on(each, now)}
    bonds = await AllUsers(tx).bonds_of_all({(each.user.tenant_id, each.user.id) for each in begun.values()})
    makers = await AllApiKeys(tx).makers([each.key for each in begun.values() if each.key is not None])
    return {
        name: Family(begun=each, standing=_standing(each, bonds[each.user.tenant_id, each.user.id], makers))
        for name, each in begun.items()
    }


def _standing(begun: Begun, bonds: Sequence[Bond], makers: Mapping[Which, ApiKeyRow]) -> Standing:
    family, key = begun.family, begun.key
    scope = scope_of(begun.user, held_by(begun.user, bonds), family.permissions, key.models if key else None)
    if key is not None:
        scope = with_key(scope, key, makers)
    ends = [family.expires_at, *([key.expires_at] if key and key.expires_at else [])]
    return Standing(
        scope=replace(scope, family_id=family.id),
        networks=networks_of(key.networks if key else None),
        expires_at=min(ends),
    )


def _goes_on(begun: Begun, now: datetime) -> bool:
    family, key, session = begun.family, begun.key, begun.session
    if family.revoked_at is not None or family.expires_at <= now:
        return False
    if family.key_id is not None and (key is None or not is_live(key, now)):
        return False
    return family.session_id is None or (session is not None and now < session.expires_at)
