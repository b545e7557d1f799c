"""Servers that say what a test tells them, byte by byte, and what is asked of them."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from chimera.transport import Fault, Pool, Timeouts, TransportError

HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
PATIENT = Timeouts(connect_s=5, idle_s=5)
HASTY = Timeouts(connect_s=0.2, idle_s=0.2)


@dataclass(slots=True)
class Line:
    """One connection, as the server sees it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def request(self) -> tuple[bytes, bytes]:
        """Head and body of the next request. Raises IncompleteReadError when the client has gone."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        sizes = [line[15:] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        return head, await self.reader.readexactly(int(sizes[0])) if sizes else b""

    async def say(self, *data: bytes) -> None:
        """Send these one by one. Raises ConnectionError when the client has gone."""
        for one in data:
            if self.writer.is_closing():
                raise ConnectionResetError
            self.writer.write(one)
            await self.writer.drain()

    def reset(self) -> None:
        """Close with an RST."""
        link = self.writer.get_extra_info("socket")
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def until_gone(self) -> None:
        while await self.reader.read(65536):
            pass


Behaviour = Callable[[Line], Awaitable[None]]


@dataclass(slots=True)
class Served:
    """Where it listens, and how many connections were made."""

    scheme: str = "http"
    port: int = 0
    lines: int = 0
    failed: list[Exception] = field(default_factory=list[Exception])

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/"


@asynccontextmanager
async def serving(*behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> AsyncGenerator[Served]:
    """Treat the first connection by the first behaviour, and so on; the last one is for all that follow."""
    served = Served("http" if tls is None else "https")
    tasks = set[asyncio.Task[None]]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        behave = behaviours[min(served.lines, len(behaviours) - 1)]
        served.lines += 1
        try:
            await behave(Line(reader, writer))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has gone
        except Exception as error:  # noqa: BLE001  # told by the test
            served.failed.append(error)
        finally:
            writer.close()
            with suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    served.port = server.sockets[0].getsockname()[1]
    try:
        yield served
        for error in served.failed:
            raise error
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


def answering(*answers: bytes) -> Behaviour:
    """Answer the requests of a connection with these in turn, then say nothing until the client goes."""

    async def behave(line: Line) -> None:
        for answer in answers:
            await line.request()
            await line.say(answer)
        await line.until_gone()

    return behave


def hanging_up(*answers: bytes) -> Behaviour:
    """Answer with these, then close."""

    async def behave(line: Line) -> None:
        for answer in answers:
            await line.request()
            await line.say(answer)

    return behave


async def got(
    pool: Pool, url: str, *, method: str = "POST", body: bytes | None = b"{}", timeouts: Timeouts = PATIENT
) -> tuple[int, bytes]:
    """Status and whole body."""
    answer = await pool.ask(method, url, headers={"X-A": "b"}, body=body, timeouts=timeouts)
    try:
        pieces = []
        while data := await answer.piece():
            pieces.append(data)
    finally:
        answer.close()
    return answer.status, b"".join(pieces)


async def fault(
    pool: Pool, url: str, *, method: str = "POST", body: bytes | None = b"{}", timeouts: Timeouts = PATIENT
) -> Fault | None:
    """How it fails."""
    try:
        await got(pool, url, method=method, body=body, timeouts=timeouts)
    except TransportError as error:
        return error.fault
    return None
