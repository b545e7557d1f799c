"""Readers of responses in the background: many, slow or fast, on any replica, each from the event that it wants."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from chimera.kit.scope import Scope
from chimera.responses.errors import NotInBackgroundError
from chimera.responses.frames import later
from chimera.responses.names import id_of
from chimera.responses.repository import KeptContents, KeptEvents, KeptResponses
from chimera.responses.service.pace import Pace
from chimera.responses.states import RUNNING
from chimera.responses.waking import Bus, events_topic
from chimera.store import Database, DatabaseUnavailableError

BATCH: Final = 256
BEFORE_ALL: Final = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Read from the database at each one's own pace; nothing is queued for them."""

    database: Database
    bus: Bus
    pace: Pace

    async def find(self, scope: Scope, name: str) -> UUID:
        """The id of a response whose events are kept.

        Raises:
            ResponseNotFoundError: also when it is another's.
            NotInBackgroundError: if its events are not kept.
            KeyDestroyedError: if they are lost.
        """
        async with self.database.reading(scope) as tx:
            row = await KeptResponses(tx, scope).found(id_of(name))
            await KeptContents(tx, scope).body(row.id)
        if not (row.background and row.streamed):
            raise NotInBackgroundError(
                "Only a response that was asked for with `background` and `stream` can be streamed again.",
                field="stream",
            )
        return row.id

    async def follow(self, scope: Scope, id: UUID, after: int = BEFORE_ALL) -> AsyncGenerator[bytes, None]:
        """Events with higher numbers than `after`: those written, then those being written.

        Ends after the last event, or when the response was deleted. No transaction is open while it waits or has
        yielded.
        """
        async with self.bus.subscribe(events_topic(id)) as bell:
            while True:
                running, blocks = await self._look(scope, id, after)
                for number, frames in blocks:
                    if fresh := later(frames.encode(), after):
                        yield fresh
                    after = max(after, number)
                if not blocks and not running:
                    return
                if len(blocks) < BATCH and running:
                    await bell.wait(self.pace.poll_s)

    async def _look(self, scope: Scope, id: UUID, after: int) -> tuple[bool, list[tuple[int, str]]]:
        """Ask the database; while it is away, again and again for as long as a writer would."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.pace.stale_s
        while True:
            try:
                async with self.database.reading(scope) as tx:
                    # The state first: what is found not running has all its events by now.
                    row = await KeptResponses(tx, scope).get(id)
                    blocks = await KeptEvents(tx, scope).after(id, after, limit=BATCH)
            except DatabaseUnavailableError:
                if loop.time() > deadline:
                    raise
                await asyncio.sleep(self.pace.poll_s)
            else:
                return row is not None and row.status in RUNNING, blocks
