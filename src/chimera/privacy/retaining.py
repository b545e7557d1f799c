"""Retention: what is older than the organisation's policy says is erased in rounds, in lots, unless a hold stands."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from chimera.audit.cutting import Cutter
from chimera.batches.personal import AGEING as BATCHES
from chimera.conversations.keeping.holding import Bound, Holds, checked
from chimera.conversations.personal import AGEING as CONVERSATIONS
from chimera.conversations.remembering.personal import AGEING as MEMORIES
from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.policies.policy import Policy
from chimera.privacy.holding import StandingHolds
from chimera.privacy.repository import KeptHolds
from chimera.responses.personal import AGEING as RESPONSES
from chimera.store import Database
from chimera.store.ageing import AgedRows, Ageing
from chimera.tenancy.organisations.everybody import tenant_ids
from chimera.tenancy.permissions import PRIVACY_MANAGE, require
from chimera.webhooks.personal import AGEING as WEBHOOKS

log = structlog.get_logger()

KINDS: Final = (*CONVERSATIONS, *MEMORIES, *RESPONSES, *BATCHES, *WEBHOOKS)
TRAIL: Final = "audit"
_LOT: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """How many rows of a kind are too old.

    Attributes:
        days: `None`: none ever is.
    """

    days: int | None
    rows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Replicas may do this at once: each lot is one transaction.

    Attributes:
        policy: Of the scope's organisation.
    """

    database: Database
    trail: Cutter
    policy: Callable[[Scope], Awaitable[Policy]]
    lot: int = _LOT
    holds: Holds = field(default_factory=StandingHolds)
    now: Callable[[], datetime] = utc_now

    async def preview(self, scope: Scope) -> tuple[bool, Mapping[str, Due]]:
        """Whether nothing may be erased, and what else would be. Raises PermissionDeniedError."""
        require(scope, PRIVACY_MANAGE)
        policy, due = await self.policy(scope), dict[str, Due]()
        async with self.database.reading(scope) as tx:
            bound = await KeptHolds(tx, scope).bound()
            for one in KINDS:
                days = _days(policy, one)
                rows = 0
                if days is not None and not bound.everything:
                    rows = await AgedRows(tx, scope, one, *_kept(one, bound)).count(self._before(days))
                due[one.kind] = Due(days=days, rows=rows)
        days = policy.retention.audit_days
        old = 0 if days is None or _any(bound) else await self.trail.count(scope, self._before(days))
        due[TRAIL] = Due(days=days, rows=old)
        return bound.everything, due

    async def round(self) -> int:
        """Erase what is too old, of every organisation; tell how many rows."""
        erased = 0
        for tenant_id in await tenant_ids(self.database):
            scope = Scope(tenant_id=tenant_id, actor_id=tenant_id, permissions=frozenset())
            policy = await self.policy(scope)
            for one in KINDS:
                days = _days(policy, one)
                if days is not None:
                    erased += await self._erase(scope, one, days)
            if (days := policy.retention.audit_days) is not None:
                erased += await self._cut(scope, days)
        return erased

    async def _cut(self, scope: Scope, days: int) -> int:
        """The trail tells of everybody: while anybody is held, nothing of it goes."""
        async with self.database.reading(scope) as tx:
            bound = await KeptHolds(tx, scope).bound()
        return 0 if _any(bound) else await self.trail.cut(scope, self._before(days))

    async def _erase(self, scope: Scope, one: Ageing, days: int) -> int:
        total, last = 0, self.lot
        while last == self.lot:
            async with self.database.transaction(scope) as tx:
                bound = await checked(tx, scope, self.holds)
                if bound.everything:
                    return total
                last = await AgedRows(tx, scope, one, *_kept(one, bound)).erase(self._before(days), limit=self.lot)
            total += last
        if total:
            log.info("retention.erased", tenant=str(scope.tenant_id), kind=one.kind, rows=total)
        return total

    def _before(self, days: int) -> datetime:
        return self.now() - timedelta(days=days)


def _any(bound: Bound) -> bool:
    return bool(bound.everything or bound.people or bound.conversations)


def _kept(one: Ageing, bound: Bound) -> tuple[Collection[UUID], Collection[UUID]]:
    """People whose rows stay, and rows that do."""
    return bound.people, bound.conversations if one in CONVERSATIONS else ()


def _days(policy: Policy, one: Ageing) -> int | None:
    days: int | None = getattr(policy.retention, f"{one.kind}_days")
    return days
