"""The journal of a run, into which several speak at once: numbered in one order, whoever writes."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID

from chimera.conversations.bus import Bell, journal_topic
from chimera.conversations.errors import ConversationNotFoundError
from chimera.conversations.journal import Coalescer, Entry, Heard, Numbered, SpeechDelta, numbered
from chimera.conversations.journals import Portion
from chimera.conversations.repository import KeptConversations, KeptEntries, KeptTurns
from chimera.conversations.service import Desk
from chimera.conversations.service.live import FIRST_SEQ
from chimera.conversations.tables import ConversationRow, TurnRow
from chimera.kit.scope import Scope
from chimera.llm import Event
from chimera.store import DatabaseUnavailableError, Transaction

Changes: TypeAlias = Callable[[Transaction, ConversationRow], Awaitable[Sequence[Entry]]]
"""Gives what the journal is to say of them."""


@dataclass(slots=True, kw_only=True, eq=False)
class Pen:
    """Writes for a turn as long as it is held.

    Attributes:
        fresh: Rung when there is something to write.
        is_lost: Whether the turn is in other hands, or gone: nothing is written any more.
        stop_requested: Whether the person wants it stopped, as was found at the last write.
    """

    desk: Desk
    scope: Scope
    turn: TurnRow
    fresh: Bell = field(default_factory=Bell)
    is_lost: bool = False
    stop_requested: bool = False
    next_seq: int = FIRST_SEQ
    unwritten: list[Entry] = field(default_factory=list[Entry])
    _pending: dict[UUID, Coalescer] = field(default_factory=dict[UUID, Coalescer])
    _said: dict[UUID, list[Heard]] = field(default_factory=dict[UUID, list[Heard]])
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _seen_at: float = field(default_factory=lambda: asyncio.get_running_loop().time())

    def hear(self, message_id: UUID, event: Event) -> None:
        """Take note of what one of the speakers says."""
        self._pending.setdefault(message_id, Coalescer()).add(event)
        self.fresh.ring()

    def note(self, entry: Entry) -> None:
        self.gather()
        self.unwritten.append(entry)
        self.fresh.ring()

    def said(self, message_id: UUID) -> list[Heard]:
        """All that was heard of a speech."""
        self.gather()
        return self._said.get(message_id, [])

    def gather(self) -> None:
        """Join what came since, in the order of the speakers."""
        for message_id, coalescer in self._pending.items():
            taken = coalescer.take()
            self._said.setdefault(message_id, []).extend(taken)
            self.unwritten += [SpeechDelta(message_id=message_id, heard=heard) for heard in taken]

    async def flush(self) -> None:
        """Journal what was heard, tell that the writer lives, and learn whether it should go on.

        Raises:
            DatabaseUnavailableError: once the database has been away for longer than the turn is ours.
        """
        try:
            await self.write(None)
        except DatabaseUnavailableError:
            if asyncio.get_running_loop().time() - self._seen_at > self.desk.pace.stale_s:
                raise

    async def write(self, changes: Changes | None) -> None:
        """As `flush`, in one step with changes, which are made while conversation and turn are held.

        Raises:
            DatabaseUnavailableError: if it could not be written; what was noted is written next time.
        """
        async with self._lock:
            if self.is_lost:
                return
            self.gather()
            noted = list(self.unwritten)
            if changes is None:
                entries = numbered(noted, self.next_seq)
                stop = await self.desk.journals.keep(self._portion(entries))
            else:
                async with self.desk.database.transaction(self.scope) as tx:
                    stop, entries = await self._write(tx, changes, noted)
            self.is_lost, self.stop_requested = stop is None, bool(stop)
            if self.is_lost:
                return
            self._seen_at = asyncio.get_running_loop().time()
            if entries:
                self.next_seq += len(entries)
                del self.unwritten[: len(noted)]
                self.desk.live.add(self.turn.id, entries)
                await self.desk.bus.publish(journal_topic(self.turn.id))

    def _portion(self, entries: Sequence[Numbered]) -> Portion:
        turn = self.turn
        now = self.desk.clock()
        return Portion(scope=self.scope, turn_id=turn.id, fence=turn.fence, entries=entries, seen_at=now)

    async def _write(
        self, tx: Transaction, changes: Changes, noted: Sequence[Entry]
    ) -> tuple[bool | None, list[Numbered]]:
        turns = KeptTurns(tx, self.scope)
        # Its lock is always taken before the turn's.
        try:
            conversation = await KeptConversations(tx, self.scope).locked(self.turn.conversation_id)
        except ConversationNotFoundError:
            return None, []
        stop = await turns.beat(self.turn.id, fence=self.turn.fence, now=self.desk.clock())
        if stop is None:
            return None, []
        more = await changes(tx, conversation)
        await tx.flush()
        entries = numbered([*noted, *more], self.next_seq)
        if entries:
            await KeptEntries(tx, self.scope).append(self.turn.id, entries)
        return stop, entries
