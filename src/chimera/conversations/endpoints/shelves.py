"""`/api/v1/folders`, `/api/v1/tags` and `PATCH /api/v1/conversations`: where people put their conversations."""

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, status

from chimera.conversations.endpoints.chatter import Chatter
from chimera.conversations.endpoints.documented import NOT_FOUND, problem_told
from chimera.conversations.shelves.schemas import (
    ConversationsArrange,
    FolderList,
    FolderPatch,
    FolderRead,
    FolderWrite,
    TagList,
    TagRead,
    TagWrite,
)
from chimera.conversations.shelves.service import Arrangement, FolderChange, Shelves
from chimera.conversations.tables import FolderRow, TagRow
from chimera.web.routers import LateRouter

_REFUSED: Final[dict[int | str, dict[str, Any]]] = {
    **NOT_FOUND,
    409: problem_told("There are too many, or this one cannot be there or be called so."),
}


def router(shelves: Shelves) -> APIRouter:
    """All of folders and tags, for callers that may chat."""
    api = LateRouter(prefix="/api/v1", tags=["conversations"])
    _add_folders(api, shelves)
    _add_tags(api, shelves)

    @api.patch("/conversations", status_code=status.HTTP_204_NO_CONTENT, responses=_REFUSED)
    async def arrange_conversations(caller: Chatter, body: ConversationsArrange) -> None:
        """Put conversations into a folder, pin them, archive them, tag them: many at once."""
        given = body.model_dump(exclude_unset=True, exclude={"conversation_ids"})
        await shelves.arrange(caller, body.conversation_ids, Arrangement(**given))

    return api


def _add_folders(api: APIRouter, shelves: Shelves) -> None:
    @api.get("/folders")
    async def list_folders(caller: Chatter) -> FolderList:
        """The caller's folders; each says in which it lies."""
        return FolderList(data=[_folder(row) for row in await shelves.folders(caller)])

    @api.post("/folders", status_code=status.HTTP_201_CREATED, responses=_REFUSED)
    async def create_folder(caller: Chatter, body: FolderWrite) -> FolderRead:
        """Make a folder, at most five deep."""
        return _folder(await shelves.make(caller, FolderChange(**body.model_dump(exclude_unset=True))))

    @api.patch("/folders/{folder_id}", responses=_REFUSED)
    async def change_folder(caller: Chatter, folder_id: UUID, body: FolderPatch) -> FolderRead:
        """Rename it, move it, change what it gives to its conversations."""
        return _folder(await shelves.change(caller, folder_id, FolderChange(**body.model_dump(exclude_unset=True))))

    @api.delete("/folders/{folder_id}", status_code=status.HTTP_204_NO_CONTENT, responses=NOT_FOUND)
    async def delete_folder(caller: Chatter, folder_id: UUID) -> None:
        """Delete a folder; what lies in it lies in the one around it then."""
        await shelves.remove(caller, folder_id)


def _add_tags(api: APIRouter, shelves: Shelves) -> None:
    @api.get("/tags")
    async def list_tags(caller: Chatter) -> TagList:
        """The caller's tags."""
        return TagList(data=[_tag(row, count) for row, count in await shelves.tags(caller)])

    @api.patch("/tags/{tag_id}", responses=_REFUSED)
    async def rename_tag(caller: Chatter, tag_id: UUID, body: TagWrite) -> TagRead:
        """Call a tag otherwise, on all conversations that bear it."""
        return _tag(*await shelves.rename(caller, tag_id, body.name))

    @api.delete("/tags/{tag_id}", status_code=status.HTTP_204_NO_CONTENT, responses=NOT_FOUND)
    async def delete_tag(caller: Chatter, tag_id: UUID) -> None:
        """Take a tag off all conversations, and delete it."""
        await shelves.take_away(caller, tag_id)


def _folder(row: FolderRow) -> FolderRead:
    return FolderRead(**{name: getattr(row, name) for name in FolderRead.model_fields})


def _tag(row: TagRow, count: int) -> TagRead:
    return TagRead(id=row.id, name=row.name, conversations=count)
