"""What a person or key may do: a closed set of names, and the roles that hold them."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from chimera.kit.errors import InvalidRequestError
from chimera.kit.scope import Scope
from chimera.tenancy.errors import PermissionDeniedError

CHAT: Final = "chat"
MODELS_READ: Final = "models:read"
KEYS_MANAGE: Final = "keys:manage"
SPEND_READ: Final = "spend:read"
ADMIN: Final = "admin"
ALL: Final = frozenset({CHAT, MODELS_READ, KEYS_MANAGE, SPEND_READ, ADMIN})

OWNER: Final = "owner"
ROLES: Mapping[str, frozenset[str]] = MappingProxyType({OWNER: ALL, "member": frozenset({CHAT, MODELS_READ})})


def require(scope: Scope, permission: str) -> None:
    """Let the caller through, or not.

    Raises:
        PermissionDeniedError: if the scope lacks the permission.
    """
    if permission not in scope.permissions:
        raise PermissionDeniedError(f"This needs the permission {permission}. Ask an owner of your organisation.")


def narrowed(scope: Scope, wanted: Iterable[str] | None) -> frozenset[str]:
    """Permissions for something that acts for the caller: those wanted, or all of the caller's own.

    Raises:
        InvalidRequestError: if a name is none of ours.
        PermissionDeniedError: if the caller would give what they do not hold.
    """
    if wanted is None:
        return scope.permissions
    chosen = frozenset(wanted)
    unknown = chosen - ALL
    if unknown:
        raise InvalidRequestError(f"There is no permission {', '.join(sorted(unknown))}.", field="permissions")
    if not chosen <= scope.permissions:
        raise PermissionDeniedError("You cannot give permissions that you do not hold yourself.")
    return chosen
