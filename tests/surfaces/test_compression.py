"""Answers in fewer bytes, for those who take them; the same answers for everybody."""

import gzip
import json
import shutil
from collections.abc import AsyncGenerator
from pathlib import Path
from random import Random
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from openai import AsyncOpenAI
from starlette.types import Message, Receive, Scope, Send
from tests.fakes.answer import Answer
from tests.fakes.server import FakeUpstream
from tests.serving import Running, provider_environment, running
from tests.surfaces.requirements import requirement

from chimera.web.compression import LEAST, Compressed, gzipped
from chimera.web.pages.app import WebApp

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHAT = {"model": "openai/gpt-5", "messages": [{"role": "user", "content": "Hi"}]}
ESSAY = Answer(text="word and more " * 300, chunks=3)
JSON = (b"content-type", b"application/json")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fake() -> AsyncGenerator[FakeUpstream]:
    async with FakeUpstream(keys={"good-key"}, answer=ESSAY) as upstream:
        yield upstream


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chimera(
    fake: FakeUpstream, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Running]:
    folder = tmp_path_factory.mktemp("compression")
    shutil.copy(sqlite_template, folder / "chimera.db")
    variables = provider_environment(fake, "openai")
    async with running(f"sqlite:///{folder / 'chimera.db'}", variables, {"data_dir": folder}) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def http(chimera: Running) -> AsyncGenerator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers, timeout=20) as client:
        yield client


async def raw(http: httpx2.AsyncClient, method: str, path: str, **asked: Any) -> tuple[httpx2.Response, bytes]:
    """The answer, and its body as it came over the wire."""
    async with http.stream(method, path, **asked) as response:
        return response, b"".join([piece async for piece in response.aiter_raw()])


def takes(codings: str) -> dict[str, str]:
    return {"accept-encoding": codings}


async def through(start: Message, body: bytes, *, accept: bytes = b"gzip") -> tuple[dict[bytes, bytes], bytes]:
    """What `Compressed` makes of an answer: its headers and its body."""
    told: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start)
        await send({"type": "http.response.body", "body": body})

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        told.append(message)

    await Compressed(app)({"type": "http", "headers": [(b"accept-encoding", accept)]}, receive, send)
    assert [message["type"] for message in told] == ["http.response.start", "http.response.body"]
    return dict(told[0]["headers"]), told[1]["body"]


def begins(*headers: tuple[bytes, bytes], size: int, status: int = 200) -> Message:
    length = (b"content-length", b"%d" % size)
    return {"type": "http.response.start", "status": status, "headers": [*headers, length]}


@requirement("compression.smaller")
@given(body=st.binary(max_size=20_000), secret=st.binary(min_size=16, max_size=16))
async def test_every_body_comes_back_as_it_was(body: bytes, secret: bytes) -> None:
    packed = gzipped(body, secret)
    assert gzip.decompress(packed) == body
    assert gzipped(body, secret) == packed


@requirement("compression.smaller")
async def test_an_answer_is_sent_packed_to_who_takes_it(http: httpx2.AsyncClient) -> None:
    bare, plain = await raw(http, "POST", "/v1/chat/completions", json=CHAT, headers=takes("identity"))
    assert "content-encoding" not in bare.headers
    for codings in ("gzip", "gzip, deflate, br, zstd", "br;q=1.0, gzip;q=0.8", "GZIP"):
        packed, body = await raw(http, "POST", "/v1/chat/completions", json=CHAT, headers=takes(codings))
        assert packed.headers["content-encoding"] == "gzip"
        assert int(packed.headers["content-length"]) == len(body) < len(plain) / 4
        assert json.loads(gzip.decompress(body))["choices"] == json.loads(plain)["choices"]


@requirement("compression.smaller")
async def test_the_sdk_reads_it(chimera: Running) -> None:
    async with AsyncOpenAI(base_url=f"{chimera.url}/v1", api_key=chimera.key, max_retries=0) as sdk:
        answer = await sdk.chat.completions.with_raw_response.create(**CHAT)
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.parse().choices[0].message.content == ESSAY.text


@requirement("compression.smaller")
async def test_a_large_body_is_packed_beside_the_event_loop(http: httpx2.AsyncClient, fake: FakeUpstream) -> None:
    fake.next(Answer(text="many words " * 200_000))
    response, body = await raw(http, "POST", "/v1/chat/completions", json=CHAT, headers=takes("gzip"))
    assert response.headers["content-encoding"] == "gzip"
    assert len(json.loads(gzip.decompress(body))["choices"][0]["message"]["content"]) == 2_200_000


@requirement("compression.untouched")
async def test_streams_are_never_packed(http: httpx2.AsyncClient) -> None:
    for path, body in (
        ("/v1/chat/completions", CHAT | {"stream": True}),
        ("/api/v1/chat", {"message": "Hi", "model": "openai/gpt-5", "stream": True}),
        ("/api/chat", {"model": "openai/gpt-5", "messages": CHAT["messages"], "stream": True}),
    ):
        response, sent = await raw(http, "POST", path, json=body, headers=takes("gzip, br"))
        assert response.status_code == 200, sent
        assert "content-encoding" not in response.headers
        assert len(sent) > LEAST
        assert b"word and more" in sent


@requirement("compression.untouched")
async def test_an_answer_with_a_new_secret_is_not_packed(http: httpx2.AsyncClient) -> None:
    made, _ = await raw(http, "POST", "/api/v1/keys", json={"name": "x"}, headers=takes("gzip"))
    assert made.status_code == 201
    assert "content-encoding" not in made.headers
    secret = (JSON, (b"cache-control", b"no-store"))
    headers, sent = await through(begins(*secret, size=9000), b"x" * 9000)
    assert (headers.get(b"content-encoding"), sent) == (None, b"x" * 9000)


@requirement("compression.untouched")
@pytest.mark.parametrize(
    ("start", "accept"),
    [
        (begins(JSON, size=LEAST - 1), b"gzip"),
        (begins(JSON, size=9000), b"br, deflate"),
        (begins(JSON, size=9000), b"gzip;q=0"),
        (begins(JSON, size=9000), b"gzip; q=0.0"),
        (begins((b"content-type", b"audio/mpeg"), size=9000), b"gzip"),
        (begins((b"content-type", b"application/x-ndjson"), size=9000), b"gzip"),
        (begins((b"content-type", b"text/event-stream"), size=9000), b"gzip"),
        (begins(JSON, (b"content-encoding", b"gzip"), size=9000), b"gzip"),
        (begins(JSON, size=9000, status=206), b"gzip"),
        (begins(JSON, (b"cache-control", b"no-transform"), size=9000), b"gzip"),
    ],
)
async def test_what_is_not_worth_it_or_not_ours_stays(start: Message, accept: bytes) -> None:
    length = int(dict(start["headers"])[b"content-length"])
    headers, sent = await through(start, b"x" * length, accept=accept)
    assert sent == b"x" * length
    assert dict(start["headers"]).items() <= headers.items()


@requirement("compression.untouched")
async def test_what_packing_would_make_longer_stays() -> None:
    noise = Random(1).randbytes(2000)
    headers, sent = await through(begins(JSON, size=len(noise)), noise)
    assert (headers.get(b"content-encoding"), sent) == (None, noise)
    assert headers[b"content-length"] == b"2000"


@requirement("compression.caches")
async def test_caches_are_told_what_an_answer_depends_on(http: httpx2.AsyncClient) -> None:
    for codings in ("gzip", "identity"):
        answer, _ = await raw(http, "GET", "/openapi.json", headers=takes(codings))
        assert answer.headers["vary"] == "accept-encoding"
    packed, body = await raw(http, "GET", "/openapi.json", headers=takes("gzip"))
    head, nothing = await raw(http, "HEAD", "/openapi.json", headers=takes("gzip"))
    assert nothing == b""
    for name in ("content-length", "content-encoding", "vary", "content-type"):
        assert head.headers[name] == packed.headers[name]
    assert len(body) == int(head.headers["content-length"])


@requirement("compression.caches")
async def test_a_validator_that_names_bytes_is_weakened() -> None:
    start = begins(JSON, (b"etag", b'"abc"'), (b"accept-ranges", b"bytes"), size=9000)
    headers, sent = await through(start, b"x" * 9000)
    assert gzip.decompress(sent) == b"x" * 9000
    assert headers[b"etag"] == b'W/"abc"'
    assert b"accept-ranges" not in headers


@pytest.fixture
async def files(tmp_path: Path) -> AsyncGenerator[httpx2.AsyncClient]:
    """A web app of three files, one of them packed by the build."""
    (tmp_path / "assets").mkdir()
    for name in ("app.js", "plain.js"):
        (tmp_path / "assets" / name).write_text(f"// {name}\n" * 1000)
    (tmp_path / "assets" / "app.js.br").write_bytes(b"what the build made")
    (tmp_path / "tiny.js").write_text("1")
    transport = httpx2.ASGITransport(app=Compressed(WebApp(tmp_path)))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@requirement("compression.smaller")
async def test_a_file_comes_as_the_build_packed_it_or_else_with_gzip(files: httpx2.AsyncClient) -> None:
    built, body = await raw(files, "GET", "/assets/app.js", headers=takes("gzip, br"))
    assert (built.headers["content-encoding"], body) == ("br", b"what the build made")
    for name, codings in (("app.js", "gzip"), ("plain.js", "gzip, br")):
        for _ in range(2):
            packed, body = await raw(files, "GET", f"/assets/{name}", headers=takes(codings))
            assert packed.headers["content-encoding"] == "gzip"
            assert packed.headers["content-type"].startswith("text/javascript")
            assert "immutable" in packed.headers["cache-control"]
            assert gzip.decompress(body).decode() == f"// {name}\n" * 1000
    for path, codings in (("/assets/plain.js", "br"), ("/assets/app.js", "identity"), ("/tiny.js", "gzip, br")):
        bare, _ = await raw(files, "GET", path, headers=takes(codings))
        assert "content-encoding" not in bare.headers


@requirement("compression.caches")
async def test_a_packed_file_is_validated_and_cut_as_before(files: httpx2.AsyncClient) -> None:
    bare, _ = await raw(files, "GET", "/assets/app.js", headers=takes("identity"))
    packed, _ = await raw(files, "GET", "/assets/app.js", headers=takes("br"))
    assert packed.headers["etag"] == f"W/{bare.headers['etag']}"
    assert bare.headers["vary"] == packed.headers["vary"] == "accept-encoding"
    for tag in (bare.headers["etag"], packed.headers["etag"]):
        same, nothing = await raw(files, "GET", "/assets/app.js", headers=takes("br") | {"if-none-match": tag})
        assert (same.status_code, nothing) == (304, b"")
        assert same.headers["etag"] == packed.headers["etag"]
        assert same.headers["vary"] == "accept-encoding"
    part, body = await raw(files, "GET", "/assets/app.js", headers=takes("gzip, br") | {"range": "bytes=3-8"})
    assert (part.status_code, body) == (206, b"app.js")
    assert "content-encoding" not in part.headers
