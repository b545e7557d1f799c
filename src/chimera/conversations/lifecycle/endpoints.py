"""`/api/v1/conversations/{id}/lifecycle` and `…/complete`."""

from uuid import UUID

from fastapi import APIRouter

from chimera.conversations.endpoints.chatter import Chatter
from chimera.conversations.endpoints.documented import NOT_FOUND, problem_told
from chimera.conversations.lifecycle.schemas import LifeRead, RetiredRead
from chimera.conversations.lifecycle.service import Life, Lives
from chimera.conversations.lifecycle.tables import RetiredRow
from chimera.conversations.states import ConversationState
from chimera.kit.money import usd
from chimera.web.routers import LateRouter


def router(lives: Lives) -> APIRouter:
    """For callers that may chat, of their own conversations."""
    api = LateRouter(prefix="/api/v1/conversations/{conversation_id}", tags=["conversations"])

    @api.get("/lifecycle", responses=NOT_FOUND)
    async def read_lifecycle(caller: Chatter, conversation_id: UUID) -> LifeRead:
        """Where a conversation stands, what will become of it, and what is left of one whose words were deleted."""
        return _read(await lives.of(caller, conversation_id))

    @api.post(
        "/complete",
        responses={**NOT_FOUND, 409: problem_told("An answer is being written, or its words were deleted.")},
    )
    async def complete_conversation(caller: Chatter, conversation_id: UUID) -> LifeRead:
        """Say that it is over. Whatever is said in it wakes it again."""
        return _read(await lives.complete(caller, conversation_id))

    return api


def _read(life: Life) -> LifeRead:
    return LifeRead(
        state=ConversationState(life.row.state),
        state_since=life.row.state_since,
        quiet_since=life.row.quiet_since,
        summary=life.row.summary,
        held=life.held,
        pauses_at=life.pauses_at,
        completes_at=life.completes_at,
        retires_at=life.retires_at,
        retired=None if life.retired is None else _left(life.retired),
    )


def _left(row: RetiredRow) -> RetiredRead:
    plain = {name: getattr(row, name) for name in RetiredRead.model_fields if name != "cost_usd"}
    return RetiredRead(**plain, cost_usd=usd(row.cost_nusd))
