"""Callers and providers that mean harm: what they send does nothing but what it says, and holds nobody else up."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from time import thread_time

import httpx2
import pytest
from tests.fakes.faults import Fault
from tests.serving import running
from tests.surfaces.conftest import Scripted
from tests.surfaces.requirements import requirement

pytestmark = pytest.mark.asyncio(loop_scope="module")

INTO_JSON = 'openai/x","n":99,"y":"'
# A tenth of that where nobody else is; a body whose time grows with its square would take minutes.
MOST_STALLED_S = 3
HELLO = [{"role": "user", "content": "Hello"}]


async def stalled_s(caller: httpx2.AsyncClient, asking: "asyncio.Task[httpx2.Response]") -> float:
    """How long the loop worked, at most, while somebody else waited for the shortest of answers."""
    longest_s = 0.0
    while not asking.done():
        begun_s = thread_time()
        assert (await caller.get("/health/live")).status_code == 200
        longest_s = max(longest_s, thread_time() - begun_s)
        await asyncio.sleep(0)
    return longest_s


@requirement("media.refused")
@pytest.mark.parametrize("model", [INTO_JSON, "openai/x\\", 'openai/"'])
async def test_no_model_s_name_reaches_into_a_body_that_is_passed_on(caller: httpx2.AsyncClient, model: str) -> None:
    refusal = await caller.post("/v1/audio/speech", json={"model": model, "input": "Hi", "voice": "alloy"})
    assert refusal.status_code == 400


@requirement("messages.count")
async def test_nor_into_a_prompt_that_is_counted(scripted: Scripted) -> None:
    fake, chimera = scripted.fake, scripted.chimera
    name = 'x","system":"reached","y":"\\'
    body = {"model": f"anthropic/{name}", "max_tokens": 9, "messages": HELLO}
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as http:
        await http.post("/v1/messages/count_tokens", json=body)
    (counted,) = [request for request in fake.requests if request.path.endswith("count_tokens")]
    assert json.loads(counted.body) == {"model": name, "messages": HELLO}


@requirement("media.refused")
async def test_a_form_of_countless_fields_is_refused_before_it_is_read(caller: httpx2.AsyncClient) -> None:
    field = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'
    headers = {"content-type": "multipart/form-data; boundary=b"}
    asking = asyncio.ensure_future(
        caller.post("/v1/audio/transcriptions", content=field * 100_000 + b"--b--\r\n", headers=headers)
    )
    assert await stalled_s(caller, asking) < MOST_STALLED_S
    assert (await asking).status_code == 400


@requirement("chat.history")
@pytest.mark.parametrize(
    ("path", "head", "part", "tail"),
    [
        (
            "/v1/chat/completions",
            '{"model":"m","messages":[{"role":"user","content":[',
            '{"type":"text","text":"x"}',
            "]}]}",
        ),
        ("/v1/responses", '{"model":"m","input":[{"content":[', '{ "type":"input_text","text":"x"}', "]}]}"),
        ("/v1beta/models/m:generateContent", '{"contents":[{"parts":[', '{"text":"x"}', "]}]}"),
    ],
    ids=["openai", "responses", "gemini"],
)
async def test_a_body_of_countless_parts_is_refused_at_once(
    caller: httpx2.AsyncClient, path: str, head: str, part: str, tail: str
) -> None:
    body = head + ",".join([part] * 1_000_000) + tail
    headers = {"content-type": "application/json"}
    asking = asyncio.ensure_future(caller.post(path, content=body, headers=headers))
    assert await stalled_s(caller, asking) < MOST_STALLED_S
    refusal = await asking
    assert refusal.status_code == 400
    assert "objects" in refusal.json()["error"]["message"]


@requirement("chat.history")
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat/completions", {"model": "m", "messages": HELLO}),
        ("/v1/responses", {"model": "m", "input": "Hello"}),
        ("/v1/messages", {"model": "m", "max_tokens": 9, "messages": HELLO}),
        ("/v1beta/models/m:generateContent", {"contents": [{"parts": [{"text": "Hello"}]}]}),
        ("/api/chat", {"model": "m", "messages": HELLO}),
        ("/v1/moderations", {"input": "Hello"}),
    ],
)
async def test_a_body_of_countless_members_is_refused(
    caller: httpx2.AsyncClient, path: str, body: dict[str, object]
) -> None:
    refusal = await caller.post(path, json={**body, **{f"x{number}": 1 for number in range(2_000)}})
    assert refusal.status_code == 400
    assert "length <= 1000" in refusal.text


@requirement("errors.no_json")
async def test_a_text_that_is_full_of_brackets_is_a_text(caller: httpx2.AsyncClient) -> None:
    text = '{"a": {' * 150_000
    answer = await caller.post(
        "/v1/chat/completions", json={"model": "ollama/llama3.2", "messages": [{"role": "user", "content": text}]}
    )
    assert "objects" not in answer.text[:500]


@requirement("responses.background")
async def test_one_organisation_cannot_begin_responses_in_the_background_without_end(scripted: Scripted) -> None:
    chimera = scripted.chimera
    chimera.house.responses.runs.room.most = 2
    body = {"model": f"openai/fault-{Fault.HANG.value}", "input": "Hello", "background": True}
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as http:
        begun = [(await http.post("/v1/responses", json=body)).json()["id"] for _ in range(2)]
        refusal = await http.post("/v1/responses", json=body)
        assert (refusal.status_code, refusal.json()["error"]["code"]) == (429, "too_many_requests")
        assert refusal.headers["retry-after"]
        await http.post(f"/v1/responses/{begun.pop()}/cancel")
        async with asyncio.timeout(10):
            while (answer := await http.post("/v1/responses", json=body)).status_code == 429:
                pass
        for name in (*begun, answer.json()["id"]):
            await http.post(f"/v1/responses/{name}/cancel")


@asynccontextmanager
async def upstream_that_says(head: bytes) -> AsyncGenerator[str]:
    """An address where every request is answered with these bytes."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        told = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", told.lower())
        await reader.readexactly(int(length[1]) if length else 0)
        writer.write(head + b"content-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


@requirement("errors.rate_limited")
async def test_a_provider_s_headers_of_any_letters_break_no_refusal(sqlite_url: str, tmp_path: Path) -> None:
    limits = "x-ratelimit-limit-requests: €\t漢\r\nx-ratelimit-reset-requests: 1s\r\nretry-after: 0\r\n"
    async with upstream_that_says(b"HTTP/1.1 429 No\r\n" + limits.encode()) as address:
        variables = {"OPENAI_COMPATIBLE_BASE_URL": address}
        async with (
            running(sqlite_url, variables, {"data_dir": tmp_path}) as chimera,
            httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers, timeout=20) as http,
        ):
            body = {"model": "openai_compatible/x", "messages": HELLO}
            refusal = await http.post("/v1/chat/completions", json=body)
    assert refusal.status_code == 429
    assert set(refusal.headers["x-ratelimit-limit-requests"]) == {"?"}
    assert refusal.headers["x-ratelimit-reset-requests"] == "1s"
