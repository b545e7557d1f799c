"""HTTP/1.1 as it leaves the server: heads written in one go are those that uvicorn would write."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from chimera.bootstrap.protocol import BoundedProtocol

Headers = Sequence[tuple[bytes, bytes]]
LENGTH = (b"content-length", b"2")


@asynccontextmanager
async def served(protocol: type[HttpToolsProtocol], status: int, headers: Headers, body: bytes) -> AsyncGenerator[int]:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    config = uvicorn.Config(
        app, port=0, http=protocol, lifespan="off", date_header=False, log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # it has no event for that
        await asyncio.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await serving


async def heard(protocol: type[HttpToolsProtocol], status: int, headers: Headers, body: bytes, asked: bytes) -> bytes:
    async with served(protocol, status, headers, body) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(asked)
        async with asyncio.timeout(10):
            answer = await reader.read()
        writer.close()
        return answer


def asking(method: str) -> bytes:
    """A request on a connection that stays, and another that ends it."""
    again = f"{method} /b HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
    return f"{method} /a HTTP/1.1\r\nhost: a\r\n\r\n{again}".encode()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (200, [LENGTH, (b"x-a", b"1"), (b"x-a", b"2, \xe4")], b"ok"),
        (200, [(b"content-type", b"text/plain")], b"in chunks"),
        (200, [], b""),
        (204, [], b""),
        (304, [(b"etag", b'"a"')], b""),
        (200, [LENGTH, (b"connection", b"close")], b"ok"),
        (200, [(b"transfer-encoding", b"chunked")], b"ok"),
        (200, [(b"Content-Length", b"2"), (b"X-Loud", b"yes")], b"ok"),
        (500, [LENGTH], b"no"),
    ],
)
async def test_a_head_is_written_as_uvicorn_writes_it(method: str, status: int, headers: Headers, body: bytes) -> None:
    ours = await heard(BoundedProtocol, status, headers, body, asking(method))
    assert ours == await heard(HttpToolsProtocol, status, headers, body, asking(method))
    assert ours.startswith(b"HTTP/1.1 %d " % status)


@pytest.mark.parametrize(
    "header", [(b"x-a", b"1\r\nset-cookie: b=1"), (b"x-a\r\nset-cookie", b"b=1"), (b"x-a", b"1\0"), (b"x a", b"1")]
)
async def test_a_header_that_would_be_two_is_not_sent(header: tuple[bytes, bytes]) -> None:
    answer = await heard(BoundedProtocol, 200, [LENGTH, header], b"ok", asking("GET"))
    assert b"set-cookie" not in answer
    assert answer == await heard(HttpToolsProtocol, 200, [LENGTH, header], b"ok", asking("GET"))
    assert b" 500 " in answer or not answer
