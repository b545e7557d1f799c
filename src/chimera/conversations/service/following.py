"""Readers of turns: many, slow or fast, on any replica.

Each reads the journal from the database at its own pace; nothing is queued for it.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeVar
from uuid import UUID

from chimera.conversations.bus import EventBus, end_topic, journal_topic
from chimera.conversations.journal import Lost, Numbered, TurnFinished
from chimera.conversations.repository import KeptEntries, KeptMessages, KeptTurns
from chimera.conversations.service.live import LiveJournals
from chimera.conversations.service.pace import Pace
from chimera.conversations.service.views import TurnView
from chimera.conversations.states import TurnStatus
from chimera.kit.scope import Scope
from chimera.store import Database, DatabaseUnavailableError

T = TypeVar("T")

BATCH: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Every method raises TurnNotFoundError for a turn that is not there (any more) or is another's."""

    database: Database
    bus: EventBus
    pace: Pace
    live: LiveJournals = field(default_factory=LiveJournals)

    async def get(self, scope: Scope, turn_id: UUID) -> TurnView:
        async with self.database.reading(scope) as tx:
            turn = await KeptTurns(tx, scope).found(turn_id)
            return TurnView(turn=turn, message=await KeptMessages(tx, scope).get(turn.message_id))

    async def finished(self, scope: Scope, turn_id: UUID, *, within_s: float) -> TurnView:
        """The turn once it is over, or as it stands after so long."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within_s
        async with self.bus.subscribe(end_topic(turn_id)) as bell:
            while True:
                view = await self.patiently(partial(self.get, scope, turn_id))
                left_s = deadline - loop.time()
                if view.turn.status != TurnStatus.RUNNING or left_s <= 0:
                    return view
                await bell.wait(min(left_s, self.pace.poll_s))

    async def follow(self, scope: Scope, turn_id: UUID, after: int = 0) -> AsyncGenerator[Numbered, None]:
        """Entries of the journal that come after number `after`: those written, then those being written.

        Ends after `TurnFinished`, or at once if that was `after`; entries that are lost are passed over, but for the
        end. No transaction is open while it waits or has yielded.
        """
        async with self.bus.subscribe(journal_topic(turn_id)) as bell:
            running, entries = await self.patiently(partial(self._look, scope, turn_id, after))
            is_lost = False
            while True:
                for numbered in entries:
                    after, is_lost = numbered.seq, isinstance(numbered.entry, Lost)
                    if is_lost:
                        continue
                    yield numbered
                    if isinstance(numbered.entry, TurnFinished):
                        return
                if not entries and not running:
                    if is_lost:
                        yield Numbered(after, await self._end(scope, turn_id))
                    return
                if len(entries) < BATCH:
                    await bell.wait(self.pace.poll_s)
                running, entries = await self._look_again(scope, turn_id, after)

    async def patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask the database; while it is away, again and again for as long as a writer would.

        Raises:
            DatabaseUnavailableError: if it stays away.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.pace.stale_s
        while True:
            try:
                return await ask()
            except DatabaseUnavailableError:
                if loop.time() > deadline:
                    raise
                await asyncio.sleep(self.pace.poll_s)

    async def _end(self, scope: Scope, turn_id: UUID) -> TurnFinished:
        """How a turn ended whose journal is lost to its end."""
        view = await self.patiently(partial(self.get, scope, turn_id))
        finish_reason = view.message.finish_reason if view.message else None
        return TurnFinished(status=TurnStatus(view.turn.status), model=view.turn.model, finish_reason=finish_reason)

    async def _look(self, scope: Scope, turn_id: UUID, after: int) -> tuple[bool, list[Numbered]]:
        async with self.database.reading(scope) as tx:
            # The state first: what is found not running has its whole journal by now.
            turn = await KeptTurns(tx, scope).found(turn_id)
            entries = await KeptEntries(tx, scope).after(turn_id, after, limit=BATCH)
        return turn.status == TurnStatus.RUNNING, entries

    async def _look_again(self, scope: Scope, turn_id: UUID, after: int) -> tuple[bool, list[Numbered]]:
        """As `_look` for a turn that was found to be the caller's: in memory where it is written here."""
        live = self.live.after(turn_id, after, limit=BATCH)
        if live is not None:
            return True, live
        return await self.patiently(partial(self._ask_again, scope, turn_id, after))

    async def _ask_again(self, scope: Scope, turn_id: UUID, after: int) -> tuple[bool, list[Numbered]]:
        """Where there are entries, the turn's state is not asked."""
        async with self.database.reading(scope) as tx:
            entries = await KeptEntries(tx, scope).after(turn_id, after, limit=BATCH)
        return (True, entries) if entries else await self._look(scope, turn_id, after)
