"""Policies read from memory, and changed in the database."""

import json
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from uuid import UUID

import structlog
from pydantic import BaseModel, ValidationError

from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.policies.policy import DEFAULT, SECTIONS, Policy
from chimera.policies.repository import KeptPolicies
from chimera.policies.sections.limits import LimitsPolicy, Tier
from chimera.policies.tables import PolicyRow
from chimera.policies.tiers import check_within, within
from chimera.store import Database, DatabaseUnavailableError, Transaction
from chimera.store.recording import Recorder, Unrecorded

log = structlog.get_logger()

RECHECK_S = 5.0
_MOST_KNOWN = 10_000
_VERSION_LETTERS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSection:
    """A section, and who set it when.

    Attributes:
        version: Of what holds: alike wherever the same holds, and another when any member is another.
        updated_at: `None` where nobody set it; so is the next.
    """

    policy: BaseModel
    version: str
    updated_at: datetime | None
    updated_by: UUID | None


async def _no_tier(tx: Transaction, scope: Scope) -> Tier | None:
    return None


@dataclass(slots=True)
class _Known:
    policy: Policy
    until: float


@dataclass(slots=True, kw_only=True)
class Policies:
    """The policy of each organisation.

    One is looked up again after `recheck_s`, by one caller while others go on with what is known; so long a change made
    on another replica may take to hold here. While the database cannot be asked, what was known last holds on.

    Attributes:
        tier_of: The tier that the operator gave the caller's organisation, read in its own transaction; `None` where
            none was given: then `default_tier` is.
    """

    database: Database
    recorder: Recorder = field(default_factory=Unrecorded)
    tier_of: Callable[[Transaction, Scope], Awaitable[Tier | None]] = _no_tier
    default_tier: Tier = "unlimited"
    clock: Callable[[], datetime] = utc_now
    monotonic: Callable[[], float] = time.monotonic
    recheck_s: float = RECHECK_S
    _known: OrderedDict[UUID, _Known] = field(default_factory=OrderedDict[UUID, _Known])
    _changes: int = 0

    async def of(self, scope: Scope) -> Policy:
        """The policy that holds for the caller.

        Raises:
            DatabaseUnavailableError: if it was never read and cannot be read now.
        """
        known, now = self._known.get(scope.tenant_id), self.monotonic()
        if known is not None and now < known.until:
            return known.policy
        if known is not None:
            known.until = now + self.recheck_s
        try:
            return await self._read(scope)
        except DatabaseUnavailableError as error:
            if known is None:
                raise
            log.warning("policies.not_renewed", code=error.code)
            return known.policy

    async def section(self, scope: Scope, name: str) -> KeptSection:
        """One section as the database has it now, and not as this replica knew it a moment ago."""
        async with self.database.reading(scope) as tx:
            row = await KeptPolicies(tx, scope).one(name)
            policy = await self._bounded(tx, scope, _of([] if row is None else [row]))
        body = getattr(policy, name)
        said = json.dumps(body.model_dump(mode="json"), sort_keys=True)
        return KeptSection(
            policy=body,
            version=sha256(said.encode()).hexdigest()[:_VERSION_LETTERS],
            updated_at=row.updated_at if row else None,
            updated_by=row.updated_by if row else None,
        )

    async def change(self, scope: Scope, section: str, body: BaseModel) -> Policy:
        """Set a section; what `body` leaves out goes back to its default.

        Raises:
            TierNotYoursError: if these are limits wider than the operator's.
        """
        return await self.configure(scope, {section: body})

    async def reset(self, scope: Scope, section: str) -> Policy:
        """Let the defaults of a section hold again."""
        return await self.configure(scope, {section: None})

    async def configure(self, scope: Scope, sections: Mapping[str, BaseModel | None]) -> Policy:
        """Set several sections, or let the defaults of some hold again (`None`): all of it, or nothing.

        Raises:
            TierNotYoursError: if there are limits wider than the operator's.
        """
        async with self.database.transaction(scope) as tx:
            acts = [await self._write(tx, scope, name, body) for name, body in sections.items()]
            await tx.flush()
            for act in acts:
                await self.recorder.record(tx, scope, act)
        return await self._changed(scope)

    async def _write(self, tx: Transaction, scope: Scope, section: str, body: BaseModel | None) -> Act:
        kept, now = KeptPolicies(tx, scope), self.clock()
        if body is None:
            await kept.forget(section)
            return _act("policy.reset", section)
        if isinstance(body, LimitsPolicy):
            check_within(body, await self.tier_of(tx, scope) or self.default_tier)
        said = body.model_dump(mode="json", exclude_unset=True)
        fresh = PolicyRow(section=section, body=said, updated_at=now, updated_by=scope.actor_id)
        row = await kept.of(section)
        if row is None and not await kept.add_if_absent(fresh):
            row = await kept.of(section)  # of somebody who was a moment quicker
        if row is not None:
            row.body, row.updated_at, row.updated_by = said, now, scope.actor_id
        return _act("policy.changed", section, ", ".join(sorted(said)))

    async def _bounded(self, tx: Transaction, scope: Scope, policy: Policy) -> Policy:
        given = await self.tier_of(tx, scope)
        limits = within(policy.limits, given or self.default_tier)
        if given is not None and limits.tier == "default":
            limits = limits.model_copy(update={"tier": given})
        return policy if limits is policy.limits else policy.model_copy(update={"limits": limits})

    async def _changed(self, scope: Scope) -> Policy:
        self._changes += 1
        return await self._read(scope)

    async def _read(self, scope: Scope) -> Policy:
        changes, asked = self._changes, self.monotonic()
        async with self.database.reading(scope) as tx:
            policy = await self._bounded(tx, scope, _of(await KeptPolicies(tx, scope).all()))
        if changes == self._changes:  # else what was read may be older than what was just set
            self._known[scope.tenant_id] = _Known(policy, asked + self.recheck_s)
            if len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)
        return policy


def _act(name: str, section: str, members: str = "") -> Act:
    """Which members were set, not to what: there may be texts of the organisation's own among them."""
    return Act(name=name, target_kind="policy", target_id=section, details={"members": members} if members else {})


def _of(rows: Sequence[PolicyRow]) -> Policy:
    """What the rows say. What this version cannot read, another one wrote: it counts as not set."""
    sections: dict[str, object] = {}
    for row in rows:
        if row.section not in SECTIONS:
            continue
        try:
            sections[row.section] = type(getattr(DEFAULT, row.section)).model_validate(row.body)
        except ValidationError:
            log.warning("policies.unreadable", section=row.section, tenant=str(row.tenant_id))
    return DEFAULT.model_copy(update=sections)
