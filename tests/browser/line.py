"""The line between a browser and the server, which can break as lines do: at once, in the middle of everything."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

_CHUNK = 65536


class Line:
    """Forwards every connection to the server, until it is cut.

    Attributes:
        url: The address of its near end.
    """

    url: str

    def __init__(self, server_url: str) -> None:
        parts = urlsplit(server_url)
        self._server = (parts.hostname, parts.port)
        self._whole = True
        self._ends: set[asyncio.StreamWriter] = set()
        self._relays: set[asyncio.Task[None]] = set()

    def cut(self) -> None:
        """Break every connection, and each new one, until mended."""
        self._whole = False
        for end in tuple(self._ends):
            end.transport.abort()

    def mend(self) -> None:
        self._whole = True

    async def close(self) -> None:
        self.cut()
        await asyncio.gather(*self._relays)

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._whole:
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection(*self._server)
        self._ends |= {writer, back}
        for source, sink in ((reader, back), (there, writer)):
            relay = asyncio.create_task(self._relay(source, sink))
            self._relays.add(relay)
            relay.add_done_callback(self._relays.discard)

    async def _relay(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(_CHUNK):
                sink.write(data)
                await sink.drain()
        except ConnectionError:
            sink.transport.abort()
        finally:
            sink.close()
            self._ends.discard(sink)


@asynccontextmanager
async def line_to(server_url: str) -> AsyncGenerator[Line]:
    """Lay a line to the server."""
    line = Line(server_url)
    near_end = await asyncio.start_server(line.connect, "127.0.0.1", 0)
    line.url = f"http://127.0.0.1:{near_end.sockets[0].getsockname()[1]}"
    try:
        yield line
    finally:
        near_end.close()
        await line.close()
        await near_end.wait_closed()
