"""Server-sent events: frames, and a response that streams them while its reader listens."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from chimera.web.connection import while_connected

KEEP_ALIVE = b": keep-alive\n\n"
HEADERS = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache, no-transform",
    # nginx would hold the stream back otherwise: https://nginx.org/en/docs/http/ngx_http_proxy_module.html
    "x-accel-buffering": "no",
}


def frame(event: str, data: bytes, *, id: int | None = None) -> bytes:
    """One SSE frame. `data` is JSON, which has no raw line break."""
    head = b"" if id is None else b"id: %d\n" % id
    return b"%bevent: %b\ndata: %b\n\n" % (head, event.encode(), data)


class Outlet:
    """The body of one streamed response: whole frames in, with comments in the silences between them."""

    def __init__(self, send: Send, *, keep_alive_s: float = 15.0, keep_alive: bytes = KEEP_ALIVE) -> None:
        self.keep_alive_s = keep_alive_s
        self._keep_alive = keep_alive
        self._send = send
        self._started = False
        # Kept: asking for the running loop costs a system call on some Pythons, and every chunk asks.
        self._now = asyncio.get_running_loop().time
        self._last = self._now()

    async def start(self, headers: list[tuple[bytes, bytes]]) -> None:
        self._started = True
        await self._send({"type": "http.response.start", "status": 200, "headers": headers})

    async def put(self, chunk: bytes) -> None:
        """Send frames; waits while the client reads more slowly than we write."""
        self._last = self._now()
        await self._send({"type": "http.response.body", "body": chunk, "more_body": True})

    async def end(self) -> None:
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def keep_alive(self) -> None:
        """Say something if the body has begun and nothing was said lately, so that proxies keep the connection."""
        if self._keep_alive and self._started and self._now() - self._last >= self.keep_alive_s:
            await self.put(self._keep_alive)


class EventStream(Response):
    """Streams frames until they end or the reader leaves.

    When the reader leaves, `frames` is cancelled where it waits, and closed.
    """

    def __init__(self, frames: AsyncGenerator[bytes, None], *, keep_alive_s: float = 15.0) -> None:
        super().__init__(headers=HEADERS)
        self.frames = frames
        self.keep_alive_s = keep_alive_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        outlet = Outlet(send, keep_alive_s=self.keep_alive_s)
        async with aclosing(self.frames) as frames:
            await outlet.start([(name, value) for name, value in self.raw_headers if name != b"content-length"])
            async with while_connected(receive, on_silence=outlet.keep_alive, every_s=self.keep_alive_s):
                async for chunk in frames:
                    await outlet.put(chunk)
                await outlet.end()
