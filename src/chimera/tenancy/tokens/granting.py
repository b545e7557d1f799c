"""What the groups that another issuer's token names let it do: that and no more, and never more than its user may."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chimera.kit.scope import Scope
from chimera.store import Transaction
from chimera.tenancy.errors import RoleNotFoundError
from chimera.tenancy.people.ranks import gives
from chimera.tenancy.sso.claims import groups_of
from chimera.tenancy.tokens.tables import TokenIssuerRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What a token may do at most.

    Attributes:
        role: Of its user, if that is made just in time; `None`: nobody is made.
        permissions: `None`: all that the user may.
    """

    role: str | None
    permissions: frozenset[str] | None


async def granted(tx: Transaction, row: TokenIssuerRow, claims: Mapping[str, Any]) -> Granted | None:
    """Look the roles of a token's groups up, in a system transaction; `None`: it is in none that has one."""
    if not row.roles_by_group:
        return Granted(role=row.default_role, permissions=None)
    groups = groups_of(claims.get(row.group_claim or "groups"))
    names = {row.roles_by_group[group] for group in groups if group in row.roles_by_group}
    given = {name: found for name in names if (found := await _gives(tx, row, name)) is not None}
    if not given and row.default_role is not None:
        found = await _gives(tx, row, row.default_role)
        given = {} if found is None else {row.default_role: found}
    if not given:
        return None
    role = max((len(permissions), name) for name, permissions in given.items())[1]
    return Granted(role=role if row.just_in_time else None, permissions=frozenset[str]().union(*given.values()))


async def _gives(tx: Transaction, row: TokenIssuerRow, role: str) -> frozenset[str] | None:
    nobody = Scope(tenant_id=row.tenant_id, actor_id=row.id, permissions=frozenset())
    try:
        return await gives(tx, nobody, role)
    except RoleNotFoundError:  # removed since it was configured
        return None
