"""Which messages are to be looked at later: put among the jobs by the transaction that keeps them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias
from uuid import UUID

from msgspec import Struct, to_builtins

from chimera.conversations.remembering.repository import ExceptedConversations
from chimera.conversations.remembering.settings import PolicyOf, standing_of
from chimera.conversations.tables import MessageRow
from chimera.jobs.job import Order
from chimera.jobs.service import Jobs
from chimera.kit.scope import Scope
from chimera.store import Transaction

Note: TypeAlias = Callable[[Transaction, MessageRow], Awaitable[None]]

KIND: Final = "memory"
# The answer comes first; and who takes back what they said has a moment for it.
_DELAY: Final = timedelta(seconds=5)


class Noted(Struct, frozen=True, kw_only=True):
    """A message that waits to be looked at, as its job holds it.

    Attributes:
        key_id: With which it was said: it pays, and binds.
        permissions: What that held.
    """

    message_id: UUID
    conversation_id: UUID
    key_id: UUID | None
    permissions: frozenset[str]
    said_at: datetime


def lane_of(conversation_id: UUID) -> str:
    """What is said in a conversation is looked at in the order in which it was said."""
    return str(conversation_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """Notes what people themselves say in turns. What is imported, shared or pasted together is never noted."""

    policy: PolicyOf
    jobs: Jobs
    clock: Callable[[], datetime]
    delay: timedelta = _DELAY

    async def of(self, scope: Scope) -> Note:
        """What notes a message of the caller's, inside of a transaction."""
        policy = (await self.policy(scope)).memory

        async def note(tx: Transaction, message: MessageRow) -> None:
            if policy.mode == "off" or not (await standing_of(tx, scope, policy)).learns:
                return
            if await ExceptedConversations(tx, scope).is_excepted(message.conversation_id):
                return
            now = self.clock()
            noted = Noted(
                message_id=message.id,
                conversation_id=message.conversation_id,
                key_id=scope.key_id,
                permissions=scope.permissions,
                said_at=now,
            )
            lane = lane_of(message.conversation_id)
            order = Order(kind=KIND, payload=to_builtins(noted), lane=lane, due_at=now + self.delay)
            await self.jobs.put(tx, scope, order)

        return note
