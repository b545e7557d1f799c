"""`/api/v1/memories`, `/api/v1/memory/…` and `/api/v1/conversations/{id}/memory`: what is remembered of the caller."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, status
from pydantic import WithJsonSchema

from chimera.conversations.endpoints.chatter import Chatter
from chimera.conversations.endpoints.conversations import Cursor, Short
from chimera.conversations.endpoints.documented import NOT_FOUND
from chimera.conversations.memory.fact import FactKind
from chimera.conversations.remembering.rendering import change_of, graph_read, memory_read, settings_read
from chimera.conversations.remembering.schemas import (
    ConversationMemory,
    Forgotten,
    MemoryGraph,
    MemoryPage,
    MemoryPatch,
    MemoryRead,
    MemorySettingsRead,
    MemorySettingsWrite,
    MemoryWrite,
)
from chimera.conversations.remembering.service import Memories
from chimera.web.openapi import refusals
from chimera.web.routers import LateRouter

# Described without null: an address cannot say it.
_SHORT: Final = WithJsonSchema({"type": "string", "maxLength": 200, "pattern": "^[^\\u0000]*$"})
_ID: Final = WithJsonSchema({"type": "string", "format": "uuid"})
_FULL: Final = refusals({409: "There are as many memories as one person may have."})
Search = Annotated[Short | None, Query(description="What a model would be shown to a question like this."), _SHORT]
OfConversation = Annotated[UUID | None, Query(description="Only what was said in this conversation alone."), _ID]
Kinds = Annotated[list[FactKind], Query(max_length=8, description="Only of these kinds.")]


def router(memories: Memories) -> APIRouter:
    api = LateRouter(prefix="/api/v1", tags=["memories"])
    _add_settings(api, memories)

    @api.get("/memories")
    async def list_memories(
        caller: Chatter,
        *,
        limit: Annotated[int, Query(ge=1, le=100)] = 30,
        cursor: Cursor = None,
        q: Search = None,
        kind: Kinds = [],  # noqa: B006  # FastAPI copies it
        holding: Annotated[bool, Query(description="Only what holds now.")] = True,
    ) -> MemoryPage:
        """What is remembered of the caller, what was said last first; with `q`, what holds and matters to that."""
        if q:
            found = await memories.searched(caller, q, kinds=kind)
            return MemoryPage(data=[memory_read(view) for view in found[:limit]], next_cursor=None)
        views, following = await memories.listed(caller, kinds=kind, holding=holding, cursor=cursor, limit=limit)
        return MemoryPage(data=[memory_read(view) for view in views], next_cursor=following)

    @api.post("/memories", status_code=status.HTTP_201_CREATED, responses=_FULL)
    async def write_memory(caller: Chatter, body: MemoryWrite) -> MemoryRead:
        """Let something be remembered; about the same, it ends what was known before."""
        return memory_read(await memories.write(caller, change_of(body)))

    @api.delete("/memories")
    async def forget_memories(caller: Chatter, conversation_id: OfConversation = None) -> Forgotten:
        """Forget everything, or what was said in one conversation alone. No model is shown it any more."""
        return Forgotten(forgotten=await memories.forget_all(caller, conversation_id))

    @api.get("/memories/{memory_id}", responses=NOT_FOUND)
    async def read_memory(caller: Chatter, memory_id: UUID) -> MemoryRead:
        """One memory, and why it is known."""
        return memory_read(await memories.get(caller, memory_id))

    @api.patch("/memories/{memory_id}", responses=NOT_FOUND)
    async def change_memory(caller: Chatter, memory_id: UUID, body: MemoryPatch) -> MemoryRead:
        """Say it better, or until when it holds; what is left out stays."""
        return memory_read(await memories.change(caller, memory_id, change_of(body)))

    @api.delete("/memories/{memory_id}", status_code=status.HTTP_204_NO_CONTENT, responses=NOT_FOUND)
    async def forget_memory(caller: Chatter, memory_id: UUID) -> None:
        """Forget it. No model is shown it any more, and it is not learned from the same message again."""
        await memories.forget(caller, memory_id)

    return api


def _add_settings(api: APIRouter, memories: Memories) -> None:
    @api.get("/memory/settings")
    async def read_memory_settings(caller: Chatter) -> MemorySettingsRead:
        """Whether the caller is remembered beyond a conversation."""
        return settings_read(await memories.settings(caller), learns_by_model=memories.has_model)

    @api.put("/memory/settings")
    async def change_memory_settings(caller: Chatter, body: MemorySettingsWrite) -> MemorySettingsRead:
        """Turn memory on or off, and say what is learned. What is remembered stays until it is forgotten."""
        chosen = await memories.choose(caller, enabled=body.enabled, learning=body.learning)
        return settings_read(chosen, learns_by_model=memories.has_model)

    @api.get("/memory/graph")
    async def read_memory_graph(caller: Chatter) -> MemoryGraph:
        """Who and what the caller spoke of, and how they are joined."""
        return graph_read(await memories.graph(caller))

    @api.get("/conversations/{conversation_id}/memory", responses=NOT_FOUND)
    async def read_conversation_memory(caller: Chatter, conversation_id: UUID) -> ConversationMemory:
        """Whether a conversation takes part in memory, where its person has it."""
        return ConversationMemory(enabled=not await memories.is_excepted(caller, conversation_id))

    @api.put("/conversations/{conversation_id}/memory", responses=NOT_FOUND)
    async def change_conversation_memory(
        caller: Chatter, conversation_id: UUID, body: ConversationMemory
    ) -> ConversationMemory:
        """Leave a conversation out: nothing remembered is shown in it, and nothing is learned in it."""
        await memories.except_(caller, conversation_id, excepted=not body.enabled)
        return body
