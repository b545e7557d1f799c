"""An organisation, as plain values."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from chimera.kit.scope import Scope

Tier: TypeAlias = Literal["free", "starter", "professional", "enterprise", "unlimited"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """What whoever operates the installation sees of one.

    Attributes:
        tier: Of its limits; `None`: the server's default.
    """

    id: UUID
    name: str
    tier: Tier | None
    created_at: datetime
    suspended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationChange:
    """What is to be changed. A name or suspension of `None` stays; a tier of `None` does if `keeps_tier` says so."""

    name: str | None = None
    suspended: bool | None = None
    tier: Tier | None = None
    keeps_tier: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """An organisation that is to be, and the address of whoever is to own it."""

    name: str
    owner_email: str
    tier: Tier | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An organisation in which one may act."""

    tenant_id: UUID
    tenant_name: str
    user_id: UUID
    role: str


def acting_in(scope: Scope, tenant_id: UUID) -> Scope:
    """Whoever operates the installation, at work on an organisation: themselves, with no key and no team there."""
    if tenant_id == scope.tenant_id:
        return scope
    return replace(scope, tenant_id=tenant_id, key_id=None, session_id=None, team_ids=(), makers=())
