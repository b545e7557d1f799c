"""`/api/v1/conversations/…export` and `…/import`: conversations as files, both ways."""

from collections.abc import AsyncGenerator
from functools import partial
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response, status
from fastapi.responses import StreamingResponse

from chimera.conversations.endpoints.chatter import Chatter
from chimera.conversations.interchange.exporting import ENDINGS, ConversationExports, Format, Wanted
from chimera.conversations.interchange.importing import Imports
from chimera.conversations.interchange.progress import STREAM, progress_frames
from chimera.conversations.interchange.rendering import report_read
from chimera.conversations.interchange.schemas import ImportRead
from chimera.conversations.interchange.writers.fine_tuning import Choosing
from chimera.web.openapi import refusals
from chimera.web.problems import request_id_of
from chimera.web.routers import LateRouter
from chimera.web.sse import EventStream

_MEDIA: Final[dict[Format, str]] = {
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "markdown": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "fine_tuning": "application/x-ndjson",
}
_ZIP: Final = "application/zip"
_SAMPLE: Final = '{"title":"Skies","mapping":{"1":{"message":{"author":{"role":"user"},"content":{"parts":["Hi"]}}}}}'
_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}


def _files(*media: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": "The file.", "content": {one.partition(";")[0]: _BINARY for one in media}}}


_ONE: Final = {**_files(*_MEDIA.values()), **refusals({404: "There is none, or it is another's."})}
_ALL: Final = _files(_ZIP, "application/x-ndjson")
_REFUSED: Final = refusals(
    {
        400: "Nothing in the file is a conversation, or the ZIP file is damaged.",
        409: "Another file of yours is being read.",
        413: "The file is too large.",
    }
)
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "The file as it was exported: JSON, JSON Lines, or the whole ZIP file.",
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary", "examples": [_SAMPLE]}}
        },
    }
}


def _choosing(
    branches: Annotated[
        Literal["shown", "all"], Query(description="The branch that is shown, or every one.")
    ] = "shown",
    *,
    reasoning: Annotated[bool, Query(description="`fine_tuning`: thoughts before answers, in `<think>`.")] = False,
    incomplete: Annotated[bool, Query(description="`fine_tuning`: answers that were cut off, too.")] = False,
) -> Choosing:
    return Choosing(branches=branches, reasoning=reasoning, incomplete=incomplete)


Chosen = Annotated[Choosing, Depends(_choosing)]
Only = Annotated[
    tuple[UUID, ...],
    Query(alias="conversation_id", max_length=100, description="Only these, as far as they are there; once for each."),
]


def router(exports: ConversationExports, imports: Imports) -> APIRouter:
    """Before that of conversations, in whose addresses an id stands where `export` does here."""
    api = LateRouter(prefix="/api/v1/conversations", tags=["conversations"])

    @api.get("/export", response_class=Response, responses=_ALL)
    async def export_conversations(
        caller: Chatter,
        chosen: Chosen,
        format: Annotated[
            Format,
            Query(
                description="`jsonl` is lossless, a line each; `json`, `markdown` and `html` are files in a ZIP file."
            ),
        ] = "jsonl",
        only: Only = (),
    ) -> Response:
        """All of the caller's conversations as one file, streamed, or some of them."""
        wanted = Wanted(format=format, choosing=chosen)
        name = "conversations.zip" if wanted.is_archive else f"conversations.{ENDINGS[format]}"
        return _file(exports.all(caller, wanted, only=only), name, _ZIP if wanted.is_archive else _MEDIA[format])

    _add_import(api, imports)

    @api.get("/{conversation_id}/export", response_class=Response, responses=_ONE)
    async def export_conversation(
        caller: Chatter,
        conversation_id: UUID,
        chosen: Chosen,
        format: Annotated[Format, Query(description="`json` and `jsonl` are lossless.")] = "json",
    ) -> Response:
        """One conversation as a file."""
        content = await exports.one(caller, conversation_id, Wanted(format=format, choosing=chosen))
        name = f"{conversation_id}.{ENDINGS[format]}"
        return Response(content, media_type=_MEDIA[format], headers=_headers(name))

    _keep_others_off(api)
    return api


def _add_import(api: APIRouter, imports: Imports) -> None:
    @api.post("/import", response_model=ImportRead, responses={200: STREAM, **_REFUSED}, openapi_extra=_BODY)
    async def import_conversations(
        request: Request,
        caller: Chatter,
        *,
        again: Annotated[bool, Query(description="Also what was taken in once and deleted here since.")] = False,
    ) -> ImportRead | Response:
        """Take in conversations of an export of Chimera, ChatGPT, Claude, Open WebUI or LibreChat.

        Whatever was taken in before is not taken in again; conversations that grew get their new messages.
        """
        if not _hears_events(request):
            return report_read(await imports.take(caller, request.stream(), again=again))
        states = imports.follow(caller, request.stream(), again=again)
        # Refused with a status as long as the file is not there; then the answer begins.
        begun = await anext(states)
        return EventStream(progress_frames(states, begun, request_id_of(request)))


def _keep_others_off(api: APIRouter) -> None:
    """Refuse other methods here: else they would go on to the conversation whose id is said to be `export`."""
    for path, allowed, others in (
        ("/export", "GET, HEAD", ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")),
        ("/import", "POST", ("GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")),
    ):
        refuse = partial(_refuse, allowed)
        api.add_api_route(path, refuse, methods=list(others), include_in_schema=False, response_model=None)


def _hears_events(request: Request) -> bool:
    return "text/event-stream" in request.headers.get("accept", "")


async def _refuse(allowed: str) -> None:
    raise HTTPException(status.HTTP_405_METHOD_NOT_ALLOWED, headers={"allow": allowed})


def _file(pieces: AsyncGenerator[bytes], name: str, media_type: str) -> Response:
    return StreamingResponse(pieces, media_type=media_type, headers=_headers(name))


def _headers(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
