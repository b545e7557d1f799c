"""Requests that are wrong before their body matters: sizes, credentials, headers, addresses, methods."""

import asyncio
import json
from contextlib import suppress
from urllib.parse import urlsplit

import httpx2
import pytest
from structlog.testing import capture_logs
from tests.serving import Running
from tests.surfaces.requirements import requirement
from tests.surfaces.shapes import refused

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHAT, OWN_CHAT = "/v1/chat/completions", "/api/v1/chat"
BOTH_CHATS = pytest.mark.parametrize("path", [CHAT, OWN_CHAT])
BOTH_SURFACES = pytest.mark.parametrize("path", ["/v1/models", "/api/v1/models"])
LIMIT = 64 * 1_048_576
MEBIBYTE = b" " * 1_048_576


class Wire:
    """One HTTP/1.1 connection, byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def to(cls, chimera: Running) -> "Wire":
        address = urlsplit(chimera.url)
        return cls(*await asyncio.open_connection(address.hostname, address.port))

    def send(self, *lines: bytes) -> None:
        self.writer.write(b"\r\n".join(lines) + b"\r\n\r\n")

    async def answer(self) -> httpx2.Response:
        head = await self.reader.readuntil(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").rstrip().split("\r\n")
        headers = httpx2.Headers([tuple(line.split(": ", 1)) for line in lines])
        body = await self.reader.readexactly(int(headers["content-length"]))
        return httpx2.Response(int(status.split()[1]), headers=headers, content=body)

    async def close(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


def _of(chimera: Running, path: str, response: httpx2.Response) -> httpx2.Response:
    response.request = httpx2.Request("POST", chimera.url + path)
    return response


def _head(chimera: Running, path: str, *lines: bytes) -> tuple[bytes, ...]:
    key = f"Authorization: Bearer {chimera.key}".encode()
    return (f"POST {path} HTTP/1.1".encode(), b"Host: localhost", key, b"Content-Type: application/json", *lines)


@requirement("errors.body_too_large")
@BOTH_CHATS
async def test_a_body_that_is_announced_too_large_is_refused_before_it_is_sent(standing: Running, path: str) -> None:
    wire = await Wire.to(standing)
    wire.send(*_head(standing, path, b"Content-Length: %d" % (LIMIT + 1), b"Expect: 100-continue"))
    response = _of(standing, path, await wire.answer())
    assert (refused(response), response.status_code) == ("body_too_large", 413)
    await wire.close()


@requirement("errors.body_too_large")
@BOTH_CHATS
async def test_a_body_that_grows_too_large_is_refused_while_it_comes(standing: Running, path: str) -> None:
    wire = await Wire.to(standing)
    wire.send(*_head(standing, path, b"Transfer-Encoding: chunked"))
    answer = asyncio.ensure_future(wire.answer())
    sent = 0
    while not answer.done():
        wire.writer.write(b"%x\r\n%b\r\n" % (len(MEBIBYTE), MEBIBYTE))
        await wire.writer.drain()
        await asyncio.sleep(0)
        sent += 1
    response = _of(standing, path, await answer)
    assert (refused(response), response.status_code) == ("body_too_large", 413)
    assert 64 <= sent < 100
    # The connection lives on: the rest of the upload is thrown away, and the next request is served.
    wire.writer.write(b"5\r\nhello\r\n0\r\n\r\n")
    wire.send(b"GET /health/live HTTP/1.1", b"Host: localhost")
    assert (await wire.answer()).json()["status"] == "ok"
    await wire.close()


@requirement("http.left")
@BOTH_CHATS
async def test_a_client_that_leaves_in_the_middle_of_its_body_is_no_error_of_ours(standing: Running, path: str) -> None:
    wire = await Wire.to(standing)
    wire.send(*_head(standing, path, b"Content-Length: 1000"))
    wire.writer.write(b'{"model":')
    with capture_logs() as logged:
        await wire.close()
        async with httpx2.AsyncClient(base_url=standing.url, headers=standing.headers) as http:
            assert (await http.get("/v1/models")).is_success
    assert not logged


NO_CREDENTIALS: list[dict[str, bytes]] = [
    {},
    {"authorization": b""},
    {"authorization": b"Bearer"},
    {"authorization": b"Bearer wrong"},
    {"authorization": b"bearer\twrong"},
    {"authorization": b"Bearer wrong wrong"},
    {"authorization": b"Basic b3duZXI6d3Jvbmc="},
    {"authorization": b"Digest username=owner"},
    {"authorization": b"Bearer " + "schlüssel".encode("latin-1")},
    {"authorization": b"Bearer \xff\xfe\xfd"},
    {"authorization": b"Bearer " + b"x" * 30_000},
    {"authorization": b"Bearer ck_0000000000000000000000000000000000000000000000"},
    {"x-api-key": b"wrong"},
    {"api-key": b""},
    {"x-goog-api-key": b"wrong"},
    {"cookie": b"chimera_session=wrong"},
    {"cookie": b"chimera_session=" + b"\xe9" * 100},
    {"cookie": b";;;=;chimera_session"},
]


@requirement("errors.wrong_key")
@BOTH_SURFACES
@pytest.mark.parametrize("headers", NO_CREDENTIALS, ids=lambda headers: str(headers)[:50])
async def test_without_a_valid_key_nobody_is_let_in(standing: Running, path: str, headers: dict[str, bytes]) -> None:
    async with httpx2.AsyncClient(base_url=standing.url) as http:
        response = await http.get(path, headers=headers)
    assert (refused(response), response.status_code) == ("unauthenticated", 401)
    assert response.headers["www-authenticate"] == "Bearer"
    assert not [value for value in headers.values() if len(value) > 6 and value[-6:].decode("latin-1") in response.text]


@requirement("errors.wrong_key")
async def test_a_wrong_key_is_not_helped_by_a_right_one(caller: httpx2.AsyncClient) -> None:
    response = await caller.get("/v1/models", headers={"authorization": "Bearer wrong", "x-api-key": "also wrong"})
    assert refused(response) == "unauthenticated"
    # Else Claude Code keeps silent for minutes: it tries a 401 ten times.
    assert response.headers["x-should-retry"] == "false"


@requirement("http.noise")
@BOTH_SURFACES
async def test_strange_headers_do_no_harm(caller: httpx2.AsyncClient, path: str) -> None:
    strange = {
        "x-request-id": b"\xff\r".replace(b"\r", b"") * 10,
        "x-strange": "Grüße 👋".encode(),
        "accept": b"\x80/\x81",
        "accept-language": b"\xff" * 2000,
        "user-agent": b"",
        "if-none-match": b"*",
        "range": b"bytes=9-1",
        "cookie": b"a=" + b"b" * 4000,
    }
    response = await caller.get(path, headers=strange)
    assert response.status_code == 200
    assert response.headers["x-request-id"].isascii()


@requirement("errors.request_id")
@pytest.mark.parametrize("given", ["a" * 129, "with space", "semi;colon", '"><script>', "\u00e9"])
async def test_a_request_id_that_is_none_is_replaced(caller: httpx2.AsyncClient, given: str) -> None:
    response = await caller.get("/v1/nothing", headers={"x-request-id": given.encode("latin-1")})
    assert refused(response) == "unknown_endpoint"
    assert response.headers["x-request-id"].startswith("req_")


@requirement("chat.timeout")
@pytest.mark.parametrize("seconds", ["", "soon", "-1", "0", "nan", "-inf", "1e400x", "\u00b2"])
async def test_a_time_limit_that_is_none_is_refused(caller: httpx2.AsyncClient, seconds: str) -> None:
    body = {"model": "openai/gpt-5", "messages": [{"role": "user", "content": "Hi"}]}
    response = await caller.post(CHAT, json=body, headers={"x-chimera-timeout-s": seconds.encode("latin-1")})
    assert refused(response) == "invalid_request"


@requirement("errors.address")
@pytest.mark.parametrize("length", [2_000, 60_000])
async def test_long_addresses_are_answered(caller: httpx2.AsyncClient, length: int) -> None:
    for path, status in (
        (f"/v1/{'a' * length}", 404),
        (f"/v1/models/{'a' * length}", 404),
        (f"/v1/models?q={'a' * length}", 200),
        (f"/api/v1/{'a/' * (length // 2)}", 404),
        (f"/api/v1/conversations/{'a' * length}", 422),
        (f"/api/v1/conversations?q={'a' * length}", 422),
        (f"/api/v1/conversations?cursor={'a' * length}", 422),
    ):
        response = await caller.get(path)
        assert response.status_code == status, path[:50]
        if status != 200:
            refused(response)


@requirement("errors.address")
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    "path",
    [
        "/v1/",
        "/v1/nothing",
        "/v1/chat",
        "/v1/models/",
        "/api",
        "/api/v1",
        "/api/v1/nothing",
        "/api/v2/chat",
        "/health/x",
    ],
)
async def test_an_unknown_address_is_told_so_by_every_method(
    caller: httpx2.AsyncClient, method: str, path: str
) -> None:
    response = await caller.request(method, path)
    if path == "/v1/models/":  # a model without a name
        assert refused(response) in {"model_not_found", "method_not_allowed", "unknown_endpoint"}
    else:
        assert (refused(response), response.status_code) == ("unknown_endpoint", 404)


@requirement("errors.address")
@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v1/chat/completions", {"POST"}),
        ("/v1/embeddings", {"POST"}),
        ("/v1/models", {"GET", "HEAD"}),
        ("/v1/models/openai/gpt-5", {"GET", "HEAD"}),
        ("/api/v1/chat", {"POST"}),
        ("/api/v1/models", {"GET", "HEAD"}),
        ("/api/v1/session", {"GET", "HEAD", "POST", "DELETE"}),
        ("/api/v1/conversations", {"GET", "HEAD", "PATCH", "POST"}),
        ("/api/v1/conversations/0199aaaa-0000-7000-8000-000000000000", {"GET", "HEAD", "PATCH", "DELETE"}),
        ("/health/live", {"GET", "HEAD"}),
        ("/metrics", {"GET", "HEAD"}),
        ("/openapi.json", {"GET", "HEAD"}),
        ("/", {"GET", "HEAD"}),
        ("/settings/anything", {"GET", "HEAD"}),
    ],
)
async def test_a_wrong_method_is_told_the_right_ones(caller: httpx2.AsyncClient, path: str, allowed: set[str]) -> None:
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} - allowed:
        response = await caller.request(method, path)
        assert (refused(response), response.status_code) == ("method_not_allowed", 405), method
        assert set(response.headers["allow"].split(", ")) == allowed
        if path.startswith("/api/"):
            assert all(word in response.json()["detail"] for word in allowed - {"HEAD"})


@requirement("errors.malformed")
async def test_a_wrong_field_is_told_in_words_of_the_api(caller: httpx2.AsyncClient) -> None:
    unknown = await caller.put("/api/v1/policies/limits", json={"each_user": {"rpm": 20}})
    assert unknown.json()["errors"] == [{"field": "each_user.rpm", "message": "There is no such field."}]
    moment = await caller.get("/api/v1/usage", params={"since": "yesterday"})
    assert moment.json()["errors"][0]["message"] == "must be a moment such as 2026-11-01T00:00:00Z"


@requirement("http.head")
@pytest.mark.parametrize(
    "path", ["/v1/models", "/api/v1/models", "/health/live", "/openapi.json", "/docs", "/v1/nothing"]
)
async def test_head_is_get_without_the_body(caller: httpx2.AsyncClient, path: str) -> None:
    whole, head = await caller.get(path), await caller.head(path)
    assert (head.status_code, head.content) == (whole.status_code, b"")
    assert head.headers["content-type"] == whole.headers["content-type"]


@requirement("http.files")
@pytest.mark.parametrize(
    "path",
    [
        "/../pyproject.toml",
        "/../../../../../../etc/passwd",
        "/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/assets/..%2f..%2f..%2fpyproject.toml",
        "/assets/../../../pyproject.toml",
        "//etc/passwd",
        "/assets//etc/passwd",
        "/%2fetc%2fpasswd",
        "/....//....//etc/passwd",
        "/..%5c..%5cpyproject.toml",
        "/assets/%00/../../pyproject.toml",
        "/pyproject.toml%00.js",
        "/docs/../../pyproject.toml",
        "/swagger/..%2f..%2f..%2f..%2fpyproject.toml",
    ],
)
async def test_no_address_leads_out_of_the_web_app(standing: Running, path: str) -> None:
    wire = await Wire.to(standing)  # a client would tidy the address up
    wire.send(f"GET {path} HTTP/1.1".encode(), b"Host: localhost", b"Connection: close")
    answer = await wire.reader.read()
    await wire.close()
    assert answer.split()[1] in {b"200", b"400", b"404", b"503"}
    assert b"root:" not in answer
    assert b"[project]" not in answer


@requirement("http.noise")
@pytest.mark.parametrize(
    "begin", [b"GET /", b"GET / HTTP/1.1\r\nx-a: ", b"GET / HTTP/1.1\r\nHost: a\r\n" + b"a: b\r\n" * 50]
)
async def test_headers_without_end_are_not_kept(standing: Running, begin: bytes) -> None:
    wire = await Wire.to(standing)
    wire.writer.write(begin)
    answer = asyncio.ensure_future(wire.reader.read())
    sent = 0
    with suppress(ConnectionError):
        while not answer.done() and sent < 100:
            wire.writer.write(b"a" * 16_384)
            await wire.writer.drain()
            await asyncio.sleep(0)
            sent += 1
    assert sent < 100
    with suppress(ConnectionError):  # what we still sent may have crossed its answer
        assert (await answer).startswith(b"HTTP/1.1 431 ")
    with suppress(ConnectionError):
        await wire.close()


@requirement("http.noise")
async def test_what_is_no_http_is_refused_and_leaves_the_server_well(standing: Running) -> None:
    for noise in (
        b"\x16\x03\x01\x02\x00\x01",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x00" * 1000,
        b"{}\r\n\r\n",
    ):
        wire = await Wire.to(standing)
        wire.writer.write(noise)
        wire.writer.write_eof()
        answer = await wire.reader.read()
        assert not answer or answer.startswith(b"HTTP/1.1 400 ")
        await wire.close()
    async with httpx2.AsyncClient(base_url=standing.url) as http:
        assert (await http.get("/health/live")).is_success


@requirement("http.noise")
async def test_a_request_cannot_be_smuggled_behind_another(standing: Running) -> None:
    body = json.dumps({"a": 1}).encode()
    wire = await Wire.to(standing)
    wire.send(*_head(standing, CHAT, b"Content-Length: %d" % len(body), b"Transfer-Encoding: chunked"))
    wire.writer.write(body)
    wire.writer.write_eof()
    answer = await wire.reader.read()
    await wire.close()
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1
