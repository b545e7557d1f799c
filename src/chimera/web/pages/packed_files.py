"""Files in fewer bytes: as the build packed them with Brotli, or with gzip when they are first asked for. Kept."""

import asyncio
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from starlette.responses import FileResponse, Response
from starlette.types import Scope

from chimera.web.compression import LEAST, VARY, codings, is_text, weakened

_GZIP: Final = 31  # zlib's word for its format with a head
_Key: TypeAlias = tuple[str, float, str]


@dataclass(frozen=True, slots=True)
class PackedFiles:
    """Packed forms of the files of one folder, in memory."""

    _made: dict[_Key, bytes] = field(default_factory=dict)

    def mark(self, response: Response, scope: Scope, *, media_type: str, size: int) -> None:
        """Say in the headers that the file has several forms, and with a weak validator that this client gets one."""
        if size < LEAST or not is_text(media_type.encode("latin-1")):
            return
        response.raw_headers.append(VARY)
        if not _wanted(scope) or any(name == b"range" for name, _ in scope["headers"]):
            return
        etag = response.headers["etag"]
        response.headers["etag"] = weakened(etag.encode("latin-1")).decode("latin-1")

    async def packed(self, response: FileResponse, scope: Scope) -> Response:
        """The same answer with the file packed, in the first form that the client takes and that there is."""
        stat = response.stat_result
        assert stat is not None, "the static files know their size"
        kept = {name: value for name, value in response.headers.items() if name in {"etag", "last-modified", "vary"}}
        for coding in _wanted(scope):
            body = await self._body((str(response.path), stat.st_mtime, coding))
            if body:
                headers = {**kept, "content-encoding": coding}
                return Response(body, headers=headers, media_type=response.media_type)
        return response

    async def _body(self, key: _Key) -> bytes:
        if key not in self._made:
            self._made[key] = await asyncio.to_thread(_made, *key)
        return self._made[key]


def _made(path: str, modified: float, coding: str) -> bytes:
    """Pack a file; nothing if the build made no such form of it."""
    if coding == "gzip":
        packer = zlib.compressobj(9, zlib.DEFLATED, _GZIP)
        return packer.compress(Path(path).read_bytes()) + packer.flush()
    built = Path(f"{path}.br")
    return built.read_bytes() if built.is_file() and built.stat().st_mtime >= modified else b""


def _wanted(scope: Scope) -> list[str]:
    taken = codings(scope["headers"])
    return [coding for coding in ("br", "gzip") if coding.encode() in taken]
