"""Which messages are to be looked at later: noted in the transaction that keeps them, so that none is forgotten."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from chimera.conversations.remembering.repository import ExceptedConversations, KeptTasks
from chimera.conversations.remembering.settings import PolicyOf, standing_of
from chimera.conversations.remembering.tables import MemoryTaskRow
from chimera.conversations.tables import MessageRow
from chimera.kit.scope import Scope
from chimera.store import Transaction

Note: TypeAlias = Callable[[Transaction, MessageRow], Awaitable[None]]

# The answer comes first; and who takes back what they said has a moment for it.
_DELAY: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """Notes what people themselves say in turns. What is imported, shared or pasted together is never noted."""

    policy: PolicyOf
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
            row = MemoryTaskRow(
                id=message.id,
                owner_id=scope.actor_id,
                conversation_id=message.conversation_id,
                key_id=scope.key_id,
                permissions=sorted(scope.permissions),
                created_at=now,
                due_at=now + self.delay,
                fence=0,
            )
            await KeptTasks(tx, scope).add_if_absent(row)

        return note
