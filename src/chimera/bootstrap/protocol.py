"""HTTP/1.1 of the server: uvicorn's, with a bound on what it keeps of a request before the request can be judged."""

from asyncio import Transport
from collections.abc import Awaitable
from typing import Any, Final

from starlette.types import Message
from uvicorn.protocols.http.httptools_impl import (
    HEADER_RE,
    HEADER_VALUE_RE,
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

# Of the request line and all headers together; as much as proxies in front of us commonly let through, and more.
HEAD_LIMIT = 131_072
TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\n"
    b"content-type: text/plain; charset=utf-8\r\ncontent-length: 34\r\n\r\nThe request's headers are too long"
)

# Of the connection itself: rare, and uvicorn's to judge.
_ITS_OWN: Final = frozenset({b"connection", b"transfer-encoding"})
_BODILESS: Final = frozenset({204, 304})


class QuickCycle(RequestResponseCycle):
    """Writes the head of an answer in one go, where uvicorn looks at each header by itself."""

    def send(self, message: Message) -> Awaitable[None]:  # type: ignore[override]  # awaited at once, by all
        if message["type"] == "http.response.start" and not (self.response_started or self.disconnected):
            headers = [*self.default_headers, *message.get("headers", ())]
            names = [name for name, _ in headers]
            if _are_plain(headers, names):
                return self._begin(message["status"], headers)
        return super().send(message)  # type: ignore[arg-type]  # as starlette declares it

    async def _begin(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        if self.flow.write_paused:
            await self.flow.drain()
        self.response_started = True
        self.waiting_for_100_continue = False
        length = dict(headers).get(b"content-length")
        content = [STATUS_LINE[status], *[b"%b: %b\r\n" % header for header in headers]]
        if not self.keep_alive:
            content.append(b"connection: close\r\n")
        if length is not None:
            self.expected_content_length = int(length)
            self.chunked_encoding = False
        elif self.scope["method"] != "HEAD" and status not in _BODILESS:
            self.chunked_encoding = True
            content.append(b"transfer-encoding: chunked\r\n")
        content.append(b"\r\n")
        self.transport.write(b"".join(content))


def _are_plain(headers: list[tuple[bytes, bytes]], names: list[bytes]) -> bool:
    """Whether all are well-formed and say nothing of the connection; what is not goes uvicorn's way."""
    said = b"".join(names)
    return (
        said.islower()
        and not HEADER_RE.search(said)
        and not HEADER_VALUE_RE.search(b"".join([value for _, value in headers]))
        and _ITS_OWN.isdisjoint(names)
    )


class BoundedProtocol(HttpToolsProtocol):
    """Ends a connection whose request goes on with headers for ever; the parser alone would keep all of them."""

    _is_in_head = True
    _head_size = 0
    _progress = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn declares it
        super().connection_made(transport)
        self._begin_head()

    def data_received(self, data: bytes) -> None:
        progress = self._progress
        super().data_received(data)
        # Only reads that bring nothing but more of one head count: others end one thing and begin the next.
        if not self._is_in_head or progress != self._progress or self.transport.is_closing():
            return
        self._head_size += len(data)
        if self._head_size > HEAD_LIMIT:
            self.transport.write(TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._begin_head()

    def on_headers_complete(self) -> None:
        self._end_head()
        super().on_headers_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        cycle.__class__ = QuickCycle  # uvicorn has no place to say which
        super()._start_asgi_task(cycle, app)

    def on_chunk_header(self) -> None:
        """The last chunk is empty, and trailers follow it: headers again, as far as the parser is concerned."""
        self._begin_head()

    def on_body(self, body: bytes) -> None:
        self._end_head()
        super().on_body(body)

    def _begin_head(self) -> None:
        self._is_in_head = True
        self._head_size = 0
        self._progress += 1

    def _end_head(self) -> None:
        self._is_in_head = False
        self._progress += 1
