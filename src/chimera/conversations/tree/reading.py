"""`/api/v1/conversations/{conversation_id}/messages`: what was said, on the branch that is shown or on any other."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import WithJsonSchema

from chimera.conversations.endpoints.chatter import Chatter
from chimera.conversations.endpoints.documented import NOT_FOUND
from chimera.conversations.endpoints.rendering import placed_read
from chimera.conversations.schemas import MessagePage, PlacedMessageRead
from chimera.conversations.service import Conversations
from chimera.conversations.tree.branches import Branches
from chimera.web.routers import LateRouter

# Described without null: an address cannot say it.
_ID = WithJsonSchema({"type": "string", "format": "uuid"})
Before = Annotated[UUID | None, Query(description="Only messages older than this one."), _ID]
Branch = Annotated[
    UUID | None,
    Query(
        description="Of the branch of this message, to the newest one under it; of the one that is shown without. "
        "With `before` it does not matter."
    ),
    _ID,
]


def router(conversations: Conversations, branches: Branches) -> APIRouter:
    api = LateRouter(prefix="/api/v1/conversations/{conversation_id}/messages", tags=["conversations"])

    @api.get("", responses=NOT_FOUND)
    async def list_messages(
        caller: Chatter,
        conversation_id: UUID,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        before: Before = None,
        branch: Branch = None,
    ) -> MessagePage:
        """The newest messages of a branch, oldest first; with `before`, those that lie before one."""
        leaf = None if branch is None or before else await branches.end(caller, conversation_id, branch)
        view = await conversations.messages(caller, conversation_id, limit=limit, before=before, leaf=leaf)
        return MessagePage(data=[placed_read(row, view.siblings[row.id]) for row in view.rows], has_more=view.has_more)

    @api.get("/{message_id}", responses=NOT_FOUND)
    async def read_message(caller: Chatter, conversation_id: UUID, message_id: UUID) -> PlacedMessageRead:
        """One message, on whatever branch it stands."""
        view = await conversations.messages(caller, conversation_id, limit=1, leaf=message_id)
        (row,) = view.rows
        return placed_read(row, view.siblings[row.id])

    return api
