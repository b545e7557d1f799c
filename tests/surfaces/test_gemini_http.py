"""What Google's SDK does not show: addresses, keys in them, streams without events, blocked prompts, errors' shape."""

from collections.abc import AsyncGenerator
from pathlib import Path

import httpx2
import msgspec
import pytest
import pytest_asyncio
from tests.fakes.answer import Answer, Finish
from tests.fakes.faults import Fault
from tests.fakes.server import FakeUpstream
from tests.surfaces.requirements import requirement
from tests.surfaces.scripted_stage import Stage, scripted_stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Stage]:
    async with scripted_stage(sqlite_template, tmp_path_factory.mktemp("stage")) as made:
        yield made


@pytest.fixture(autouse=True)
def fake(stage: Stage) -> FakeUpstream:
    return stage.set().fake


HI = {"contents": [{"parts": [{"text": "Hi"}]}]}
STREAM = "/v1beta/models/{}:streamGenerateContent"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def http(stage: Stage) -> AsyncGenerator[httpx2.AsyncClient]:
    headers = {"x-goog-api-key": stage.chimera.key}
    async with httpx2.AsyncClient(base_url=stage.chimera.url, headers=headers, timeout=20) as client:
        yield client


@requirement("gemini.key")
async def test_a_key_may_stand_in_googles_addresses_and_in_no_others(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    chimera = stage.chimera
    async with httpx2.AsyncClient(base_url=chimera.url, timeout=20) as stranger:
        for path in ("/v1beta/models", "/v1/models/openai/gpt-5:generateContent"):
            asked = stranger.get if path.endswith("models") else stranger.post
            sent = {} if path.endswith("models") else {"json": HI}
            assert (await asked(path, params={"key": chimera.key}, **sent)).status_code == 200
            assert (await asked(path, params={"key": "wrong"}, **sent)).status_code == 401
            assert (await asked(path, **sent)).status_code == 401
        chat = {"model": "openai/gpt-5", "messages": []}
        assert (await stranger.post("/v1/chat/completions", params={"key": chimera.key}, json=chat)).status_code == 401
        assert (await stranger.get("/api/tags", params={"key": chimera.key})).status_code == 401
        failed = await stranger.post(
            "/v1beta/models/openai/fault-500:generateContent", params={"key": chimera.key}, json=HI
        )
        assert failed.status_code == 503
    logged = capsys.readouterr()
    assert "web.server_error" in logged.out + logged.err
    assert chimera.key not in logged.out + logged.err


@requirement("gemini.stream.array")
@pytest.mark.parametrize("model", ["gemini/gemini-2.5-flash", "openai/gpt-5"])
async def test_without_events_a_stream_is_one_growing_array(
    http: httpx2.AsyncClient, fake: FakeUpstream, model: str
) -> None:
    fake.say(Answer(text="one two three", chunks=3))
    array = await http.post(STREAM.format(model), json=HI)
    assert array.headers["content-type"] == "application/json"
    texts = [chunk["candidates"][0]["content"]["parts"][0]["text"] for chunk in array.json()]
    assert "".join(texts) == "one two three"
    assert len(texts) == 4
    events = await http.post(STREAM.format(model), params={"alt": "sse"}, json=HI)
    assert events.headers["content-type"].startswith("text/event-stream")


@requirement("gemini.errors.in_stream")
@pytest.mark.parametrize("model", ["gemini/gemini-2.5-flash", "openai/gpt-5"])
async def test_an_array_that_breaks_ends_with_the_error(
    http: httpx2.AsyncClient, fake: FakeUpstream, model: str
) -> None:
    fake.next(Fault.CUT)
    *said, error = (await http.post(STREAM.format(model), json=HI)).json()
    assert said
    assert error["error"]["status"] == "UNAVAILABLE"


@requirement("gemini.blocked")
@pytest.mark.parametrize("stream", ["", "?alt=sse", None])
async def test_a_prompt_that_a_filter_stopped_has_no_candidates(http: httpx2.AsyncClient, stream: str | None) -> None:
    method = "generateContent" if stream is None else f"streamGenerateContent{stream}"
    response = await http.post(f"/v1beta/models/openrouter/fault-403:{method}", json=HI)
    assert response.status_code == 200
    body = response.content.removeprefix(b"data: ") if stream else response.content
    answer = msgspec.json.decode(body)
    told = answer[0] if stream == "" else answer
    assert set(told) == {"promptFeedback"}
    assert told["promptFeedback"]["blockReason"] == "PROHIBITED_CONTENT"


@requirement("gemini.finish")
@pytest.mark.parametrize("model", ["gemini/gemini-2.5-flash", "openai/gpt-5", "anthropic/claude-haiku-5-5"])
async def test_a_filtered_answer_says_so(http: httpx2.AsyncClient, fake: FakeUpstream, model: str) -> None:
    fake.say(Answer(text="x", finish=Finish.CONTENT_FILTER))
    answer = (await http.post(f"/v1beta/models/{model}:generateContent", json=HI)).json()
    assert answer["candidates"][0]["finishReason"] == "SAFETY"


@requirement("gemini.forwarded")
@pytest.mark.parametrize("stream", [False, True])
async def test_googles_answers_are_passed_on_byte_for_byte(
    http: httpx2.AsyncClient, fake: FakeUpstream, stream: bool
) -> None:
    fake.say(Answer(text="žluťoučký kůň", reasoning="hm", chunks=3))
    path = "models/gemini-2.5-flash:" + ("streamGenerateContent?alt=sse" if stream else "generateContent")
    body = msgspec.json.encode(HI | {"safety_settings": [], "unheardOf": 1.50})
    through = await http.post(f"/v1beta/{path.replace('/', '/gemini/')}", content=body)
    async with httpx2.AsyncClient(headers={"x-goog-api-key": "good-key"}) as direct:
        origin = await direct.post(f"{fake.base_url('gemini')}/v1beta/{path}", content=body)
    asked = fake.requests[-2]
    assert asked.body == body
    assert without_serial(through.content) == without_serial(origin.content)


def without_serial(body: bytes) -> list[bytes]:
    """The fake numbers its answers."""
    return [line.partition(b'"responseId"')[0] for line in body.splitlines()]


@requirement("gemini.errors")
async def test_errors_have_googles_shape_wherever_a_caller_speaks_its_api(http: httpx2.AsyncClient) -> None:
    for method, path, status, word in (
        ("GET", "/v1beta/nothing", 404, "NOT_FOUND"),
        ("POST", "/v1beta/models", 405, "INVALID_ARGUMENT"),
        ("GET", "/v1/nothing", 404, "NOT_FOUND"),
        ("GET", "/v1/models/none/such", 404, "NOT_FOUND"),
        ("GET", "/v1beta/models?pageToken=x", 400, "INVALID_ARGUMENT"),
        ("POST", "/v1beta/models/none/such:generateContent", 404, "NOT_FOUND"),
    ):
        sent = {"json": HI} if "generate" in path else {}
        response = await http.request(method, path, **sent)
        assert response.status_code == status, path
        error = response.json()["error"]
        assert (error["code"], error["status"]) == (status, word)
        info = error["details"][0]
        assert info["metadata"]["requestId"] == response.headers["x-request-id"]
        assert info["reason"].replace("_", "").isupper()


@requirement("gemini.errors")
async def test_a_wrong_field_is_named(http: httpx2.AsyncClient) -> None:
    body = HI | {"generationConfig": {"temperature": 9}}
    response = await http.post("/v1beta/models/openai/gpt-5:generateContent", json=body)
    assert response.status_code == 400
    violations = response.json()["error"]["details"][1]["fieldViolations"]
    assert [violation["field"] for violation in violations] == ["generationConfig.temperature"]


@requirement("gemini.fallback")
async def test_a_fallback_model_answers_and_the_response_says_so(http: httpx2.AsyncClient) -> None:
    body = HI | {"fallbackModels": ["anthropic/claude-haiku-5-5"]}
    response = await http.post("/v1beta/models/gemini/fault-401:generateContent", json=body)
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-chimera-model"] == "anthropic/claude-haiku-5-5"
    assert response.headers["x-chimera-fallback"] == "provider_unauthenticated"
    assert response.json()["candidates"][0]["finishReason"] == "STOP"
