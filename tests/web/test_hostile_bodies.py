"""Texts that hold up whoever parses them badly, and bodies that are hardly JSON: answered at once, on every field."""

import asyncio
import gc
import math
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from tests.serving import Running, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

LETTERS = 20_000
HOSTILE = {
    "one letter": "a" * LETTERS,
    "almost an address": "a.a" * (LETTERS // 3) + "@",
    "almost a number": "1 " * (LETTERS // 2) + "x",
    "almost a URL": "https://" + "a." * (LETTERS // 2),
    "almost a pattern": "(" * (LETTERS // 2) + "*" * (LETTERS // 2),
    "spaces before an end": " " * LETTERS + "x",
    "dots": "../" * (LETTERS // 3),
    "other directions": "\u202e\u200b" * (LETTERS // 6),
    "almost a moment": "2026-01-01T00:00:00." + "0" * LETTERS,
    "almost an id": "0" * LETTERS + "-",
    "braces": "{" * LETTERS,
}
LONGEST_STALL_S = 0.05
_TIMES = 3


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chimera(sqlite_url_of_module: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Running]:
    async with running(sqlite_url_of_module, {}, {"data_dir": tmp_path_factory.mktemp("hostile")}) as server:
        yield server


@pytest.fixture(scope="module")
def sqlite_url_of_module(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("database") / "chimera.db"
    file.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{file}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def http(chimera: Running) -> AsyncGenerator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers, timeout=30) as client:
        yield client


class Stall:
    """The longest time for which the event loop did one thing, in time of the processor: neighbours do not count."""

    longest_s = 0.0


async def stalled(http: httpx2.AsyncClient, method: str, path: str, **how: Any) -> tuple[int, float]:
    """The answer, and how long it held the loop up: each time, for a processor that is shared is slow now and then."""
    status, shortest_s = 0, math.inf
    for _ in range(_TIMES):
        async with watched() as stall:
            status = (await http.request(method, path, **how)).status_code
        shortest_s = min(shortest_s, stall.longest_s)
        if shortest_s <= LONGEST_STALL_S:
            break
    return status, round(shortest_s, 3)


@asynccontextmanager
async def watched() -> AsyncGenerator[Stall]:
    stall = Stall()

    async def tick() -> None:
        while True:
            begun = time.thread_time()
            await asyncio.sleep(0)
            stall.longest_s = max(stall.longest_s, time.thread_time() - begun)

    gc.disable()  # of all that a test run has made, which a server has not
    ticking = asyncio.create_task(tick())
    try:
        yield stall
    finally:
        ticking.cancel()
        gc.enable()


def operations(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, found in description["paths"].items():
        for method, operation in found.items():
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content and path.startswith("/api/v1/"):
                yield method.upper(), path, content["application/json"]["schema"]


def filled(schema: dict[str, Any], schemas: dict[str, Any], text: str, depth: int = 0) -> Any:
    """A body of this schema whose every text is the hostile one."""
    if "$ref" in schema:
        return filled(schemas[schema["$ref"].rpartition("/")[2]], schemas, text, depth)
    for alternatives in ("anyOf", "oneOf", "allOf"):
        if alternatives in schema:
            return filled(schema[alternatives][0], schemas, text, depth)
    match schema.get("type"):
        case "object":
            members = schema.get("properties", {}) if depth < 4 else {}
            return {name: filled(member, schemas, text, depth + 1) for name, member in members.items()}
        case "array":
            return [filled(schema.get("items", {}), schemas, text, depth + 1)]
        case "integer" | "number":
            return 1
        case "boolean":
            return True
        case _:
            return text


@pytest.mark.parametrize("name", HOSTILE)
async def test_no_text_in_any_field_holds_the_server_up(http: httpx2.AsyncClient, name: str) -> None:
    description = (await http.get("/openapi.json")).json()
    found = list(operations(description))
    assert len(found) > 30
    wrong = []
    for method, path, schema in found:
        fields = str(filled(schema, description["components"]["schemas"], "\x01")).count("x01") or 1
        body = filled(schema, description["components"]["schemas"], HOSTILE[name][: max(200, 50_000 // fields)])
        at = path.replace("{", "").replace("}", "")
        status, longest_s = await stalled(http, method, at, json=body)
        if status >= 500 or longest_s > LONGEST_STALL_S:
            wrong.append((method, path, status, longest_s))
    assert wrong == []


@pytest.mark.parametrize("name", HOSTILE)
async def test_nor_in_a_query_or_a_header(http: httpx2.AsyncClient, name: str) -> None:
    text = HOSTILE[name][:1_500]  # the client stands in the same loop, and takes its time over addresses
    asked = (
        "/api/v1/audit?act=", "/api/v1/audit?cursor=", "/api/v1/audit?target_id=", "/api/v1/audit?since=",
        "/api/v1/ledger?after=", "/api/v1/conversations?q=", "/api/v1/conversations?cursor=", "/api/v1/keys?prefix=",
    )  # fmt: skip
    shown = text.encode("ascii", "replace").decode()
    for path in asked:
        quoted = httpx2.QueryParams({"x": text})["x"].replace("#", "%23").replace("&", "%26")
        status, longest_s = await stalled(http, "GET", path + quoted)
        assert status < 500, path
        assert longest_s <= LONGEST_STALL_S, path
    for header in ("authorization", "x-api-key", "cookie", "idempotency-key", "x-tenant-id", "x-request-id", "accept"):
        status, longest_s = await stalled(http, "GET", "/api/v1/models", headers={header: shown.strip()})
        assert status < 500, header
        assert longest_s <= LONGEST_STALL_S, header


BODIES = {
    "nan": b'{"name": "x", "expires_at": NaN}',
    "infinity": b'{"name": Infinity}',
    "minus infinity": b'{"name": -Infinity}',
    "a number beyond all": b'{"name": 1e999999}',
    "a long number": b'{"name": ' + b"9" * 10_000 + b"}",
    "no end": b'{"name": "x"',
    "more after the end": b'{"name": "x"} {}',
    "deep arrays": b'{"name": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    "deep objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "a lone surrogate": b'{"name": "\\ud800"}',
    "a lone low surrogate": b'{"name": "x\\udc00y"}',
    "nul": b'{"name": "a\\u0000b"}',
    "no text": b'{"name": "\xff\xfe"}',
    "a mark before": b'\xef\xbb\xbf{"name": 1}',
    "an array": b"[]",
    "nothing": b"",
    "null": b"null",
    "comments": b'{"name": "x" /* y */}',
    "single quotes": b"{'name': 'x'}",
    "smuggled": b'{"name": "x", "tenant_id": "01a20063-719e-7149-a9a8-841ecf8c93a4"}',
    "a prototype": b'{"name": "x", "__proto__": {"role": "owner"}}',
}


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize(
    "path", ["/api/v1/keys", "/api/v1/webhooks", "/api/v1/chat", "/v1/chat/completions", "/v1/messages"]
)
async def test_what_is_hardly_json_is_refused_at_once(http: httpx2.AsyncClient, path: str, name: str) -> None:
    json = {"content-type": "application/json"}
    status, longest_s = await stalled(http, "POST", path, content=BODIES[name], headers=json)
    assert 400 <= status < 500
    assert longest_s <= LONGEST_STALL_S


async def test_of_members_said_twice_one_counts_for_everybody(http: httpx2.AsyncClient) -> None:
    body = b'{"name": "first", "permissions": ["chat"], "name": "second", "permissions": ["models:read"]}'
    answer = await http.post("/api/v1/keys", content=body, headers={"content-type": "application/json"})
    made = answer.json()
    assert (answer.status_code, made["name"], made["permissions"]) == (201, "second", ["models:read"])


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
async def test_a_body_must_say_that_it_is_json(http: httpx2.AsyncClient, content_type: str) -> None:
    answer = await http.post("/api/v1/keys", content=b'{"name": "x"}', headers={"content-type": content_type})
    assert answer.status_code in {415, 422}


@pytest.mark.parametrize("given", ["a%0d%0aset-cookie:x=1", "a\tb", "a b", "a;b", "x" * 200, "<script>", "é"])
async def test_no_header_of_the_caller_comes_back_that_could_steer_something(
    http: httpx2.AsyncClient, given: str
) -> None:
    answer = await http.get("/health/live", headers={b"x-request-id": given.encode("latin-1")})
    assert answer.headers["x-request-id"].startswith("req_")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "head",
    [
        b"GET /health/live HTTP/1.1\r\nhost: x\r\nx-request-id: a\r\n set-cookie: b\r\n\r\n",
        b"GET /health/live HTTP/1.1\nhost: x\n\n",
        b"GET /health/live\r\nset-cookie: x HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /health/live HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /api/v1/session HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}",
        b"GET /\x00 HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /health/live HTTP/1.1\r\nhost: x\r\nbad header: x\r\n\r\n",
    ],
)
async def test_a_head_that_means_two_things_is_none(chimera: Running, head: bytes) -> None:
    reader, writer = await asyncio.open_connection(*chimera.url.removeprefix("http://").split(":"))
    writer.write(head)
    writer.write_eof()
    async with asyncio.timeout(10):
        answer = await reader.read(2_000)
    writer.close()
    assert answer == b"" or answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 200"))
    assert b"set-cookie" not in answer.lower()
    assert answer.count(b"HTTP/1.1") <= 1
