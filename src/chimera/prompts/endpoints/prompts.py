"""`/api/v1/prompts`: list, make, read, change, copy, delete."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, status

from chimera.prompts.endpoints.asked import BAD, CHANGED, MADE, Called, Chatter, Cursor, Limit, Search, Tagged
from chimera.prompts.endpoints.rendering import change_of, profile_of, prompt_of, prompt_read
from chimera.prompts.schemas import ItemUpdate, PreviewCreate, PreviewRead, PromptCreate, PromptPage, PromptRead
from chimera.prompts.service import Library
from chimera.prompts.service.library import Wanted
from chimera.prompts.states import Kind
from chimera.prompts.templating import tried
from chimera.web.openapi import refusals
from chimera.web.routers import LateRouter


def router(library: Library) -> APIRouter:
    api = LateRouter(prefix="/api/v1/prompts", tags=["prompts"])

    @api.get("")
    async def list_prompts(
        caller: Chatter,
        limit: Limit = 30,
        cursor: Cursor = None,
        q: Search = "",
        tag: Tagged = "",
        command: Called = "",
    ) -> PromptPage:
        """Prompts of one's own, of one's groups and of the organisation, the last changed first."""
        wanted = Wanted(words=q, tag=tag, command=command)
        views, following = await library.list(caller, Kind.PROMPT, wanted, cursor=cursor, limit=limit)
        return PromptPage(data=[prompt_read(view) for view in views], next_cursor=following)

    @api.post("", status_code=status.HTTP_201_CREATED, responses=MADE)
    async def create_prompt(caller: Chatter, body: PromptCreate) -> PromptRead:
        """Keep a prompt. Its templates are tried: what could never be rendered is refused, with the line."""
        return prompt_read(await library.create(caller, profile_of(body), prompt_of(body)))

    @api.post("/preview", responses=refusals(BAD))
    async def preview_prompt(_caller: Chatter, body: PreviewCreate) -> PreviewRead:
        """What a prompt would say, without keeping it: refused as it would be, with part and line."""
        made = prompt_of(body)
        return PreviewRead(text=await asyncio.to_thread(tried, made, dict(body.values)))

    @api.get("/{prompt_id:uuid}")
    async def read_prompt(caller: Chatter, prompt_id: UUID) -> PromptRead:
        """One prompt, with its newest version."""
        return prompt_read(await library.get(caller, Kind.PROMPT, prompt_id))

    @api.patch("/{prompt_id:uuid}", responses=CHANGED)
    async def change_prompt(caller: Chatter, prompt_id: UUID, body: ItemUpdate) -> PromptRead:
        """Rename it, tag it, share it. What it says is changed by a new version."""
        change, expected = change_of(body), body.expected_revision
        return prompt_read(await library.change(caller, Kind.PROMPT, prompt_id, change, expected=expected))

    @api.delete("/{prompt_id:uuid}", status_code=status.HTTP_204_NO_CONTENT)
    async def delete_prompt(caller: Chatter, prompt_id: UUID) -> None:
        """Delete it with all its versions. Conversations that use it need another one to go on."""
        await library.delete(caller, Kind.PROMPT, prompt_id)

    @api.post("/{prompt_id}/copy", status_code=status.HTTP_201_CREATED, responses=MADE)
    async def copy_prompt(caller: Chatter, prompt_id: UUID) -> PromptRead:
        """Make one's own of it, private, with the newest version alone."""
        return prompt_read(await library.copy(caller, Kind.PROMPT, prompt_id))

    return api
