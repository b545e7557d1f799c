"""What a conversation was about when it was paused: one job each, asked of the model that sums up, or extracted."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog

from chimera.conversations.context import Said
from chimera.conversations.lifecycle.extracting import extract
from chimera.conversations.repository import KeptConversations, KeptMessages
from chimera.conversations.service import Summaries
from chimera.conversations.service.composing import said_of
from chimera.conversations.states import ConversationState
from chimera.conversations.tables import ConversationRow
from chimera.jobs.job import Order
from chimera.jobs.service import Lease, WorkKind
from chimera.kit.errors import AppError, Kind
from chimera.kit.scope import Scope
from chimera.store import Database

log = structlog.get_logger()

KIND: Final = "conversations.sum_up"
_STEP: Final = "summary"
_PASSING: Final = frozenset({Kind.UNAVAILABLE, Kind.RATE_LIMITED, Kind.TIMEOUT})
_TRIED: Final = 4
_LEAST_MESSAGES: Final = 2
_SUMMED_UP: Final = frozenset({ConversationState.PAUSED, ConversationState.COMPLETED})


def order_for(conversation_id: UUID) -> Order:
    return Order(kind=KIND, key=str(conversation_id), payload={"conversation_id": str(conversation_id)})


@dataclass(frozen=True, slots=True, kw_only=True)
class SummingUp:
    """On behalf of whoever owns the conversation, at their cost.

    Attributes:
        summaries: Asks the model that is set for it; without one sentences are extracted.
        acting: What somebody who is not there may do now; `None`: they were shut out.
    """

    database: Database
    summaries: Summaries | None
    acting: Callable[[Scope], Awaitable[Scope | None]]

    @property
    def work(self) -> WorkKind:
        return WorkKind(name=KIND, handle=self.sum_up, at_once=2, of_tenant=1)

    async def sum_up(self, lease: Lease) -> None:
        """Keep a summary, unless something was said meanwhile, or there is one."""
        whose = UUID(lease.job.payload["conversation_id"])
        async with self.database.reading(lease.scope) as tx:
            row = await KeptConversations(tx, lease.scope).get(whose)
            if row is None or not _is_due(row):
                return
            said = [said_of(one) for one in await KeptMessages(tx, lease.scope).path(row.leaf_id)]
        if len(said) < _LEAST_MESSAGES:
            return
        summary = await lease.step(_STEP, lambda: self._made(lease, whose, said))
        async with lease.last() as tx:
            now = await KeptConversations(tx, lease.scope).get_locked(whose)
            if now is not None and now.leaf_id == row.leaf_id and _is_due(now):
                now.summary, now.summary_of = summary, row.leaf_id

    async def _made(self, lease: Lease, id: UUID, said: Sequence[Said]) -> str:
        acting = None if self.summaries is None else await self.acting(lease.scope)
        if self.summaries is not None and acting is not None:
            try:
                if told := await self.summaries.of(acting, id, said):
                    return told
            except AppError as error:
                if error.kind in _PASSING and lease.job.attempts < _TRIED:
                    raise
                log.warning("conversations.extracted", code=error.code)
        return await asyncio.to_thread(extract, said)


def _is_due(row: ConversationRow) -> bool:
    return row.state in _SUMMED_UP and row.leaf_id is not None and row.leaf_id != row.summary_of
