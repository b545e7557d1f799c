"""Messages that were noted are looked at beside the turns, each by one replica, until it is known what they say."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from chimera.conversations.encoding import decode_parts
from chimera.conversations.memory.explicit import explicitly
from chimera.conversations.memory.extraction import UnreadableError, learned_from, question
from chimera.conversations.memory.fact import Fact, Learned, Learning
from chimera.conversations.memory.own_words import own_words
from chimera.conversations.memory.withheld import withheld
from chimera.conversations.remembering.repository import (
    DueTasks,
    ExceptedConversations,
    KeptMemories,
    KeptTasks,
    Leased,
)
from chimera.conversations.remembering.settings import PolicyOf, standing_of
from chimera.conversations.remembering.writing import NOTHING, Said, keep_learned, known_of
from chimera.conversations.repository import KeptMessages
from chimera.gateway.call import Handler, Origin, new_call
from chimera.gateway.deadline import armed
from chimera.kit.errors import AppError, Kind
from chimera.kit.rounds import rounds
from chimera.kit.scope import Scope
from chimera.llm import Text, fold
from chimera.store import Database

log = structlog.get_logger()

FEATURE: Final = "memory"
_EVERY_S: Final = 2.0
_AT_ONCE: Final = 8
_PATIENCE_S: Final = 60.0
_LEASE: Final = timedelta(seconds=3 * _PATIENCE_S)
_FIRST_PAUSE: Final = timedelta(seconds=30)
_LONGEST_PAUSE: Final = timedelta(hours=6)
_GIVEN_UP_AFTER: Final = timedelta(days=30)
_MOST_UNREADABLE: Final = 3
_TOPICS: Final = 40
# What another model, another budget or another day may mend. Refusals for good leave what can be found without a model.
_PASSING: Final = frozenset({Kind.UNAVAILABLE, Kind.TIMEOUT, Kind.RATE_LIMITED, Kind.EXHAUSTED, Kind.INTERNAL})


class _LaterError(Exception):
    """Nobody can tell now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """Runs on every replica.

    Attributes:
        model: Who is asked what is to be learned; without one only what is said in so many words is.
        acting: What somebody who is not there may do now; `None`: they or their key were shut out.
    """

    database: Database
    gateway: Handler
    model: str | None
    policy: PolicyOf
    acting: Callable[[Scope], Awaitable[Scope | None]]
    clock: Callable[[], datetime]
    every_s: float = _EVERY_S

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        await rounds(self.all_due, every_s=self.every_s, named="memories")

    async def all_due(self) -> int:
        """Look at all that is due; tell how many messages these were."""
        total = 0
        while looked := await self.round():
            total += looked
        return total

    async def round(self) -> int:
        """Look at some messages that are due; tell how many."""
        now = self.clock()
        async with self.database.system_reading() as tx:
            if not await DueTasks(tx).are_due(now):
                return 0
        async with self.database.system_transaction() as tx:
            tasks = await DueTasks(tx).lease(now=now, until=now + _LEASE, limit=_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for task in tasks:
                group.create_task(self._attend_to(task))
        return len(tasks)

    async def _attend_to(self, task: Leased) -> None:
        scope = _scope_of(task)
        try:
            await self._look(task, scope)
        except _LaterError:
            await self._put_off(task, scope)
        except AppError as error:
            if error.kind is not Kind.UNAVAILABLE:
                log.exception("memory.not_learned", message_id=str(task.message_id))
            # Its lease runs out.
        except Exception:  # one message must not keep the others from being looked at
            log.exception("memory.not_learned", message_id=str(task.message_id))

    async def _look(self, task: Leased, scope: Scope) -> None:
        acting = await self.acting(scope)
        own, learning, topics = await self._own_words(task, scope)
        learned: Sequence[Learned] = ()
        if acting is not None and own:
            learned = await self._learned(task, acting, own, topics) if learning is Learning.ALL else explicitly(own)
        known = await known_of(self.database, scope) if learned else NOTHING
        said = Said(message_id=task.message_id, conversation_id=task.conversation_id, at=task.said_at)
        async with self.database.transaction(scope) as tx:
            tasks = KeptTasks(tx, scope)
            if await tasks.held(task.message_id, fence=task.fence):
                await tasks.done(task.message_id)
                await keep_learned(tx, scope, learned, said, known)

    async def _own_words(self, task: Leased, scope: Scope) -> tuple[str, Learning, list[tuple[str, str]]]:
        """What the person themself said, if it may be looked at still, and of what they spoke before."""
        policy = (await self.policy(scope)).memory
        async with self.database.reading(scope) as tx:
            standing = await standing_of(tx, scope, policy)
            excepted = await ExceptedConversations(tx, scope).is_excepted(task.conversation_id)
            message = await KeptMessages(tx, scope).get(task.message_id)
            if message is None or excepted or not standing.learns or message.role != "user":
                return "", Learning.NOTHING, []
            known = await KeptMemories(tx, scope).latest(_TOPICS)
        text = "\n".join(part.text for part in decode_parts(message.parts) if isinstance(part, Text))
        return _told(own_words(text)), standing.learning, _topics(known)

    async def _learned(
        self, task: Leased, scope: Scope, own: str, topics: Sequence[tuple[str, str]]
    ) -> Sequence[Learned]:
        """Raises _LaterError."""
        if self.model is None:
            return explicitly(own)
        origin = Origin(feature=FEATURE, conversation_id=task.conversation_id)
        call = new_call(scope, question(self.model, own, topics), patience_s=_PATIENCE_S, origin=origin)
        try:
            async with armed(call), aclosing(self.gateway(call)) as events:
                answer = fold([event async for event in events])
            return learned_from("".join(part.text for part in answer.parts if isinstance(part, Text)), own)
        except UnreadableError as error:
            if task.fence < _MOST_UNREADABLE:
                raise _LaterError from error
            log.warning("memory.unreadable", model=self.model)
        except AppError as error:
            if error.kind in _PASSING and self.clock() - task.said_at < _GIVEN_UP_AFTER:
                raise _LaterError from error
            log.warning("memory.not_asked", code=error.code)
        return explicitly(own)

    async def _put_off(self, task: Leased, scope: Scope) -> None:
        pause = min(_FIRST_PAUSE * 2 ** min(task.fence - 1, 20), _LONGEST_PAUSE)
        try:
            async with self.database.transaction(scope) as tx:
                await KeptTasks(tx, scope).put_off(task.message_id, self.clock() + pause, fence=task.fence)
        except AppError as error:
            log.warning("memory.not_put_off", code=error.code)


def _scope_of(task: Leased) -> Scope:
    return Scope(tenant_id=task.tenant_id, actor_id=task.owner_id, permissions=task.permissions, key_id=task.key_id)


def _told(own: str) -> str:
    """Without lines that hold what must not be remembered."""
    return "\n".join(line for line in own.splitlines() if not withheld(line)).strip()


def _topics(known: Sequence[Fact]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((one.about.subject, one.about.attribute) for one in known if one.about.attribute))
