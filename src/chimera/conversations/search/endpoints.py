"""`GET /api/v1/search`."""

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AfterValidator, AwareDatetime, Field, WithJsonSchema

from chimera.conversations.endpoints.chatter import Chatter
from chimera.conversations.fields import storable
from chimera.conversations.search.schemas import HitPage, HitRead, MarkRead, SnippetRead
from chimera.conversations.search.service import Hit, Search, Searching
from chimera.conversations.search.texts import TITLE
from chimera.web.routers import LateRouter

_TEXT = {"type": "string", "maxLength": 200, "pattern": "^[^\\u0000]*$"}
_ID = WithJsonSchema({"type": "string", "format": "uuid"})
_MOMENT = WithJsonSchema({"type": "string", "format": "date-time"})
_Text = Annotated[str, Field(max_length=200), AfterValidator(storable)]
Q = Annotated[
    _Text,
    Query(
        min_length=1,
        description='Words that must all be there, in any case and with or without accents; "words in this order"; '
        "-without. The last word counts as begun.",
        examples=['"second harbour" -boat fer'],
    ),
]
Since = Annotated[AwareDatetime | None, Query(alias="from", description="Only what was said since."), _MOMENT]
Until = Annotated[AwareDatetime | None, Query(alias="to", description="Only what was said until then."), _MOMENT]
Role = Annotated[
    Literal["user", "assistant", "title"] | None,
    Query(description="Only what people said, models answered, or conversations are called."),
    WithJsonSchema({"type": "string", "enum": ["user", "assistant", "title"]}),
]
Model = Annotated[_Text | None, Query(description="Only what this model answered."), WithJsonSchema(_TEXT)]
Of = Annotated[UUID | None, Query(description="Only in this conversation."), _ID]
Folder = Annotated[UUID | None, Query(description="Only conversations in this folder."), _ID]
Tag = Annotated[
    _Text | None, Query(description="Only conversations that bear this tag, in any case."), WithJsonSchema(_TEXT)
]
Cursor = Annotated[
    _Text | None, Query(description="`next_cursor` of the page before; with the same question."), WithJsonSchema(_TEXT)
]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Where:
    """What is searched, as the address says it."""

    conversation_id: Of = None
    folder: Folder = None
    tag: Tag = None


async def _asked(
    where: Annotated[_Where, Depends()],
    q: Q,
    since: Since = None,
    until: Until = None,
    role: Role = None,
    model: Model = None,
) -> Search:
    return Search(
        text=q,
        since=since,
        until=until,
        role=role,
        model=model,
        conversation_id=where.conversation_id,
        folder_id=where.folder,
        tag=where.tag,
    )


Asked: TypeAlias = Annotated[Search, Depends(_asked)]


def router(searching: Searching) -> APIRouter:
    api = LateRouter(prefix="/api/v1", tags=["conversations"])

    @api.get("/search")
    async def search(
        caller: Chatter, asked: Asked, limit: Annotated[int, Query(ge=1, le=50)] = 20, cursor: Cursor = None
    ) -> HitPage:
        """Search all that the caller said, was answered and called conversations, whichever branch it is on."""
        page = await searching.search(caller, asked, limit=limit, cursor=cursor)
        return HitPage(data=[_hit_read(hit) for hit in page.hits], next_cursor=page.next_cursor, pending=page.pending)

    return api


def _hit_read(hit: Hit) -> HitRead:
    found, shown = hit.found, hit.snippet
    is_title = found.role == TITLE
    return HitRead(
        kind="title" if is_title else "message",
        conversation_id=found.conversation_id,
        title=hit.title,
        message_id=None if is_title else found.id,
        role=found.role,
        model=found.model,
        created_at=found.at,
        snippet=SnippetRead(
            text=shown.text,
            marks=[MarkRead(begin=begin, end=end) for begin, end in shown.marks],
            begins=shown.begins,
            is_cut=shown.is_cut,
        ),
    )
