"""`/v1/files`: taken in, listed, read, deleted."""

from contextlib import aclosing
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.types import Send

from chimera.batches.names import file_id, file_name
from chimera.batches.service import FileInfo, Files
from chimera.compat.exchange import Surface, path_parameter, send_json
from chimera.compat.openai.batching.paging import after_of, is_oldest_first, limit_of
from chimera.compat.openai.batching.rendering import encode, encode_deleted, encode_list, file_object
from chimera.compat.openai.batching.uploads import take_upload
from chimera.kit.scope import Scope
from chimera.tenancy.permissions import CHAT, require
from chimera.web.connection import while_connected

MOST_FILES = 10_000


@dataclass(frozen=True, slots=True)
class FileEndpoints:
    """Each method answers one endpoint; see `compat.exchange.Answer`."""

    files: Files

    async def create(self, surface: Surface, scope: Scope, request: Request, send: Send) -> None:
        require(scope, CHAT)
        info = await take_upload(self.files, scope, request)
        await send_json(send, encode(file_object(info)), [])

    async def list(self, surface: Surface, scope: Scope, request: Request, send: Send) -> None:
        require(scope, CHAT)
        found, more = await self.files.recent(
            scope,
            purpose=request.query_params.get("purpose"),
            after=after_of(request, file_id),
            limit=limit_of(request, default=MOST_FILES, most=MOST_FILES),
            oldest_first=is_oldest_first(request),
        )
        await send_json(send, encode_list([file_object(info) for info in found], more=more), [])

    async def retrieve(self, surface: Surface, scope: Scope, request: Request, send: Send) -> None:
        require(scope, CHAT)
        info = await self.files.info(scope, file_id(path_parameter(request.scope, "file_id")))
        await send_json(send, encode(file_object(info)), [])

    async def delete(self, surface: Surface, scope: Scope, request: Request, send: Send) -> None:
        require(scope, CHAT)
        wanted = file_id(path_parameter(request.scope, "file_id"))
        await self.files.delete(scope, wanted)
        await send_json(send, encode_deleted(file_name(wanted)), [])

    async def content(self, surface: Surface, scope: Scope, request: Request, send: Send) -> None:
        """Send a file as it was brought; never as anything that a browser would show."""
        require(scope, CHAT)
        info = await self.files.info(scope, file_id(path_parameter(request.scope, "file_id")))
        async with while_connected(request.receive), aclosing(self.files.content(scope, info.id)) as pieces:
            first = await anext(pieces, b"")  # before anything is promised: its key may be destroyed
            await send({"type": "http.response.start", "status": 200, "headers": _headers(info)})
            await send({"type": "http.response.body", "body": first, "more_body": True})
            async for piece in pieces:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})


def _headers(info: FileInfo) -> list[tuple[bytes, bytes]]:
    disposition = f"attachment; filename*=UTF-8''{quote(info.name, safe='')}"
    return [
        (b"content-type", b"application/octet-stream"),
        (b"content-length", b"%d" % info.size),
        (b"content-disposition", disposition.encode("ascii")),
    ]
