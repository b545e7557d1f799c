"""On whose behalf something happens."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Proof that a request was authenticated, and for whom.

    Every repository and every gateway call takes one; there is no default and no global, and only
    `tenancy` makes them.
    """

    tenant_id: UUID
    actor_id: UUID
    permissions: frozenset[str]
