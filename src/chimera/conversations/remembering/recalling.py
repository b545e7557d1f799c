"""What is remembered of people, held ready for their next question, and never longer than it is kept."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from importlib import import_module
from typing import Final, TypeAlias
from uuid import UUID

import structlog

from chimera.conversations.context import Remembered
from chimera.conversations.memory.fact import Fact
from chimera.conversations.memory.recall import Recollection, Stacked
from chimera.conversations.remembering.encoding import fact_of
from chimera.conversations.remembering.repository import ExceptedConversations, KeptMemories, KeptSettings
from chimera.conversations.remembering.settings import PolicyOf, standing_of
from chimera.kit.errors import AppError
from chimera.kit.scope import Scope
from chimera.store import Database

log = structlog.get_logger()

Person: TypeAlias = tuple[UUID, UUID]

_LOT: Final = 500
_MEANT_AT_ONCE: Final = 64
_MOST_PEOPLE: Final = 500
_MOST_FACTS: Final = 50_000


@dataclass(slots=True)
class _Held:
    """What is held ready of a person; whoever looks through it or brings it up to date holds its lock.

    Attributes:
        ids: Of all that is kept, also what holds no longer.
    """

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    known: Recollection = field(default_factory=Recollection)
    ids: set[UUID] = field(default_factory=set[UUID])


@dataclass(slots=True, kw_only=True)
class Recalling:
    """Asks the database before every use what changed, so that what was forgotten anywhere is shown nowhere.

    Attributes:
        of_question: The vector of a question; empty where nobody can tell in time.
        of_facts: The vectors of facts, however long that takes; `None` where there are none.
        spawn: Runs what nobody waits for.
    """

    database: Database
    policy: PolicyOf
    clock: Callable[[], datetime]
    of_question: Callable[[str], Awaitable[bytes]]
    of_facts: Callable[[Sequence[str]], Awaitable[list[bytes] | None]]
    spawn: Callable[[Coroutine[None, None, None]], "asyncio.Task[None]"]
    _held: OrderedDict[Person, _Held] = field(default_factory=OrderedDict[Person, _Held])
    _learning: dict[Person, "asyncio.Task[None]"] = field(default_factory=dict[Person, "asyncio.Task[None]"])
    _stacked: Stacked | None = None

    async def recall(self, scope: Scope, conversation_id: UUID, question: str) -> list[Remembered]:
        """What matters to a question of the caller in a conversation, the weightiest first."""
        policy = (await self.policy(scope)).memory
        if policy.mode == "off":
            return []
        async with self.database.reading(scope) as tx:
            standing = await standing_of(tx, scope, policy)
            if not standing.enabled or await ExceptedConversations(tx, scope).is_excepted(conversation_id):
                return []
        now = self.clock()
        matching = await self.matching(scope, question)
        held = self._held.get((scope.tenant_id, scope.actor_id))
        standing_facts = held.known.standing(now) if held else []
        chosen = {fact.id: fact for fact in (*standing_facts, *matching)}
        return [Remembered(id=one.id, text=one.statement, at=one.said_at) for one in chosen.values()]

    async def matching(self, scope: Scope, question: str) -> list[Fact]:
        """Of all that is remembered of the caller and holds now, what matters to a question."""
        held = self._of((scope.tenant_id, scope.actor_id))
        async with held.lock:
            await self._bring_up_to_date(scope, held)
            if not held.known.facts:
                return []
            self._foresee(scope, held.known)
            vector = await self.of_question(question)
            look = partial(held.known.matching, question, vector, now=self.clock(), stacked=self._stacked)
            return await asyncio.to_thread(look)

    async def settled(self) -> None:
        """Wait until all vectors are made that were begun."""
        if self._learning:
            await asyncio.wait(tuple(self._learning.values()))

    def _of(self, person: Person) -> _Held:
        held = self._held.setdefault(person, _Held())
        self._held.move_to_end(person)
        facts = sum(len(one.known.facts) for one in self._held.values())
        while len(self._held) > 1 and (len(self._held) > _MOST_PEOPLE or facts > _MOST_FACTS):
            _, gone = self._held.popitem(last=False)
            facts -= len(gone.known.facts)
        return held

    async def _bring_up_to_date(self, scope: Scope, held: _Held) -> None:
        now = self.clock()
        async with self.database.reading(scope) as tx:
            settings = await KeptSettings(tx, scope).own()
            if settings is None or settings.mark is None:
                held.known, held.ids = Recollection(), set()
                return
            memories = KeptMemories(tx, scope)
            if settings.revision != held.known.revision:
                held.ids |= await _read(memories, held.known, now)
                held.known.revision = settings.revision
            # What is deleted leaves no number: it may have gone with its person's account, or by its age.
            if len(held.ids) != await memories.count():
                kept = await memories.ids()
                held.known.drop(held.ids - kept)
                held.ids = kept

    def _foresee(self, scope: Scope, known: Recollection) -> None:
        """Begin to make the vectors that are missing; the next question profits."""
        person = (scope.tenant_id, scope.actor_id)
        missing = [one for one in known.facts.values() if one.vector is None][:_MEANT_AT_ONCE]
        if (missing or self._stacked is None) and person not in self._learning:
            task = self.spawn(self._learn(scope, missing))
            self._learning[person] = task
            task.add_done_callback(lambda _: self._learning.pop(person, None))

    async def _learn(self, scope: Scope, missing: Sequence[Fact]) -> None:
        try:
            vectors = await self.of_facts([one.statement for one in missing])
            if vectors is None:
                return
            if self._stacked is None:
                self._stacked = (await asyncio.to_thread(import_module, "chimera.conversations.memory.vectors")).Stack
            if not missing:
                return
            async with self.database.transaction(scope) as tx:
                revision = await KeptSettings(tx, scope).changing_what_is_kept()
                for fact, vector in zip(missing, vectors, strict=True):
                    await KeptMemories(tx, scope).mean(fact.id, fact.statement, vector, revision=revision)
        except AppError as error:
            log.warning("memory.vectors_not_kept", code=error.code)


async def _read(memories: KeptMemories, known: Recollection, now: datetime) -> set[UUID]:
    """Bring what is known up to date; tell which facts were read."""
    after: UUID | None = None
    read: set[UUID] = set()
    while rows := await memories.changed_since(known.revision, after=after, limit=_LOT):
        facts = [fact_of(row) for row in rows]
        known.drop(one.id for one in facts if not one.holds_at(now))
        known.put(one for one in facts if one.holds_at(now))
        after = rows[-1].id
        read |= {one.id for one in rows}
        await asyncio.sleep(0)  # opening thousands of facts must hold nobody up
    return read
