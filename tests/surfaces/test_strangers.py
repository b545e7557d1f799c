"""What a stranger may cost: nothing before it is known who calls, and little then."""

import asyncio
from contextlib import suppress

import httpx2
import pytest
from tests.serving import Running
from tests.surfaces.requirements import requirement
from tests.surfaces.shapes import refused

from chimera.bootstrap.web import SMALL_BODY

pytestmark = pytest.mark.asyncio(loop_scope="module")


@requirement("errors.body_too_large", "errors.shape")
@pytest.mark.parametrize("path", ["/api/v1/session", "/api/v1/keys", "/api/v1/password"])
async def test_small_requests_have_small_bodies(standing: Running, path: str) -> None:
    async with httpx2.AsyncClient(base_url=standing.url) as stranger:
        response = await stranger.post(path, json={"email": "x" * SMALL_BODY})
    assert response.status_code == 413
    assert refused(response) == "body_too_large"


@requirement("access.public")
@pytest.mark.parametrize("path", ["/api/v1/chat", "/api/v1/conversations"])
async def test_a_strangers_body_is_not_even_awaited(standing: Running, path: str) -> None:
    reader, writer = await asyncio.open_connection(*standing.url.removeprefix("http://").split(":"))
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10000000\r\n\r\n{{"
    writer.write(head.encode())
    async with asyncio.timeout(10):
        answer = await reader.readuntil(b"\r\n")
    writer.close()
    await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 401")


@requirement("errors.shape")
async def test_only_the_first_faults_of_a_body_are_told(standing: Running) -> None:
    body = {"email": "a@b.example", "password": "x"} | {f"k{number}": 0 for number in range(3000)}
    async with httpx2.AsyncClient(base_url=standing.url) as stranger:
        response = await stranger.post("/api/v1/session", json=body)
    assert response.status_code == 422
    assert len(response.json()["errors"]) <= 20


@requirement("errors.body_too_large")
async def test_trailers_that_never_end_end_the_connection(standing: Running) -> None:
    _, writer = await asyncio.open_connection(*standing.url.removeprefix("http://").split(":"))
    head = "POST /api/v1/session HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
    writer.write(head.encode() + b"2\r\n{}\r\n0\r\n")
    sent = 0
    with suppress(ConnectionError):
        while sent < 20_000_000:
            line = b"t: " + b"v" * 60_000 + b"\r\n"
            writer.write(line)
            await writer.drain()
            sent += len(line)
            await asyncio.sleep(0)
    assert sent < 20_000_000
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
