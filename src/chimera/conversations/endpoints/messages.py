"""Saying something: `POST /api/v1/conversations/{id}/messages` and `POST /api/v1/chat`."""

from uuid import UUID

from fastapi import APIRouter, Request, Response, status
from fastapi.responses import JSONResponse

from chimera.conversations.endpoints.chatter import Chatter
from chimera.conversations.endpoints.documented import TAKEN
from chimera.conversations.endpoints.rendering import turn_frames, turn_read
from chimera.conversations.schemas import ChatWrite, MessageWrite
from chimera.conversations.service import Readers, Saying, Turns, TurnView
from chimera.kit.scope import Scope
from chimera.web.problems import request_id_of
from chimera.web.sse import EventStream


def router(turns: Turns, readers: Readers) -> APIRouter:
    api = APIRouter(tags=["conversations"])

    async def answer(request: Request, caller: Scope, taken: TurnView, *, stream: bool) -> Response:
        turn_id, request_id = taken.turn.id, request_id_of(request)
        if stream:
            return EventStream(turn_frames(readers, caller, turn_id, after=0, request_id=request_id))
        ended = await readers.finished(caller, turn_id, within_s=readers.pace.patience_s)
        body = turn_read(ended, request_id).model_dump(mode="json")
        return JSONResponse(body, status_code=status.HTTP_201_CREATED)

    @api.post("/conversations/{conversation_id}/messages", status_code=201, response_class=Response, responses=TAKEN)
    async def say(request: Request, caller: Chatter, conversation_id: UUID, body: MessageWrite) -> Response:
        """Say something in a conversation. The answer is written to its end even if this request is given up."""
        taken = await turns.take(caller, conversation_id, _saying(body))
        return await answer(request, caller, taken, stream=body.stream)

    @api.post("/chat", status_code=201, response_class=Response, responses=TAKEN)
    async def chat(request: Request, caller: Chatter, body: ChatWrite) -> Response:
        """Ask one question, in a new conversation or an old one."""
        saying = _chat_saying(body)
        if body.conversation_id is None:
            taken = await turns.begin(caller, saying)
        else:
            taken = await turns.take(caller, body.conversation_id, saying)
        return await answer(request, caller, taken, stream=body.stream)

    return api


def _saying(body: MessageWrite) -> Saying:
    return Saying(
        text=body.text,
        images=body.images,
        model=body.model,
        temperature=body.temperature,
        max_output_tokens=body.max_tokens,
        fallback_model=body.fallback_model,
    )


def _chat_saying(body: ChatWrite) -> Saying:
    return Saying(
        text=body.message,
        model=body.model,
        temperature=body.temperature,
        max_output_tokens=body.max_tokens,
        system_prompt=body.system_prompt,
        fallback_model=body.fallback_model,
    )
