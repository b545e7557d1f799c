"""Portions in a transaction each."""

from dataclasses import dataclass

from chimera.conversations.journals.portion import Portion
from chimera.conversations.repository import KeptEntries, KeptMessages, KeptTurns
from chimera.store import Database


@dataclass(frozen=True, slots=True)
class JournalsEach:
    """See `Journals`."""

    database: Database

    async def keep(self, portion: Portion) -> bool | None:
        scope, turn_id, fence = portion.scope, portion.turn_id, portion.fence
        async with self.database.transaction(scope) as tx:
            turns = KeptTurns(tx, scope)
            if portion.seen_at is None:
                stop = await turns.hold(turn_id, fence=fence)
            else:
                stop = await turns.beat(turn_id, fence=fence, now=portion.seen_at)
            if stop is None:
                return None
            if portion.entries:
                await KeptEntries(tx, scope).append(turn_id, portion.entries)
            if portion.message is not None:
                message_id, parts = portion.message
                messages = KeptMessages(tx, scope)
                await messages.run(messages.changing_one(message_id).values(parts=parts))
            return stop
