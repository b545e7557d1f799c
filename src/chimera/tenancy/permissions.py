"""What a person or key may do: a closed set of names, and the roles that hold them."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from chimera.kit.errors import InvalidRequestError
from chimera.kit.scope import Scope
from chimera.tenancy.errors import PermissionDeniedError

CHAT: Final = "chat"
MODELS_READ: Final = "models:read"
# Keys that act for oneself; and those of everybody.
KEYS_OWN: Final = "keys:own"
KEYS_MANAGE: Final = "keys:manage"
SPEND_READ: Final = "spend:read"
BUDGETS_MANAGE: Final = "budgets:manage"
POLICIES_MANAGE: Final = "policies:manage"
WEBHOOKS_MANAGE: Final = "webhooks:manage"
# What is shared with the whole organisation.
PROMPTS_MANAGE: Final = "prompts:manage"
PROVIDERS_MANAGE: Final = "providers:manage"
TENANT_READ: Final = "tenant:read"
TENANT_MANAGE: Final = "tenant:manage"
USERS_READ: Final = "users:read"
# Users, invitations, groups and service accounts, and their sessions.
USERS_MANAGE: Final = "users:manage"
ROLES_MANAGE: Final = "roles:manage"
# Identity providers, SCIM tokens and other issuers.
SSO_MANAGE: Final = "sso:manage"
AUDIT_READ: Final = "audit:read"
# Exports and erasures of a person's data, retention, legal holds.
PRIVACY_MANAGE: Final = "privacy:manage"
# Rotating and destroying the organisation's keys.
ENCRYPTION_MANAGE: Final = "encryption:manage"
# Before the others were told apart: it implies `_ADMINISTERED`.
ADMIN: Final = "admin"
# Every organisation's: only of operators of the installation.
OPERATE: Final = "operate"

_ADMINISTERED: Final = frozenset(
    {
        BUDGETS_MANAGE,
        POLICIES_MANAGE,
        WEBHOOKS_MANAGE,
        PROVIDERS_MANAGE,
        TENANT_READ,
        TENANT_MANAGE,
        USERS_READ,
        USERS_MANAGE,
        SPEND_READ,
    }
)
_SENSITIVE: Final = frozenset({ROLES_MANAGE, SSO_MANAGE, AUDIT_READ, PRIVACY_MANAGE, ENCRYPTION_MANAGE})
_EVERYDAY: Final = frozenset({CHAT, MODELS_READ, KEYS_OWN})
ALL: Final = _EVERYDAY | _ADMINISTERED | _SENSITIVE | {KEYS_MANAGE, PROMPTS_MANAGE, ADMIN}

KNOWN: Final = ALL | {OPERATE}

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        CHAT: "Ask models on every API, and keep one's conversations, files, batches and responses",
        MODELS_READ: "See which models there are, what they cost, and how providers are doing",
        KEYS_OWN: "Make, see, change and revoke API keys that act for oneself",
        KEYS_MANAGE: "See and revoke everybody's API keys, and make those of service accounts; includes `keys:own`",
        SPEND_READ: "Read what everybody spends: usage, ledger, invoices, recommendations",
        BUDGETS_MANAGE: "Make, change and delete budgets",
        POLICIES_MANAGE: "Decide about the organisation's calls: limits, routing, caches, experiments, resilience",
        WEBHOOKS_MANAGE: "Say who is told of what happens",
        PROMPTS_MANAGE: "Share prompts and personas with the whole organisation, and change those that are",
        PROVIDERS_MANAGE: "Connect providers of models",
        TENANT_READ: "See the organisation and its settings",
        TENANT_MANAGE: "Change the organisation's settings",
        USERS_READ: "See users, groups, invitations and roles",
        USERS_MANAGE: "Invite, change, suspend and remove users, groups and service accounts; end their sessions",
        ROLES_MANAGE: "Write the organisation's own roles, and which models each role may ask",
        SSO_MANAGE: "Connect identity providers, directories (SCIM) and issuers of tokens",
        AUDIT_READ: "Read and export the audit trail",
        PRIVACY_MANAGE: "Export and erase people's data; retention, legal holds, everybody's links to conversations",
        ENCRYPTION_MANAGE: "Rotate and destroy the organisation's keys of encryption",
        ADMIN: "What it meant before the others were told apart: budgets, policies, webhooks, providers, the "
        "organisation, users, and reading what is spent",
        OPERATE: "Run the whole installation: organisations and their tiers. Only operators hold it, by no role",
    }
)
"""What each permission lets do, for people."""

OWNER: Final = "owner"
ROLES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        OWNER: ALL,
        "admin": ALL - {ENCRYPTION_MANAGE},
        "billing": frozenset({MODELS_READ, SPEND_READ, BUDGETS_MANAGE, TENANT_READ}),
        "auditor": frozenset({MODELS_READ, SPEND_READ, AUDIT_READ, TENANT_READ, USERS_READ}),
        "member": _EVERYDAY,
        "viewer": frozenset({MODELS_READ}),
    }
)


def held(role: str, *, operator: bool = False) -> frozenset[str]:
    """What the holder of a built-in role may do; nothing for a name that is none."""
    own = ROLES.get(role, frozenset())
    return own | {OPERATE} if operator else own


def implied(granted: frozenset[str]) -> frozenset[str]:
    """What was granted, and what that stands for: `admin` for all that it meant once, all keys for one's own."""
    if ADMIN in granted:
        granted = granted | _ADMINISTERED
    return granted | {KEYS_OWN} if KEYS_MANAGE in granted else granted


def require(scope: Scope, permission: str) -> None:
    """Let the caller through, or not.

    Raises:
        PermissionDeniedError: if the scope lacks the permission.
    """
    if permission not in scope.permissions:
        raise PermissionDeniedError(f"This needs the permission {permission}. Ask an owner of your organisation.")


def check_known(wanted: frozenset[str]) -> None:
    """Raise InvalidRequestError if a name is none of ours."""
    unknown = ", ".join(sorted(wanted - KNOWN))
    if unknown:
        detail = f"There is no permission {unknown}; GET /api/v1/permissions lists what there is."
        raise InvalidRequestError(detail, field="permissions")


def narrowed(scope: Scope, wanted: Iterable[str] | None) -> frozenset[str]:
    """Permissions for something that acts for the caller: those wanted, or all of the caller's own.

    Raises:
        InvalidRequestError: if a name is none of ours.
        PermissionDeniedError: if the caller would give what they do not hold.
    """
    if wanted is None:
        return scope.permissions
    chosen = frozenset(wanted)
    check_known(chosen)
    if not chosen <= scope.permissions:
        raise PermissionDeniedError("You cannot give permissions that you do not hold yourself.")
    return chosen
