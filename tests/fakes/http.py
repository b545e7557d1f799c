"""A small HTTP/1.1 server that gives the handler power over every byte and every close; it knows nothing of models."""

import asyncio
import socket
import struct
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from http import HTTPStatus
from typing import cast

import httptools

_LINGER_NONE = struct.pack("ii", 1, 0)

Headers = Iterable[tuple[str, str]]
Handler = Callable[["Exchange"], Awaitable[None]]


class ClientLeftError(Exception):
    """The client closed the connection before the answer was finished."""


class Exchange:
    """One request and the means to answer it.

    Args:
        connection: Where the bytes go.
        method: The request's method.
        target: Path with query, as sent.
        headers: Names in lower case.
        body: The whole body.
    """

    def __init__(self, connection: "Connection", method: str, target: str, *, headers: dict[str, str], body: bytes):
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.keep_alive = connection.keep_alive
        self._connection = connection
        self._chunked = False

    async def start(self, status: int, headers: Headers, *, pause_s: float = 0.0, length: int | None = None) -> None:
        """Send the status line and the headers, chunked without a `length`, resting `pause_s` between the two."""
        self._chunked = length is None
        framing = "transfer-encoding: chunked" if length is None else f"content-length: {length}"
        connection = "" if self.keep_alive else "connection: close\r\n"
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
        first = f"HTTP/1.1 {status} {_phrase(status)}\r\n".encode()
        rest = f"{lines}{framing}\r\n{connection}\r\n".encode()
        if pause_s:
            await self._connection.send(first)
            await self.rest(pause_s)
            await self._connection.send(rest)
        else:
            await self._connection.send(first + rest)

    async def write(self, data: bytes) -> None:
        """Send a part of the body in one write. Raises ClientLeftError."""
        await self._connection.send(b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data)

    async def end(self) -> None:
        """Finish the answer; the connection may be used again."""
        if self._chunked:
            await self._connection.send(b"0\r\n\r\n")

    async def rest(self, seconds: float) -> None:
        """Wait; the client leaving raises ClientLeftError at once."""
        try:
            await asyncio.wait_for(self._connection.lost.wait(), seconds)
        except TimeoutError:
            return
        raise ClientLeftError

    async def until_client_leaves(self) -> None:
        """Say nothing more. Always raises ClientLeftError in the end."""
        await self._connection.lost.wait()
        raise ClientLeftError

    def close(self) -> None:
        """Send what is written, then FIN, whether the answer is finished or not."""
        self._connection.close()

    def reset(self) -> None:
        """Send RST: the client sees a connection reset by its peer."""
        self._connection.reset()


class Connection(asyncio.Protocol):
    """One client connection: parses requests, runs the handler for one after the other.

    Args:
        handle: Answers an exchange.
        spawn: Starts a task that the server owns.
        on_lost: Told when the connection is gone.
    """

    def __init__(
        self,
        handle: Handler,
        spawn: Callable[[Coroutine[None, None, None]], None],
        *,
        on_lost: Callable[["Connection"], None],
    ) -> None:
        self.lost = asyncio.Event()
        self.keep_alive = True
        self._handle = handle
        self._spawn = spawn
        self._on_lost = on_lost
        self._parser = httptools.HttpRequestParser(self)
        self._writable = asyncio.Event()
        self._writable.set()
        self._waiting: deque[Exchange] = deque()
        self._busy = False
        self._target = b""
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        # Not asserted: uvloop's transports are no subclasses of asyncio's.
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wake whoever waits for the client."""
        self.lost.set()
        self._on_lost(self)
        self._writable.set()

    def data_received(self, data: bytes) -> None:
        """Feed the parser; what is not HTTP ends the connection."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.close()

    def pause_writing(self) -> None:
        """Hold writers back: the client reads slowly."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Let writers go on."""
        self._writable.set()

    def on_url(self, url: bytes) -> None:
        """Collect the target."""
        self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Collect a header."""
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        """Invite a body that waits to be invited."""
        if self._headers.get("expect", "").lower() == "100-continue":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        """Collect the body."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """Queue the request."""
        self.keep_alive = self._parser.should_keep_alive()
        method = self._parser.get_method().decode()
        exchange = Exchange(
            self, method, self._target.decode("latin-1"), headers=self._headers, body=b"".join(self._body)
        )
        self._target, self._headers, self._body = b"", {}, []
        self._waiting.append(exchange)
        if not self._busy:
            self._busy = True
            self._spawn(self._answer())

    async def send(self, data: bytes) -> None:
        """Write, waiting while the client reads slowly. Raises ClientLeftError."""
        if not self._writable.is_set():
            await self._writable.wait()
        if self.lost.is_set() or self._transport.is_closing():
            raise ClientLeftError
        self._transport.write(data)

    def close(self) -> None:
        """Flush, then FIN."""
        self._transport.close()

    def reset(self) -> None:
        """RST instead of FIN."""
        raw = self._transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
        self._transport.abort()

    def abort(self) -> None:
        """Drop the connection without flushing."""
        self._transport.abort()

    async def _answer(self) -> None:
        while self._waiting:
            exchange = self._waiting.popleft()
            await self._handle(exchange)
            if not exchange.keep_alive:
                self.close()
        self._busy = False


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Overloaded"
