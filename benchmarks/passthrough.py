"""The floor: an ASGI application that hands bytes on and reads none of them. Nothing in Python can do less.

`python -m benchmarks.passthrough <port> <base URL of the upstream>`
"""

import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import aiohttp
import uvicorn

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
_HEADERS = {"Content-Type": "application/json", "Authorization": "Bearer upstream-key"}


class Passthrough:
    """Posts every body to the upstream's chat endpoint and relays the pieces of the answer as they come."""

    def __init__(self, base_url: str) -> None:
        self._url = f"{base_url}/chat/completions"
        self._session: aiohttp.ClientSession | None = None

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["method"] == "GET":
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body"})
        else:
            await self._relay(await _whole(receive), send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=60)
        async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
            self._session = session
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    async def _relay(self, body: bytes, send: Send) -> None:
        assert self._session is not None
        async with self._session.post(self._url, data=body, headers=_HEADERS) as response:
            kind = response.headers["Content-Type"].encode()
            headers = [(b"content-type", kind)]
            if (length := response.headers.get("Content-Length")) is not None:
                headers.append((b"content-length", length.encode()))
            await send({"type": "http.response.start", "status": response.status, "headers": headers})
            async for data in response.content.iter_any():
                await send({"type": "http.response.body", "body": data, "more_body": True})
        await send({"type": "http.response.body"})


async def _whole(receive: Receive) -> bytes:
    pieces: list[bytes] = []
    while True:
        message = await receive()
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)


if __name__ == "__main__":
    uvicorn.run(
        Passthrough(sys.argv[2]),
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        log_level="warning",
        access_log=False,
        # Streams that hang upstream never end by themselves.
        timeout_graceful_shutdown=1,
    )
