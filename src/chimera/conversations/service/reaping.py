"""The reaper: ends turns whose writers died, with all that they had written."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from chimera.conversations.bus import EventBus, end_topic, journal_topic
from chimera.conversations.journal import heard
from chimera.conversations.repository import KeptConversations, KeptEntries, KeptTurns, SilentTurns
from chimera.conversations.service.closing import INTERRUPTED, STOPPED, Closing, Told
from chimera.conversations.service.pace import Pace
from chimera.conversations.service.speeches import interrupt
from chimera.conversations.tables import TurnRow
from chimera.kit.rounds import rounds
from chimera.kit.scope import Scope
from chimera.store import Database, DatabaseUnavailableError

log = structlog.get_logger()

BATCH: Final = 100
_MOST_REFUSED: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaper:
    """Runs on every replica. For each turn exactly one of them succeeds.

    Attributes:
        dead_before: Writers that were not seen since are known to be dead, however short that is ago.
    """

    database: Database
    bus: EventBus
    pace: Pace
    clock: Callable[[], datetime]
    dead_before: datetime | None = None

    async def run(self) -> None:
        """Sweep at once and then again and again, until cancelled."""
        known_dead = self.dead_before

        async def reap() -> None:
            nonlocal known_dead
            await self.sweep(known_dead)
            known_dead = None

        await rounds(reap, every_s=self.pace.stale_s / 3, named="turns")

    async def sweep(self, moment: datetime | None = None) -> int:
        """End every turn whose writer was not seen since then, or for `pace.stale_s`; return how many we ended."""
        if moment is None:
            moment = self.clock() - timedelta(seconds=self.pace.stale_s)
        async with self.database.system_reading() as tx:
            found = await SilentTurns(tx).since(moment, limit=BATCH)
        ended = refused = 0
        for turn in found:
            try:
                ended += await self._reap(turn, moment)
            except DatabaseUnavailableError:
                # Perhaps of this turn alone: a server that stands still may hold its locks for a minute.
                refused += 1
                if refused == _MOST_REFUSED:
                    raise
            except Exception:  # one turn that cannot be ended must not keep the others from it
                log.exception("reaper.turn_failed", turn_id=str(turn.id))
        return ended

    async def _reap(self, silent: TurnRow, moment: datetime) -> bool:
        # The turn was opened by an authenticated caller; ending it is still done on that caller's behalf.
        scope = Scope(tenant_id=silent.tenant_id, actor_id=silent.owner_id, permissions=frozenset())
        async with self.database.transaction(scope) as tx:
            conversations = KeptConversations(tx, scope)
            conversation = await conversations.get_locked(silent.conversation_id)
            turn = await KeptTurns(tx, scope).silent_since(silent.id, moment)
            if conversation is None or turn is None:
                return False
            journal = await KeptEntries(tx, scope).all(turn.id)
            ended = await interrupt(tx, scope, turn, journal) if conversation.has_panel else ()
            told = Told(entries=heard(journal), unwritten=ended, next_seq=len(journal) + 1, model=turn.model)
            ending = STOPPED if turn.stop_requested else INTERRUPTED
            if not await Closing(tx, scope, self.clock()).close(conversation, turn, told, ending):
                return False
        log.warning("turn.reaped", turn_id=str(turn.id), replica=turn.replica)
        await self.bus.publish(journal_topic(turn.id))
        await self.bus.publish(end_topic(turn.id))
        return True
