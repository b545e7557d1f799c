"""What happens in a conversation, turn after turn, as one reader hears it: pulled from the journals, queued nowhere.

Several models may answer at once: then their turns are told side by side. Each turn's first event comes after those of
all before it, so that a reader who has one of a turn has heard of every earlier turn, too.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias
from uuid import UUID

from chimera.conversations.bus import Bell
from chimera.conversations.endpoints.rendering import Told, turn_told
from chimera.conversations.errors import TurnNotFoundError
from chimera.conversations.fields import MAX_SEQ
from chimera.conversations.repository import KeptConversations
from chimera.conversations.service import Readers
from chimera.conversations.sockets.repository import TurnsInOrder
from chimera.conversations.states import TurnStatus
from chimera.kit.scope import Scope

# Without a ring; the bus and the rounds of rooms ring long before.
_LOOK_S: Final = 60.0
_AT_ONCE: Final = 16

Places: TypeAlias = Mapping[UUID, int]
"""Of turns, the number of the last event that a reader has; whatever came later than these turns it has not heard."""
Tell: TypeAlias = Callable[[UUID, Told], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """Every method raises ConversationNotFoundError once the conversation is gone."""

    readers: Readers

    async def now(self, scope: Scope, conversation_id: UUID) -> Places:
        """Where a reader begins who asks for nothing that is over: before the turns that run, or after the last."""
        async with self.readers.database.reading(scope) as tx:
            await KeptConversations(tx, scope).found(conversation_id)
            turns = TurnsInOrder(tx, scope)
            last = await turns.last(conversation_id)
            begun = await turns.running_in(conversation_id)
        ended = {} if last is None else {last: MAX_SEQ}
        return ended | dict.fromkeys(begun, 0)

    async def check(self, scope: Scope, conversation_id: UUID, places: Places) -> None:
        """Raises TurnNotFoundError if one is no turn of this conversation."""
        async with self.readers.database.reading(scope) as tx:
            await KeptConversations(tx, scope).found(conversation_id)
            known = await TurnsInOrder(tx, scope).among(conversation_id, places)
        if known != set(places):
            raise TurnNotFoundError("There is no such turn in this conversation.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """One reader in one conversation.

    Attributes:
        bell: Rings when there may be a new turn.
        tell: Waits until the reader takes an event.
    """

    readers: Readers
    scope: Scope
    conversation_id: UUID
    bell: Bell
    tell: Tell
    request_id: str

    async def run(self, places: Places) -> None:
        """Tell all events after some places, and all of later turns, until cancelled.

        Raises:
            ExceptionGroup: of ConversationNotFoundError once the conversation is gone, DatabaseUnavailableError if it
                stays away for longer than a turn survives, and what `tell` raises.
        """
        slots = asyncio.Semaphore(_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for turn_id in sorted(places):
                await slots.acquire()
                group.create_task(self._turn(turn_id, places[turn_id], slots, asyncio.Event()))
            since = max(places, default=None)
            while True:
                await slots.acquire()
                since, status = await self._next(since)
                begun = asyncio.Event()
                telling = group.create_task(self._turn(since, 0, slots, begun))
                if status == TurnStatus.RUNNING:
                    await begun.wait()
                else:
                    await asyncio.wait([telling])

    async def _turn(self, turn_id: UUID, after: int, slots: asyncio.Semaphore, begun: asyncio.Event) -> None:
        """Tell one turn to its end; sets `begun` once the first of it was told, or there is none."""
        try:
            told = turn_told(self.readers, self.scope, turn_id, after=after, request_id=self.request_id)
            async with aclosing(told) as events:
                async for event in events:
                    await self.tell(turn_id, event)
                    begun.set()
        finally:
            begun.set()
            slots.release()

    async def _next(self, since: UUID | None) -> tuple[UUID, str]:
        while True:
            found = await self.readers.patiently(partial(self._look, since))
            if found is not None:
                return found
            await self.bell.wait(_LOOK_S)

    async def _look(self, since: UUID | None) -> tuple[UUID, str] | None:
        async with self.readers.database.reading(self.scope) as tx:
            await KeptConversations(tx, self.scope).found(self.conversation_id)
            return await TurnsInOrder(tx, self.scope).next(self.conversation_id, since)
