"""`/api/v1/personas`: list, make, read, change, copy, delete."""

from uuid import UUID

from fastapi import APIRouter, status
from msgspec.structs import replace

from chimera.prompts.endpoints.asked import CHANGED, MADE, Called, Chatter, Cursor, Limit, Search, Tagged
from chimera.prompts.endpoints.rendering import change_of, persona_of, persona_read, profile_of
from chimera.prompts.persona_schemas import PersonaCreate, PersonaPage, PersonaRead, PersonaUpdate
from chimera.prompts.service import Library
from chimera.prompts.service.library import Wanted
from chimera.prompts.states import Kind
from chimera.web.routers import LateRouter


def router(library: Library) -> APIRouter:
    api = LateRouter(prefix="/api/v1/personas", tags=["prompts"])

    @api.get("")
    async def list_personas(
        caller: Chatter,
        limit: Limit = 30,
        cursor: Cursor = None,
        q: Search = "",
        tag: Tagged = "",
        command: Called = "",
    ) -> PersonaPage:
        """Personas of one's own, of one's groups and of the organisation, the last changed first."""
        wanted = Wanted(words=q, tag=tag, command=command)
        views, following = await library.list(caller, Kind.PERSONA, wanted, cursor=cursor, limit=limit)
        return PersonaPage(data=[persona_read(view) for view in views], next_cursor=following)

    @api.post("", status_code=status.HTTP_201_CREATED, responses=MADE)
    async def create_persona(caller: Chatter, body: PersonaCreate) -> PersonaRead:
        """Keep a persona."""
        return persona_read(await library.create(caller, profile_of(body), persona_of(body)))

    @api.get("/{persona_id}")
    async def read_persona(caller: Chatter, persona_id: UUID) -> PersonaRead:
        """One persona, as it is now."""
        return persona_read(await library.get(caller, Kind.PERSONA, persona_id))

    @api.patch("/{persona_id}", responses=CHANGED)
    async def change_persona(caller: Chatter, persona_id: UUID, body: PersonaUpdate) -> PersonaRead:
        """Rename it, share it, or change what it is. Conversations that began with it stay as they are."""
        change, expected = change_of(body), body.expected_revision
        if body.played is not None:
            change = replace(change, body=persona_of(body.played))
        return persona_read(await library.change(caller, Kind.PERSONA, persona_id, change, expected=expected))

    @api.delete("/{persona_id}", status_code=status.HTTP_204_NO_CONTENT)
    async def delete_persona(caller: Chatter, persona_id: UUID) -> None:
        """Delete it. Conversations that began with it go on."""
        await library.delete(caller, Kind.PERSONA, persona_id)

    @api.post("/{persona_id}/copy", status_code=status.HTTP_201_CREATED, responses=MADE)
    async def copy_persona(caller: Chatter, persona_id: UUID) -> PersonaRead:
        """Make one's own of it, private."""
        return persona_read(await library.copy(caller, Kind.PERSONA, persona_id))

    return api
