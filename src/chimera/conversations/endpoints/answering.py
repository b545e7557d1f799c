"""How a turn is answered with: by its events as they come, or by itself when it has ended."""

from fastapi import Request, Response, status
from fastapi.responses import JSONResponse

from chimera.conversations.endpoints.rendering import turn_frames, turn_read
from chimera.conversations.service import Readers, TurnView
from chimera.kit.scope import Scope
from chimera.web.problems import request_id_of
from chimera.web.sse import EventStream


async def streamed(readers: Readers, request: Request, caller: Scope, taken: TurnView) -> Response:
    """All events of a turn that was just opened, until it has finished."""
    request_id = request_id_of(request)
    return EventStream(turn_frames(readers, caller, taken.turn.id, after=0, request_id=request_id))


async def waited_for(readers: Readers, request: Request, caller: Scope, taken: TurnView) -> Response:
    """The turn at its end, or as it stands when patience is over."""
    ended = await readers.finished(caller, taken.turn.id, within_s=readers.pace.patience_s)
    body = turn_read(ended, request_id_of(request)).model_dump(mode="json")
    return JSONResponse(body, status_code=status.HTTP_201_CREATED)
