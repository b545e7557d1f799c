"""Feedback: kept with the answer, then told to routing and the cache."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from chimera.conversations.errors import NotAnAnswerError
from chimera.conversations.repository import KeptConversations, KeptMessages
from chimera.conversations.service import MessagesView
from chimera.conversations.states import MessageStatus
from chimera.kit.scope import Scope
from chimera.store import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An answer, and whether its owner found it good.

    Attributes:
        cache_id: The answer in the cache that it is.
    """

    message_id: UUID
    cache_id: UUID | None
    good: bool


Learn: TypeAlias = Callable[[Scope, Judged], Awaitable[None]]
"""Hears of an answer that was judged; knows by itself whether it has anything to learn of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """Every method raises ConversationNotFoundError, and MessageNotFoundError for no message of the conversation.

    Attributes:
        learners: Are told after it was kept.
    """

    database: Database
    learners: Sequence[Learn]

    async def give(self, scope: Scope, id: UUID, message_id: UUID, *, good: bool, text: str | None) -> MessagesView:
        """Keep what the owner says of an answer; said again, the last word holds.

        Raises:
            NotAnAnswerError: if it is a question, or still being written.
        """
        async with self.database.transaction(scope) as tx:
            await KeptConversations(tx, scope).locked(id)
            messages = KeptMessages(tx, scope)
            row = await messages.found(message_id, id)
            if row.role != "assistant" or row.status == MessageStatus.STREAMING:
                raise NotAnAnswerError("Only an answer that stands can be judged.")
            row.good, row.remark = good, text or None
            await tx.flush()
            view = MessagesView(rows=[row], has_more=False, siblings=await messages.siblings([row]))
            judged = Judged(message_id=row.id, cache_id=row.cache_id, good=good)
        for learn in self.learners:
            await learn(scope, judged)
        return view

    async def take_back(self, scope: Scope, id: UUID, message_id: UUID) -> None:
        """Forget what was said of it. What was learned stays, and is outweighed in time."""
        async with self.database.transaction(scope) as tx:
            await KeptConversations(tx, scope).locked(id)
            row = await KeptMessages(tx, scope).found(message_id, id)
            row.good, row.remark = None, None
