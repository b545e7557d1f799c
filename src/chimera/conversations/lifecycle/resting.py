"""What becomes of conversations by themselves: one schedule finds whose are due, one job an organisation does it."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from chimera.conversations.bus import CHANGE_NOTE, TURN_NOTE, EventBus, room_topic
from chimera.conversations.keeping.holding import Bound, Holds
from chimera.conversations.keeping.rests import AllRests, Rests
from chimera.conversations.lifecycle.repository import RestingConversations
from chimera.conversations.lifecycle.retiring import Retiring
from chimera.conversations.lifecycle.summing_up import order_for
from chimera.conversations.states import ConversationState
from chimera.jobs.job import Order
from chimera.jobs.service import Jobs, Lease, Schedule, WorkKind
from chimera.kit.scope import Scope
from chimera.policies.policy import Policy
from chimera.policies.sections.retention import LifecyclePolicy
from chimera.store import Database, Transaction
from chimera.store.moments import Now, shared_now

log = structlog.get_logger()

KIND: Final = "conversations.rest"
EVERY: Final = timedelta(minutes=5)
LOOKED_AGAIN: Final = timedelta(hours=1)
"""So long a change of the policy may take to hold, and a clock must be steady before anything is deleted."""
_LATE: Final = 3 * LOOKED_AGAIN
_AT_ONCE: Final = 500
_ACTIVE: Final = (ConversationState.ACTIVE,)
_AWAKE: Final = (ConversationState.ACTIVE, ConversationState.PAUSED)
_WORDED: Final = (*_AWAKE, ConversationState.COMPLETED)
_UNHELD: Final = Bound()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resting:
    """Replicas may do this at once: of each organisation one does.

    Attributes:
        policy: Of the scope's organisation.
        lot: So many conversations rest in one transaction.
    """

    database: Database
    jobs: Jobs
    bus: EventBus
    policy: Callable[[Scope], Awaitable[Policy]]
    holds: Holds
    retiring: Retiring
    lot: int = 200
    now: Now = shared_now

    @property
    def work(self) -> WorkKind:
        return WorkKind(name=KIND, handle=self.rest, at_once=2, of_tenant=1)

    @property
    def schedule(self) -> Schedule:
        return Schedule(name=KIND, every=EVERY, plan=self.plan)

    async def plan(self) -> int:
        """Put a job for each organisation of which something is due; tell of how many."""
        planned, after = 0, None
        while True:
            async with self.database.system_reading() as tx:
                found = await AllRests(tx).due(await self.now(tx), after=after, limit=_AT_ONCE)
            for tenant_id in found:
                scope = Scope(tenant_id=tenant_id, actor_id=tenant_id, permissions=frozenset())
                async with self.database.transaction(scope) as tx:
                    planned += await self.jobs.ensure(tx, scope, Order(kind=KIND, key=KIND))
            if len(found) < _AT_ONCE:
                break
            after = found[-1]
        if planned:
            await self.jobs.wake()
        return planned

    async def rest(self, lease: Lease) -> None:
        """Let all of one organisation become what is due."""
        policy = (await self.policy(lease.scope)).lifecycle
        async with self.database.reading(lease.scope) as tx:
            now = await self.now(tx)
        if policy.enabled:
            paused = await self._all(lease, _ACTIVE, ConversationState.PAUSED, now - _pause(policy))
            completed = 0
            if policy.complete_days is not None:
                before = now - timedelta(days=policy.complete_days)
                completed = await self._all(lease, _AWAKE, ConversationState.COMPLETED, before)
            retired = await self._retire(lease, policy, now)
            if paused or completed or retired:
                counts = {"paused": paused, "completed": completed, "retired": retired}
                log.info("conversations.rested", tenant=str(lease.scope.tenant_id), **counts)
        await self._finish(lease, policy)

    async def _all(
        self, lease: Lease, states: Collection[ConversationState], state: ConversationState, before: datetime
    ) -> int:
        """Let all that were quiet since before be in a state, in lots; tell how many."""
        total, last = 0, self.lot
        while last == self.lot:
            async with lease.held() as tx:
                resting = RestingConversations(tx, lease.scope)
                ids = await resting.quiet(states, before, bound=_UNHELD, limit=self.lot)
                if ids:
                    await resting.enter(state, ids, await self.now(tx))
                if state is ConversationState.PAUSED:
                    await self._order_summaries(tx, lease.scope, ids)
            last = len(ids)
            total += last
            for one in ids:
                for note in (TURN_NOTE, CHANGE_NOTE):
                    await self.bus.publish(room_topic(one), note)
        return total

    async def _order_summaries(self, tx: Transaction, scope: Scope, ids: Sequence[UUID]) -> None:
        """Of those that have none, each on behalf of who owns it."""
        for one, owner_id in await RestingConversations(tx, scope).unsummed(ids):
            owner = Scope(tenant_id=scope.tenant_id, actor_id=owner_id, permissions=frozenset())
            await self.jobs.ensure(tx, owner, order_for(one))

    async def _retire(self, lease: Lease, policy: LifecyclePolicy, now: datetime) -> int:
        """Delete words, also of what was begun before; nothing before the clock was seen to be steady."""
        if policy.retire_days is None or not await self._is_steady(lease.scope, now):
            return 0
        before, retired = now - timedelta(days=policy.retire_days), 0
        while True:
            closed = await self.retiring.close(lease, before, now)
            retired += await self.retiring.empty(lease)
            if closed < self.retiring.conversations:
                return retired

    async def _is_steady(self, scope: Scope, now: datetime) -> bool:
        async with self.database.reading(scope) as tx:
            row = await Rests(tx, scope).get(scope.tenant_id)
        if row is None or row.looked_at is None or row.steady_since is None:
            return False
        return row.looked_at <= now <= row.looked_at + _LATE and now - row.steady_since >= LOOKED_AGAIN

    async def _finish(self, lease: Lease, policy: LifecyclePolicy) -> None:
        """Be done, and say when to look again: no sooner than something is due, and before long in any case."""
        async with lease.last() as tx:
            row = await Rests(tx, lease.scope).locked()
            if row is None:
                return
            now = await self.now(tx)
            if row.looked_at is None or not row.looked_at <= now <= row.looked_at + _LATE:
                row.steady_since = now
            due_at = await self._next(tx, lease.scope, policy) if policy.enabled else None
            latest = now + LOOKED_AGAIN
            # What is due and was left, is held, spoken in, or waits for a steady clock.
            row.due_at = latest if due_at is None or due_at <= now else min(due_at, latest)
            row.looked_at = now

    async def _next(self, tx: Transaction, scope: Scope, policy: LifecyclePolicy) -> datetime | None:
        """When the next conversation is due that is not held."""
        resting, bound = RestingConversations(tx, scope), await self.holds.bound(tx, scope)
        terms: list[tuple[Collection[ConversationState], timedelta, Bound]] = [(_ACTIVE, _pause(policy), _UNHELD)]
        if policy.complete_days is not None:
            terms.append((_AWAKE, timedelta(days=policy.complete_days), _UNHELD))
        if policy.retire_days is not None and not bound.everything:
            terms.append((_WORDED, timedelta(days=policy.retire_days), bound))
        quietest = [(await resting.quietest(states, held), after) for states, after, held in terms]
        return min((since + after for since, after in quietest if since is not None), default=None)


def _pause(policy: LifecyclePolicy) -> timedelta:
    return timedelta(minutes=policy.pause_minutes)
