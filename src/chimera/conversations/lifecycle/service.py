"""What people see of the life of their conversations, and do about it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from chimera.conversations.bus import CHANGE_NOTE, TURN_NOTE, EventBus, room_topic, tell_person
from chimera.conversations.keeping.holding import Holds
from chimera.conversations.keeping.waking import check_not_retired
from chimera.conversations.lifecycle.repository import Retired
from chimera.conversations.lifecycle.tables import RetiredRow
from chimera.conversations.repository import KeptConversations, KeptTurns
from chimera.conversations.states import ConversationState
from chimera.conversations.tables import ConversationRow
from chimera.kit.scope import Scope
from chimera.policies.policy import Policy
from chimera.policies.sections.retention import LifecyclePolicy
from chimera.store import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """Where a conversation stands.

    Attributes:
        held: Whether a legal hold keeps it.
        pauses_at: Not before; `None` where it never does, or did already. So the next two.
        retired: What is left of it.
    """

    row: ConversationRow
    held: bool
    pauses_at: datetime | None
    completes_at: datetime | None
    retires_at: datetime | None
    retired: RetiredRow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lives:
    """Every method raises ConversationNotFoundError for a conversation that is not there or is another's."""

    database: Database
    bus: EventBus
    policy: Callable[[Scope], Awaitable[Policy]]
    holds: Holds
    clock: Callable[[], datetime]

    async def of(self, scope: Scope, id: UUID) -> Life:
        """Where it stands, and what will become of it."""
        async with self.database.reading(scope) as tx:
            row = await KeptConversations(tx, scope).found(id)
        return await self.of_row(scope, row)

    async def of_row(self, scope: Scope, row: ConversationRow) -> Life:
        """As `of`, of one that was looked up before."""
        policy = (await self.policy(scope)).lifecycle
        async with self.database.reading(scope) as tx:
            held = (await self.holds.bound(tx, scope)).binds(row)
            retired = await Retired(tx, scope).get(row.id)
        return _life(row, policy, held=held, retired=retired)

    async def complete(self, scope: Scope, id: UUID) -> Life:
        """Let it be completed, until something is said in it again.

        Raises:
            ConversationRetiredError: if its words were deleted.
            TurnInProgressError: if an answer is being written.
        """
        async with self.database.transaction(scope) as tx:
            row = await KeptConversations(tx, scope).locked(id)
            check_not_retired(row)
            await KeptTurns(tx, scope).check_idle(id)
            if row.state != ConversationState.COMPLETED:
                row.state, row.state_since = ConversationState.COMPLETED.value, self.clock()
        for note in (TURN_NOTE, CHANGE_NOTE):
            await self.bus.publish(room_topic(id), note)
        await tell_person(self.bus, scope, id)
        return await self.of(scope, id)


def _life(row: ConversationRow, policy: LifecyclePolicy, *, held: bool, retired: RetiredRow | None) -> Life:
    state = ConversationState(row.state)
    is_awake = state in {ConversationState.ACTIVE, ConversationState.PAUSED}

    def after(wait: timedelta | None, *, applies: bool) -> datetime | None:
        return row.quiet_since + wait if wait is not None and applies and policy.enabled else None

    return Life(
        row=row,
        held=held,
        pauses_at=after(timedelta(minutes=policy.pause_minutes), applies=state is ConversationState.ACTIVE),
        completes_at=after(_days(policy.complete_days), applies=is_awake),
        retires_at=after(_days(policy.retire_days), applies=state is not ConversationState.RETIRED and not held),
        retired=retired,
    )


def _days(days: int | None) -> timedelta | None:
    return None if days is None else timedelta(days=days)
