"""`/api/v1/conversations/{id}/messages/{id}/…`: what a model was shown for an answer, and what it is always shown."""

from uuid import UUID

from fastapi import APIRouter, status

from chimera.conversations.context_schemas import ContextRead
from chimera.conversations.endpoints.chatter import Chatter
from chimera.conversations.endpoints.documented import NOT_FOUND
from chimera.conversations.endpoints.rendering import context_read
from chimera.conversations.service import Conversations
from chimera.web.routers import LateRouter


def router(conversations: Conversations) -> APIRouter:
    path = "/api/v1/conversations/{conversation_id}/messages/{message_id}"
    api = LateRouter(prefix=path, tags=["conversations"])

    @api.get("/context", responses=NOT_FOUND)
    async def read_context(caller: Chatter, conversation_id: UUID, message_id: UUID) -> ContextRead:
        """What the model was shown of the conversation for this answer: parts, their tokens, what was left out."""
        return context_read(*await conversations.context(caller, conversation_id, message_id))

    @api.post("/pin", status_code=status.HTTP_204_NO_CONTENT, responses=NOT_FOUND)
    async def pin_message(caller: Chatter, conversation_id: UUID, message_id: UUID) -> None:
        """Show models this message from now on, however long the conversation gets."""
        await conversations.pin(caller, conversation_id, message_id)

    @api.delete("/pin", status_code=status.HTTP_204_NO_CONTENT, responses=NOT_FOUND)
    async def unpin_message(caller: Chatter, conversation_id: UUID, message_id: UUID) -> None:
        """Treat it like any other message again."""
        await conversations.unpin(caller, conversation_id, message_id)

    return api
