"""Whoever operates the server's own command line: no user of any organisation, and above all of them."""

from uuid import UUID

from chimera.kit.scope import Scope
from chimera.tenancy.permissions import KNOWN


def by_hand(tenant_id: UUID) -> Scope:
    """Their scope in an organisation. The trail tells them by the organisation's own id, which no user has."""
    return Scope(tenant_id=tenant_id, actor_id=tenant_id, permissions=KNOWN)


def is_by_hand(tenant_id: UUID, actor_id: UUID) -> bool:
    return actor_id == tenant_id
