"""`/api/v1/turns`: how a turn stands, its events from any point on, and its end."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response, status
from pydantic import WithJsonSchema

from chimera.conversations.endpoints.chatter import Chatter
from chimera.conversations.endpoints.documented import EVENTS, NOT_FOUND
from chimera.conversations.endpoints.rendering import turn_frames, turn_read
from chimera.conversations.fields import MAX_SEQ
from chimera.conversations.schemas import TurnRead
from chimera.conversations.service import Readers, Turns
from chimera.web.problems import request_id_of
from chimera.web.routers import LateRouter
from chimera.web.sse import EventStream

LastEventId = Annotated[
    int | None,
    Header(alias="Last-Event-ID", ge=0, le=MAX_SEQ, description="Id of the last event that was read."),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": MAX_SEQ}),  # not null: a header cannot say it
]
After = Annotated[int, Query(ge=0, le=MAX_SEQ, description="As `Last-Event-ID`, which goes before it.")]


def router(turns: Turns, readers: Readers) -> APIRouter:
    api = LateRouter(prefix="/api/v1/turns", tags=["turns"])

    @api.get("/{turn_id}", responses=NOT_FOUND)
    async def read_turn(request: Request, caller: Chatter, turn_id: UUID) -> TurnRead:
        """How a turn stands, and its answer as far as it is kept."""
        return turn_read(await readers.get(caller, turn_id), request_id_of(request))

    @api.get("/{turn_id}/events", response_class=Response, responses={**EVENTS, **NOT_FOUND})
    async def follow_turn(
        request: Request, caller: Chatter, turn_id: UUID, last_event_id: LastEventId = None, after: After = 0
    ) -> Response:
        """All events of a turn, or those after one; follows a running turn until it has finished."""
        await readers.get(caller, turn_id)
        begin = after if last_event_id is None else last_event_id
        request_id = request_id_of(request)
        return EventStream(turn_frames(readers, caller, turn_id, after=begin, request_id=request_id))

    @api.post("/{turn_id}/stop", status_code=status.HTTP_202_ACCEPTED, responses=NOT_FOUND)
    async def stop_turn(request: Request, caller: Chatter, turn_id: UUID) -> TurnRead:
        """Stop the writing; what was written so far is kept. A finished turn stays as it is."""
        return turn_read(await turns.stop(caller, turn_id), request_id_of(request))

    return api
