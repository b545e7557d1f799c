"""`/api/v1/conversations`: list, make, read, change, delete."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, status
from pydantic import AfterValidator, Field, WithJsonSchema

from chimera.conversations.endpoints.chatter import Chatter
from chimera.conversations.endpoints.documented import HELD, NOT_FOUND
from chimera.conversations.endpoints.rendering import conversation_read
from chimera.conversations.fields import storable
from chimera.conversations.repository import Wanted
from chimera.conversations.schemas import ConversationCreate, ConversationPage, ConversationRead, ConversationWrite
from chimera.conversations.service import ConversationChange, Conversations
from chimera.conversations.states import ConversationState
from chimera.conversations.steps.rendering import own_steps
from chimera.prompts.endpoints.rendering import use_of
from chimera.web.routers import LateRouter

# Described without null: an address cannot say it.
_SHORT = WithJsonSchema({"type": "string", "maxLength": 200, "pattern": "^[^\\u0000]*$"})
_ID = WithJsonSchema({"type": "string", "format": "uuid"})
Short = Annotated[str, Field(max_length=200), AfterValidator(storable)]
Cursor = Annotated[Short | None, Query(description="`next_cursor` of the page before."), _SHORT]
Search = Annotated[Short | None, Query(description="Only titles that contain this, in any case."), _SHORT]
Folder = Annotated[UUID | None, Query(description="Only what lies in this folder."), _ID]
Tag = Annotated[Short | None, Query(description="Only what bears this tag, in any case."), _SHORT]
Pinned = Annotated[
    bool | None, Query(description="Only what is pinned, or is not."), WithJsonSchema({"type": "boolean"})
]
Archived = Annotated[bool, Query(description="What was put away, instead of the rest.")]
State = Annotated[
    ConversationState | None,
    Query(description="Only what is in this state."),
    WithJsonSchema({"type": "string", "enum": [state.value for state in ConversationState]}),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedConversations:
    """Which conversations should be listed, as the address says it."""

    q: Search = None
    folder: Folder = None
    tag: Tag = None
    pinned: Pinned = None
    archived: Archived = False
    state: State = None

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            title_has=self.q, folder_id=self.folder, pinned=self.pinned, archived=self.archived, state=self.state
        )


def router(conversations: Conversations) -> APIRouter:
    api = LateRouter(prefix="/api/v1/conversations", tags=["conversations"])

    @api.get("")
    async def list_conversations(
        caller: Chatter,
        wanted: Annotated[ListedConversations, Depends()],
        limit: Annotated[int, Query(ge=1, le=100)] = 30,
        cursor: Cursor = None,
    ) -> ConversationPage:
        """The caller's conversations, newest activity first; those that are temporary are never among them."""
        views, following = await conversations.recent(
            caller, limit=limit, cursor=cursor, wanted=wanted.wanted, tag=wanted.tag
        )
        return ConversationPage(data=[conversation_read(view) for view in views], next_cursor=following)

    @api.post("", status_code=status.HTTP_201_CREATED, responses=NOT_FOUND)
    async def create_conversation(caller: Chatter, body: ConversationCreate | None = None) -> ConversationRead:
        """Begin a conversation, with a persona or without."""
        given = body or ConversationCreate()
        return conversation_read(await conversations.create(caller, _change(given), given.persona_id))

    @api.get("/{conversation_id}", responses=NOT_FOUND)
    async def read_conversation(caller: Chatter, conversation_id: UUID) -> ConversationRead:
        """One conversation, without its messages."""
        return conversation_read(await conversations.get(caller, conversation_id))

    @api.patch("/{conversation_id}", responses=NOT_FOUND)
    async def change_conversation(caller: Chatter, conversation_id: UUID, body: ConversationWrite) -> ConversationRead:
        """Rename it or change its settings; fields that are not sent stay, null empties one."""
        return conversation_read(await conversations.change(caller, conversation_id, _change(body)))

    @api.delete("/{conversation_id}", status_code=status.HTTP_204_NO_CONTENT, responses=HELD)
    async def delete_conversation(caller: Chatter, conversation_id: UUID) -> None:
        """Delete it with all its messages. An answer that is being written is stopped."""
        await conversations.delete(caller, conversation_id)

    return api


def _change(body: ConversationWrite) -> ConversationChange:
    plain = body.model_dump(exclude_unset=True, exclude={"prompt", "persona_id", "steps"})
    if "steps" in body.model_fields_set:
        plain["steps"] = own_steps(body.steps)
    if "prompt" in body.model_fields_set:
        plain["prompt"] = None if body.prompt is None else use_of(body.prompt)
    return ConversationChange(**plain)
