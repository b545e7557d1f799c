"""A server that says given bytes to whoever connects, for what no honest server would say."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Canned:
    """Where it listens, and the requests that it got (as raw bytes)."""

    port: int = 0
    heard: list[bytes] = field(default_factory=list[bytes])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@asynccontextmanager
async def saying(*answers: bytes, closing: bool = True) -> AsyncGenerator[Canned, None]:
    """Answer the first request with the first bytes, and so on; with none left, or not `closing`, keep silent."""
    canned = Canned()
    left = list(answers)
    over = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while left:
            request = await reader.read(65536)
            if not request:
                break
            canned.heard.append(request)
            writer.write(left.pop(0))
            await writer.drain()
        if not closing:
            await over.wait()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    canned.port = server.sockets[0].getsockname()[1]
    try:
        yield canned
    finally:
        over.set()
        server.close()
        await server.wait_closed()


def response(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body
