"""What Ollama's SDK does not show: lines, headers, bytes passed on, errors' shape."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from tests.fakes.answer import Answer
from tests.fakes.faults import Fault
from tests.fakes.server import FakeUpstream
from tests.surfaces.requirements import requirement
from tests.surfaces.scripted_stage import Stage, scripted_stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

HELLO = [{"role": "user", "content": "Hi"}]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Stage]:
    async with scripted_stage(sqlite_template, tmp_path_factory.mktemp("stage")) as made:
        yield made


@pytest.fixture(autouse=True)
def fake(stage: Stage) -> FakeUpstream:
    return stage.set().fake


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def http(stage: Stage) -> AsyncGenerator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=stage.chimera.url, headers=stage.chimera.headers, timeout=20) as client:
        yield client


@requirement("ollama.stream")
async def test_a_stream_is_lines_of_json_even_for_who_does_not_say_what_is_sent(http: httpx2.AsyncClient) -> None:
    body = json.dumps({"model": "openai/gpt-5", "messages": HELLO})
    form = {"content-type": "application/x-www-form-urlencoded"}  # as curl says, and Ollama's own documentation does
    response = await http.post("/api/chat", content=body, headers=form)
    assert response.headers["content-type"] == "application/x-ndjson"
    assert response.headers["x-chimera-model"] == "openai/gpt-5"
    lines = [json.loads(line) for line in response.text.splitlines()]
    assert {line["model"] for line in lines} == {"openai/gpt-5"}
    assert "".join(line["message"]["content"] for line in lines) == "You said: Hi"


@requirement("ollama.forwarded")
@pytest.mark.parametrize("stream", [False, True])
async def test_ollamas_answers_are_passed_on_byte_for_byte(
    http: httpx2.AsyncClient, fake: FakeUpstream, stream: bool
) -> None:
    fake.say(Answer(text="žluťoučký kůň", reasoning="hm", chunks=3))
    body = '{"model":"%s","messages":[{"role":"user","content":"Hi"}],"stream":%s,"options":{"num_ctx":  8192}}'
    asked = body % ("ollama/llama3.2:latest", str(stream).lower())
    through = await http.post("/api/chat", content=asked)
    plain = body % ("llama3.2:latest", str(stream).lower())
    assert fake.requests[-1].body.decode() == plain
    async with httpx2.AsyncClient() as direct:
        origin = await direct.post(f"{fake.base_url('ollama')}/api/chat", content=plain)
    assert through.content == origin.content
    assert "x-chimera-lost" not in through.headers


@requirement("ollama.lost")
async def test_what_only_ollama_can_do_is_refused_elsewhere_and_what_only_tunes_is_named(
    http: httpx2.AsyncClient,
) -> None:
    asked = {"model": "openai/gpt-5", "prompt": "a", "stream": False}
    refused = await http.post("/api/generate", json=asked | {"suffix": "b"})
    assert (refused.status_code, refused.json()["code"]) == (400, "translation_lossy")
    tuned = asked | {"keep_alive": "5m", "options": {"num_ctx": 4096}}
    response = await http.post("/api/generate", json=tuned)
    assert set(response.headers["x-chimera-lost"].split(", ")) == {"keep_alive", "options.num_ctx"}
    strict = await http.post("/api/generate", json=tuned, headers={"x-chimera-strict": "true"})
    assert (strict.status_code, strict.json()["code"]) == (400, "translation_lossy")
    embedded = {"model": "openai/text-embedding-3-small", "input": "a", "keep_alive": "5m"}
    assert (await http.post("/api/embed", json=embedded)).headers["x-chimera-lost"] == "keep_alive"


@requirement("ollama.errors")
async def test_errors_are_one_sentence_wherever_a_caller_speaks_ollamas_api(http: httpx2.AsyncClient) -> None:
    for method, path, status, code in (
        ("GET", "/api/chat", 405, "method_not_allowed"),
        ("POST", "/api/pull", 404, "unknown_endpoint"),
        ("DELETE", "/api/delete", 404, "unknown_endpoint"),
        ("POST", "/api/chat", 400, "invalid_request"),
        ("POST", "/api/show", 400, "invalid_request"),
        ("POST", "/api/embed", 400, "invalid_request"),
    ):
        response = await http.request(method, path, json={} if method == "POST" else None)
        assert response.status_code == status, path
        assert set(response.json()) == {"error", "code"}
        assert response.json()["code"] == code
        assert isinstance(response.json()["error"], str)
        assert response.headers["x-request-id"]


@requirement("ollama.errors.in_stream")
@pytest.mark.parametrize("model", ["ollama/llama3.2:latest", "openai/gpt-5"])
async def test_a_stream_that_breaks_ends_with_the_error(
    http: httpx2.AsyncClient, fake: FakeUpstream, model: str
) -> None:
    fake.next(Fault.CUT)
    response = await http.post("/api/chat", json={"model": model, "messages": HELLO})
    *said, last = [json.loads(line) for line in response.text.splitlines()]
    assert said
    assert not any(line["done"] for line in said)
    assert last["code"] == "provider_answer_malformed"


@requirement("ollama.models")
async def test_the_version_is_one_of_ollamas(http: httpx2.AsyncClient) -> None:
    version = (await http.get("/api/version")).json()["version"]
    assert [int(number) for number in version.split(".")] >= [0, 6, 4]


@requirement("ollama.fallback")
async def test_a_fallback_model_answers_and_the_response_says_so(http: httpx2.AsyncClient) -> None:
    body = {"model": "ollama/fault-401", "messages": HELLO, "fallback_models": ["anthropic/claude-haiku-5-5"]}
    response = await http.post("/api/chat", json=body)
    assert response.headers["x-chimera-model"] == "anthropic/claude-haiku-5-5"
    assert response.headers["x-chimera-fallback"] == "provider_unauthenticated"
