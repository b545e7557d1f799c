"""HTTP/1.1 of the server: uvicorn's, with a bound on what it keeps of a request before the request can be judged."""

from asyncio import Transport

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# Of the request line and all headers together; as much as proxies in front of us commonly let through, and more.
HEAD_LIMIT = 131_072
TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\n"
    b"content-type: text/plain; charset=utf-8\r\ncontent-length: 34\r\n\r\nThe request's headers are too long"
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
