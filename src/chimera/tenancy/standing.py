"""What a credential is worth, made of the rows about it and its user. Pure: asks nobody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias
from uuid import UUID

from chimera.kit.errors import AppError
from chimera.kit.scope import Scope
from chimera.tenancy.permissions import KNOWN, OPERATE, ROLES, implied
from chimera.tenancy.tables import UserRow

Network: TypeAlias = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whom a credential speaks for, and where and until when.

    Attributes:
        networks: Of which its requests may come; `None`: of any.
        expires_at: When it ends by itself, if it does.
    """

    scope: Scope
    networks: tuple[Network, ...] | None = None
    expires_at: datetime | None = None


Answer: TypeAlias = Standing | AppError | None
"""What somebody who was asked about a credential says: what it is worth, why that cannot be told now, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bond:
    """One row about what a user holds: a group or none, and what the organisation wrote of a role or nothing.

    Attributes:
        role: Name of the role that the rest is about; `None`: nothing was written of the user's roles.
    """

    group_id: UUID | None
    group_role: str | None
    role: str | None
    permissions: Sequence[str] | None
    models: Sequence[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a user may do by all its roles together.

    Attributes:
        models: Patterns, of which one must admit a model; `None`: all are.
    """

    permissions: frozenset[str]
    models: tuple[str, ...] | None
    team_ids: tuple[UUID, ...]


def held_by(user: UserRow, bonds: Iterable[Bond]) -> Held:
    """Put the user's own role and those of its groups together. A name that is no role any more gives nothing."""
    bonds = list(bonds)
    names = {user.role, *(bond.group_role for bond in bonds if bond.group_role is not None)}
    written = {bond.role: bond for bond in bonds if bond.role is not None}
    roles = [name for name in names if name in ROLES or name in written]
    lists = [written[name].models if name in written else None for name in roles]
    permissions = frozenset[str]().union(*(_given_by(name, written.get(name)) for name in roles))
    return Held(
        permissions=permissions | {OPERATE} if user.operator else permissions,
        models=None if None in lists else tuple(sorted({model for each in lists for model in each or ()})),
        team_ids=tuple(sorted({bond.group_id for bond in bonds if bond.group_id is not None})),
    )


def _given_by(name: str, written: Bond | None) -> frozenset[str]:
    if name in ROLES:
        return ROLES[name]
    assert written is not None, "what is not built in was written"
    return implied(frozenset(written.permissions or ())) & (KNOWN - {OPERATE})


def scope_of(user: UserRow, held: Held, granted: Iterable[str] | None, models: Sequence[str] | None = None) -> Scope:
    """The scope of a credential that was given these permissions and models: never wider than its user."""
    lists = (held.models, None if models is None else tuple(models))
    return Scope(
        tenant_id=user.tenant_id,
        actor_id=user.id,
        permissions=held.permissions if granted is None else held.permissions & implied(frozenset(granted)),
        team_ids=held.team_ids,
        models=tuple(each for each in lists if each is not None),
    )


def networks_of(texts: Sequence[str] | None) -> tuple[Network, ...] | None:
    return None if texts is None else tuple(ip_network(text, strict=False) for text in texts)


def admits(networks: tuple[Network, ...], address: str) -> bool:
    """Whether an address lies in one of the networks. IPv4 in IPv6 counts as the IPv4 address that it is."""
    try:
        known = ip_address(address)
    except ValueError:  # a socket of this machine has none
        return False
    if isinstance(known, IPv6Address) and known.ipv4_mapped is not None:
        known = known.ipv4_mapped
    return any(known in network for network in networks)
