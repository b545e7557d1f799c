"""Messages that were noted are looked at beside the turns, as jobs, until it is known what they say."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, TypeAlias

import structlog
from msgspec import convert

from chimera.conversations.encoding import decode_parts
from chimera.conversations.memory.explicit import explicitly
from chimera.conversations.memory.extraction import UnreadableError, learned_from, question
from chimera.conversations.memory.fact import Fact, Learned, Learning
from chimera.conversations.memory.own_words import own_words
from chimera.conversations.memory.withheld import withheld
from chimera.conversations.remembering.errors import MemoryUnreadableError
from chimera.conversations.remembering.noting import KIND, Noted
from chimera.conversations.remembering.repository import ExceptedConversations, KeptMemories
from chimera.conversations.remembering.settings import PolicyOf, standing_of
from chimera.conversations.remembering.writing import Said, keep_learned, known_of
from chimera.conversations.repository import KeptMessages
from chimera.gateway.call import Handler, Origin, new_call
from chimera.gateway.deadline import armed
from chimera.jobs.errors import JobFailedError
from chimera.jobs.service import Lease, WorkKind
from chimera.kit.errors import AppError, Kind
from chimera.kit.scope import Scope
from chimera.llm import Request, Text, fold
from chimera.store import Database, Transaction

log = structlog.get_logger()

Writing: TypeAlias = Callable[[], AbstractAsyncContextManager[Transaction]]

FEATURE: Final = "memory"
_AT_ONCE: Final = 8
_OF_TENANT: Final = 4
_PATIENCE_S: Final = 60.0
_FIRST_REST: Final = timedelta(seconds=30)
_LONGEST_REST: Final = timedelta(hours=6)
# With these rests the last attempt is made after a week.
_MOST_ATTEMPTS: Final = 36
_MOST_UNREADABLE: Final = 3
_TOPICS: Final = 40
# What another model, another budget or another day may mend. Refusals for good leave what can be found without a model.
_PASSING: Final = frozenset({Kind.UNAVAILABLE, Kind.TIMEOUT, Kind.RATE_LIMITED, Kind.EXHAUSTED, Kind.INTERNAL})


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

    @property
    def kind(self) -> WorkKind:
        """What it does among the jobs."""
        return WorkKind(
            name=KIND,
            handle=self.look,
            most_attempts=_MOST_ATTEMPTS,
            at_once=_AT_ONCE,
            of_tenant=_OF_TENANT,
            first_rest=_FIRST_REST,
            longest_rest=_LONGEST_REST,
        )

    async def look(self, lease: Lease) -> None:
        """Look at one message. At the last attempt what can be found without a model is kept.

        Raises:
            AppError: what may be mended by another attempt.
            JobFailedError: if no other is made, with the code of what went wrong.
        """
        noted = convert(lease.job.payload, Noted)
        scope = _scope_of(lease, noted)
        acting = await self.acting(scope)
        own, learning, topics = await self._own_words(noted, scope)
        if acting is None or not own:
            return
        learned: Sequence[Learned] = explicitly(own)
        trouble: AppError | None = None
        if self.model is not None and learning is Learning.ALL:
            try:
                learned = await self._asked(noted, acting, question(self.model, own, topics), own)
            except AppError as error:
                trouble = error
        if trouble is not None and trouble.kind not in _PASSING:
            log.warning("memory.not_asked", code=trouble.code)
            trouble = None
        if trouble is not None and lease.job.attempts < _most_attempts(trouble):
            raise trouble
        writing = lease.last if trouble is None else lease.held
        await self._keep(writing, scope, learned, noted)
        if trouble is not None:
            raise JobFailedError("What a message says is learned without the model.", because=trouble)

    async def _own_words(self, noted: Noted, scope: Scope) -> tuple[str, Learning, list[tuple[str, str]]]:
        """What the person themself said, if it may be looked at still, and of what they spoke before."""
        policy = (await self.policy(scope)).memory
        async with self.database.reading(scope) as tx:
            standing = await standing_of(tx, scope, policy)
            excepted = await ExceptedConversations(tx, scope).is_excepted(noted.conversation_id)
            message = await KeptMessages(tx, scope).get(noted.message_id)
            if message is None or excepted or not standing.learns or message.role != "user":
                return "", Learning.NOTHING, []
            known = await KeptMemories(tx, scope).latest(_TOPICS)
        text = "\n".join(part.text for part in decode_parts(message.parts) if isinstance(part, Text))
        return _told(own_words(text)), standing.learning, _topics(known)

    async def _asked(self, noted: Noted, scope: Scope, asked: Request, own: str) -> Sequence[Learned]:
        """What a model says that is to be learned. Raises AppError."""
        origin = Origin(feature=FEATURE, conversation_id=noted.conversation_id)
        call = new_call(scope, asked, patience_s=_PATIENCE_S, origin=origin)
        async with armed(call), aclosing(self.gateway(call)) as events:
            answer = fold([event async for event in events])
        try:
            return learned_from("".join(part.text for part in answer.parts if isinstance(part, Text)), own)
        except UnreadableError as error:
            raise MemoryUnreadableError("The model did not answer what was asked.") from error

    async def _keep(self, writing: Writing, scope: Scope, learned: Sequence[Learned], noted: Noted) -> None:
        if not learned:
            return
        known = await known_of(self.database, scope)
        said = Said(message_id=noted.message_id, conversation_id=noted.conversation_id, at=noted.said_at)
        async with writing() as tx:
            await keep_learned(tx, scope, learned, said, known)


def _most_attempts(trouble: AppError) -> int:
    return _MOST_UNREADABLE if isinstance(trouble, MemoryUnreadableError) else _MOST_ATTEMPTS


def _scope_of(lease: Lease, noted: Noted) -> Scope:
    return replace(lease.scope, permissions=noted.permissions, key_id=noted.key_id)


def _told(own: str) -> str:
    """Without lines that hold what must not be remembered."""
    return "\n".join(line for line in own.splitlines() if not withheld(line)).strip()


def _topics(known: Sequence[Fact]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((one.about.subject, one.about.attribute) for one in known if one.about.attribute))
