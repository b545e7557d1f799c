"""Who may do what to whom: nobody gives what they do not hold, nor changes anybody who holds more than they."""

from uuid import UUID

from chimera.kit.scope import Scope
from chimera.store import Transaction
from chimera.tenancy.errors import LastOwnerError, PermissionDeniedError, RoleNotFoundError
from chimera.tenancy.people.by_hand import is_by_hand
from chimera.tenancy.people.repository import Members, Roles
from chimera.tenancy.permissions import KNOWN, OPERATE, OWNER, ROLES, implied
from chimera.tenancy.repository import AllUsers
from chimera.tenancy.standing import held_by
from chimera.tenancy.tables import UserRow


async def gives(tx: Transaction, scope: Scope, role: str) -> frozenset[str]:
    """What a role of the organisation lets its holders do.

    Raises:
        RoleNotFoundError: if there is none of that name.
    """
    if role in ROLES:
        return ROLES[role]
    roles = Roles(tx, scope)
    own = await roles.named(role)
    if own is None:
        known = ", ".join(sorted({*ROLES, *await roles.names()}))
        raise RoleNotFoundError(f"The organisation has no such role. Its roles: {known}.")
    return (implied(frozenset(own.permissions)) & KNOWN) - {OPERATE}


async def check_giving(tx: Transaction, scope: Scope, role: str) -> None:
    """Let the caller give a role to somebody, or not.

    Raises:
        RoleNotFoundError: if there is none of that name.
        PermissionDeniedError: if it gives what the caller's credential does not hold.
    """
    if not await gives(tx, scope, role) <= scope.permissions:
        raise PermissionDeniedError("You cannot give a role that may do more than you.")


async def check_reach(tx: Transaction, scope: Scope, user: UserRow) -> None:
    """Let the caller change somebody, or not, in a system transaction.

    Raises:
        PermissionDeniedError: if they may do more than the caller, whatever the credential was narrowed to.
    """
    if user.id == scope.actor_id or is_by_hand(scope.tenant_id, scope.actor_id):
        return
    caller = await AllUsers(tx).let_in(scope.tenant_id, scope.actor_id)
    if caller is None or not await _holds(tx, user) <= await _holds(tx, caller):
        raise PermissionDeniedError("You cannot change somebody who may do more than you.")


async def check_an_owner_is_left(tx: Transaction, scope: Scope, without: UUID) -> None:
    """Let somebody cease to be an owner, or not, in a system transaction; call it before their row is locked.

    Raises:
        LastOwnerError: if nobody else is one and can come in.
    """
    owners = [owner.id for owner in await Members(tx, scope).owners()]
    if owners == [without]:
        raise LastOwnerError(f"An organisation keeps at least one {OWNER}. Make somebody else one first.")


async def _holds(tx: Transaction, user: UserRow) -> frozenset[str]:
    return held_by(user, await AllUsers(tx).bonds_of(user)).permissions
