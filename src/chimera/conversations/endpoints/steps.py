"""`/api/v1/conversations/{id}/title` and `…/recap`: steps that are taken because somebody wants them."""

from uuid import UUID

from fastapi import APIRouter

from chimera.conversations.endpoints.chatter import Chatter
from chimera.conversations.endpoints.documented import NOT_FOUND
from chimera.conversations.endpoints.rendering import conversation_read
from chimera.conversations.schemas import ConversationRead
from chimera.conversations.service import Conversations
from chimera.conversations.steps.afterwards import Afterwards
from chimera.conversations.steps.rendering import recap_read
from chimera.conversations.steps.schemas import RecapRead
from chimera.web.routers import LateRouter


def router(conversations: Conversations, afterwards: Afterwards) -> APIRouter:
    """For callers that may chat."""
    api = LateRouter(prefix="/api/v1/conversations/{conversation_id}", tags=["conversations"])

    @api.post("/title", responses=NOT_FOUND)
    async def make_title(caller: Chatter, conversation_id: UUID) -> ConversationRead:
        """Give it another title, whoever gave it the one it has: by the cheap model, or of what was said first."""
        await afterwards.titles.anew(caller, conversation_id)
        return conversation_read(await conversations.get(caller, conversation_id))

    @api.post("/recap", responses=NOT_FOUND)
    async def make_recap(caller: Chatter, conversation_id: UUID) -> RecapRead:
        """Sum up what was said on the branch that is shown, as a note with its last message. No model is shown it."""
        return recap_read(*await afterwards.recaps.make(caller, conversation_id))

    return api
