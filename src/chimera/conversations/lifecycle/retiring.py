"""Deletes the words of conversations that were quiet for too long: in small lots, each with what stays of it."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chimera.conversations.keeping.holding import Holds, checked
from chimera.conversations.lifecycle.repository import (
    RestingConversations,
    RestingMessages,
    RestingPanels,
    RestingTurns,
    Retired,
)
from chimera.conversations.lifecycle.tables import RetiredRow
from chimera.conversations.states import ConversationState
from chimera.jobs.service import Lease
from chimera.kit.trail import Act
from chimera.store import Transaction
from chimera.store.recording import Recorder

_STATES: Final = (ConversationState.ACTIVE, ConversationState.PAUSED, ConversationState.COMPLETED)
_EMPTIED: Final[dict[str, object]] = {
    "title": "",
    "system_prompt": None,
    "prompt": None,
    "persona": None,
    "summary": None,
    "summary_of": None,
    "leaf_id": None,
}
# A turn may have thousands of entries in its journal.
_TURNS: Final = 20
# Between two lots, so that whoever speaks gets the database in between.
_BREATH_S: Final = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Retiring:
    """First a conversation is closed, then its words go: whoever is killed in between goes on where they were.

    Attributes:
        conversations: So many are closed in one transaction.
        messages: So many are deleted in one transaction.
    """

    holds: Holds
    recorder: Recorder
    conversations: int = 50
    messages: int = 200

    async def close(self, lease: Lease, before: datetime, now: datetime) -> int:
        """Let some that were quiet since before be retired: nothing can be said in them any more. Tell how many."""
        async with lease.held() as tx:
            bound = await checked(tx, lease.scope, self.holds)
            if bound.everything:
                return 0
            resting = RestingConversations(tx, lease.scope)
            ids = await resting.quiet(_STATES, before, bound=bound, limit=self.conversations)
            if ids:
                await resting.enter(ConversationState.RETIRED, ids, now, **_EMPTIED)
                for one in ids:
                    await Retired(tx, lease.scope).add(RetiredRow(id=one, created_at=now, models={}))
                tenant_id = str(lease.scope.tenant_id)
                told = Act(
                    name="conversations.retired",
                    target_kind="tenant",
                    target_id=tenant_id,
                    details={"conversations": len(ids)},
                )
                await self.recorder.record(tx, lease.scope, told)
        return len(ids)

    async def empty(self, lease: Lease) -> int:
        """Delete all words of conversations that are closed, but for those that are held; tell of how many."""
        emptied = 0
        while (is_done := await self._empty_some(lease)) is not None:
            emptied += is_done
            await asyncio.sleep(_BREATH_S)
        return emptied

    async def _empty_some(self, lease: Lease) -> bool | None:
        """One lot; whether a conversation was done with it, `None` if there is nothing to do."""
        async with lease.held() as tx:
            bound = await checked(tx, lease.scope, self.holds)
            row = None if bound.everything else await Retired(tx, lease.scope).unfinished(bound)
            if row is None:
                return None
            if not await self._empty_one(tx, lease, row):
                row.is_done = True
            return row.is_done

    async def _empty_one(self, tx: Transaction, lease: Lease, row: RetiredRow) -> bool:
        """Whether something was still there."""
        gone = await RestingMessages(tx, lease.scope).remove_some(row.id, limit=self.messages)
        if gone:
            Retired(tx, lease.scope).count_in(row, gone)
            return True
        if await RestingTurns(tx, lease.scope).remove_some(row.id, limit=_TURNS):
            return True
        await RestingPanels(tx, lease.scope).delete(row.id)
        return False
