"""Conversations that rest: on a real database, with a clock that the test moves, and holds that it places."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from tests.jobs.house import House as JobHouse

from chimera.adapters.event_buses.memory import MemoryBus
from chimera.conversations.encoding import encode_parts
from chimera.conversations.keeping.holding import Bound, Holds, NoHolds
from chimera.conversations.lifecycle.repository import RestingConversations, Retired
from chimera.conversations.lifecycle.resting import Resting
from chimera.conversations.lifecycle.retiring import Retiring
from chimera.conversations.lifecycle.summing_up import SummingUp
from chimera.conversations.lifecycle.tables import RetiredRow
from chimera.conversations.repository import KeptConversations, KeptMessages
from chimera.conversations.service import Summaries
from chimera.conversations.states import ConversationState, MessageStatus
from chimera.conversations.tables import ConversationRow, MessageRow
from chimera.jobs.service import JobWorkers
from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Text
from chimera.policies.policy import DEFAULT, Policy
from chimera.policies.sections.retention import LifecyclePolicy
from chimera.store import Database, Transaction
from chimera.store.recording import Recorder, Unrecorded


@dataclass(slots=True)
class Kept:
    """Holds that a test places at will."""

    now: Bound = field(default_factory=Bound)

    async def bound(self, tx: Transaction, scope: Scope) -> Bound:
        return self.now


@dataclass(slots=True, kw_only=True)
class House:
    database: Database
    policy: LifecyclePolicy = field(default_factory=LifecyclePolicy)
    holds: Holds = field(default_factory=NoHolds)
    recorder: Recorder = field(default_factory=Unrecorded)
    bus: MemoryBus = field(default_factory=MemoryBus)
    lot: int = 3
    summaries: Summaries | None = None
    jobs: JobHouse = field(init=False)

    def __post_init__(self) -> None:
        self.jobs = JobHouse(database=self.database, bus=self.bus)
        self.jobs.moment = utc_now()  # rows are stamped by the true one
        resting = self.resting
        self.jobs.kinds = (resting.work, self.summing_up.work)
        self.jobs.schedules = (resting.schedule,)

    @property
    def summing_up(self) -> SummingUp:
        async def acting(scope: Scope) -> Scope:
            return scope

        return SummingUp(database=self.database, summaries=self.summaries, acting=acting)

    @property
    def resting(self) -> Resting:
        async def policy(_scope: Scope) -> Policy:
            return DEFAULT.model_copy(update={"lifecycle": self.policy})

        return Resting(
            database=self.database,
            jobs=self.jobs.jobs,
            bus=self.bus,
            policy=policy,
            holds=self.holds,
            retiring=Retiring(holds=self.holds, recorder=self.recorder, conversations=self.lot, messages=self.lot),
            lot=self.lot,
            now=self.jobs.now,
        )

    async def said(self, scope: Scope, *, days: float = 0, messages: int = 2, owner: UUID | None = None) -> UUID:
        """A conversation that is quiet for so many days, with a question and an answer and so on."""
        quiet = self.jobs.moment - timedelta(days=days)
        whose = Scope(tenant_id=scope.tenant_id, actor_id=owner or scope.actor_id, permissions=scope.permissions)
        row = ConversationRow(id=new_id(), owner_id=whose.actor_id, title="Skies", system_prompt="Be brief.")
        row.updated_at = row.quiet_since = row.state_since = quiet
        async with self.database.transaction(whose) as tx:
            await KeptConversations(tx, whose).add(row)
            for number in range(messages):
                is_answer = bool(number % 2)
                said = MessageRow(
                    id=new_id(),
                    conversation_id=row.id,
                    parent_id=row.leaf_id,
                    turn_id=new_id(),
                    role="assistant" if is_answer else "user",
                    parts=encode_parts((Text(text=f"word {number}"),)),
                    status=MessageStatus.COMPLETE.value,
                    model="test/model" if is_answer else None,
                    input_tokens=7 if is_answer else None,
                    output_tokens=3 if is_answer else None,
                    cost_nusd=11 if is_answer else None,
                )
                await KeptMessages(tx, whose).add(said)
                row.leaf_id = said.id
        return row.id

    async def look(self, workers: JobWorkers | None = None) -> None:
        """Let the schedule look, and what it finds be done."""
        workers = workers or self.jobs.workers()
        await workers.scheduler.look()
        await self.jobs.work(workers)

    async def look_for(self, hours: int) -> None:
        """Let time pass, with a look each hour."""
        for _ in range(hours):
            self.jobs.pass_time(hours=1)
            await self.look()

    async def rows(self, scope: Scope) -> Sequence[ConversationRow]:
        async with self.database.reading(scope) as tx:
            query = RestingConversations(tx, scope).mine().order_by(ConversationRow.id)
            return list(await tx.scalars(query))

    async def states(self, scope: Scope) -> list[ConversationState]:
        return [ConversationState(row.state) for row in await self.rows(scope)]

    async def words(self, scope: Scope, id: UUID) -> int:
        async with self.database.reading(scope) as tx:
            messages = KeptMessages(tx, scope)
            return await messages.count(messages.mine().where(MessageRow.conversation_id == id))

    async def left(self, scope: Scope, id: UUID) -> RetiredRow | None:
        async with self.database.reading(scope) as tx:
            return await Retired(tx, scope).get(id)
