"""Saying something: `POST /api/v1/conversations/{id}/messages` and `POST /api/v1/chat`."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from msgspec import UNSET, UnsetType

from chimera.conversations.endpoints.answering import streamed, waited_for
from chimera.conversations.endpoints.chatter import Chatter
from chimera.conversations.endpoints.documented import TAKEN
from chimera.conversations.schemas import ChatWrite, MessageWrite, Placed
from chimera.conversations.service import Readers, Saying, Turns, TurnView
from chimera.kit.scope import Scope
from chimera.prompts.endpoints.rendering import use_of
from chimera.web.routers import LateRouter


def router(turns: Turns, readers: Readers) -> APIRouter:
    api = LateRouter(prefix="/api/v1", tags=["conversations"])

    async def answer(request: Request, caller: Scope, taken: TurnView, body: MessageWrite | ChatWrite) -> Response:
        tell = streamed if body.stream else waited_for
        return await tell(readers, request, caller, taken)

    @api.post("/conversations/{conversation_id}/messages", status_code=201, response_class=Response, responses=TAKEN)
    async def say(request: Request, caller: Chatter, conversation_id: UUID, body: MessageWrite) -> Response:
        """Say something in a conversation. The answer is written to its end even if this request is given up."""
        taken = await turns.take(caller, conversation_id, _saying(body))
        return await answer(request, caller, taken, body)

    @api.post("/chat", status_code=201, response_class=Response, responses=TAKEN)
    async def chat(request: Request, caller: Chatter, body: ChatWrite) -> Response:
        """Ask one question, in a new conversation or an old one."""
        saying = _chat_saying(body)
        if body.conversation_id is None:
            taken = await turns.begin(caller, saying)
        else:
            taken = await turns.take(caller, body.conversation_id, saying)
        return await answer(request, caller, taken, body)

    return api


def _saying(body: MessageWrite) -> Saying:
    return Saying(
        text=body.text,
        images=body.images,
        model=body.model,
        temperature=body.temperature,
        max_output_tokens=body.max_tokens,
        fallback_model=body.fallback_model,
        parent_id=parent_of(body),
        prompt=None if body.prompt is None else use_of(body.prompt),
        send_id=body.send_id,
    )


def parent_of(body: Placed) -> UUID | UnsetType | None:
    """After which message it is to be said; `None` and nothing mean different things."""
    return body.parent_id if "parent_id" in body.model_fields_set else UNSET


def _chat_saying(body: ChatWrite) -> Saying:
    return Saying(
        text=body.message,
        model=body.model,
        temperature=body.temperature,
        max_output_tokens=body.max_tokens,
        system_prompt=body.system_prompt,
        fallback_model=body.fallback_model,
        prompt=None if body.prompt is None else use_of(body.prompt),
        persona_id=body.persona_id,
        temporary=body.temporary,
    )
