"""Anthropic's surface where things go wrong, go through untouched, or cannot go at all."""

import asyncio
import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from tests.fakes.answer import Answer, Tokens
from tests.fakes.faults import Fault
from tests.fakes.flavours import Operation
from tests.surfaces.anthropic_stage import ALIAS, CLAUDE, HELLO, PIXEL, WEATHER, Stage, asking, stage
from tests.surfaces.requirements import requirement

SEARCH = {"type": "web_search_20250305", "name": "web_search", "max_uses": 5}
GPT = "openai/gpt-5"
BOTH = "temperature, top_k"


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def standing_stage(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Stage]:
    async with stage(sqlite_template, tmp_path_factory.mktemp("stage")) as made:
        yield made


@pytest.fixture
def on(standing_stage: Stage) -> Stage:
    """The stage, with the upstream echoing again."""
    standing_stage.fake.say(Answer())
    return standing_stage


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def http(standing_stage: Stage) -> AsyncGenerator[httpx2.AsyncClient]:
    chimera = standing_stage.chimera
    headers = {"x-api-key": chimera.key, "anthropic-version": "2023-06-01"}
    async with httpx2.AsyncClient(base_url=chimera.url, headers=headers, timeout=20) as bare:
        yield bare


@requirement("messages.errors")
@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"model": CLAUDE, "max_tokens": 9}, None),
        (asking(messages=[]), "messages"),
        (asking(max_tokens=0), "max_tokens"),
        (asking(temperature=3), "temperature"),
        (asking(messages=[{"role": "tool", "content": "x"}]), "messages.0.role"),
        (asking(messages=[{"role": "user", "content": [{"type": "text"}]}]), "messages.0.content.0.text"),
        (asking(messages=[{"role": "user", "content": [{"type": "tool_use"}]}]), "messages.0.content.0.type"),
        (asking(tools=[{"name": "f"}]), "tools.0.input_schema"),
        (asking(tool_choice={"type": "any"}), "tool_choice"),
        (asking(tools=[WEATHER], tool_choice={"type": "tool", "name": "x"}), "tool_choice.name"),
        (asking(system=[{"type": "image"}]), "system.0.type"),
        (asking(thinking={"type": "enabled"}), "thinking.budget_tokens"),
        (asking(output_config={"format": {"type": "json_schema", "schema": []}}), "output_config.format.schema"),
        (
            asking(messages=[{"role": "user", "content": [{"type": "image", "source": {"type": "url", "url": "x"}}]}]),
            "messages.0.content.0.source.url",
        ),
    ],
)
async def test_a_wrong_field_is_named(http: httpx2.AsyncClient, body: dict[str, Any], path: str | None) -> None:
    response = await http.post("/v1/messages", json=body)
    told = response.json()
    assert response.status_code == 400
    assert told["error"]["type"] == "invalid_request_error"
    assert told["error"].get("param") == path
    assert told["request_id"] == response.headers["request-id"] == response.headers["x-request-id"]


@requirement("messages.errors")
@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("POST", "/v1/messages/batches", 404, "not_found_error"),
        ("GET", "/v1/nothing", 404, "not_found_error"),
        ("GET", "/v1/messages", 405, "invalid_request_error"),
        ("POST", "/v1/messages", 400, "invalid_request_error"),
    ],
)
async def test_unknown_addresses_and_methods_have_anthropics_shape(
    http: httpx2.AsyncClient, method: str, path: str, status: int, kind: str
) -> None:
    response = await http.request(method, path, content=b"{" if method == "POST" else b"")
    assert (response.status_code, response.json()["error"]["type"]) == (status, kind)


@requirement("messages.forwarded")
async def test_what_goes_to_anthropic_goes_as_it_came_both_ways(on: Stage, http: httpx2.AsyncClient) -> None:
    on.fake.say(Answer(text="Good morning.", chunks=3, usage=Tokens(input=11, output=4, cached=5)))
    body = (
        b'{"model": "%b", "max_tokens":  100, "brand_new": {"b": 1.50, "a": [ ]},'
        b' "messages": [{"role": "user", "content": "Hi \\u00e9"}], "temperature": 0.70, "stream": true}'
    ) % b"anthropic/some-model"
    beta = {"anthropic-beta": "some-beta-2026-01-01", "content-type": "application/json"}
    response = await http.post("/v1/messages", content=body, headers=beta)
    sent = on.fake.requests[-1]
    for piece in (b'{"b": 1.50, "a": [ ]}', b'[{"role": "user", "content": "Hi \\u00e9"}]', b"0.70"):
        assert piece in sent.body
    assert sent.json["model"] == "some-model"
    assert sent.headers["anthropic-beta"] == "some-beta-2026-01-01"
    assert sent.headers["anthropic-version"] == "2023-06-01"
    assert "x-chimera-lost" not in response.headers
    assert response.headers["anthropic-ratelimit-requests-limit"] == "500"
    frames = [frame.split("\n") for frame in response.text.strip().split("\n\n")]
    payloads = [json.loads(data.removeprefix("data: ")) for _, data in frames]
    assert [name.removeprefix("event: ") for name, _ in frames] == [payload["type"] for payload in payloads]
    start = payloads[0]["message"]
    assert start["model"] == "anthropic/some-model"  # as the caller named it
    assert len(start["id"]) == len("msg_000001")  # the provider's own
    assert start["usage"]["cache_read_input_tokens"] == 5


@requirement("messages.forwarded")
@pytest.mark.parametrize("streams", [True, False], ids=["streamed", "whole"])
@pytest.mark.parametrize("model", [CLAUDE, "claude-haiku-5-5", ALIAS, "openai/fault-401"])
async def test_an_answer_names_its_model_as_it_was_asked_for(
    http: httpx2.AsyncClient, model: str, streams: bool
) -> None:
    response = await http.post("/v1/messages", json=asking(model, stream=streams, fallback_models=[CLAUDE]))
    expected = CLAUDE if model.startswith("openai") else model
    told = json.loads(response.text.split("\n")[1].removeprefix("data: "))["message"] if streams else response.json()
    assert told["model"] == expected


@requirement("messages.forwarded")
async def test_a_whole_answer_of_anthropic_comes_byte_for_byte(on: Stage, http: httpx2.AsyncClient) -> None:
    on.fake.say(Answer(text="Good morning."))
    response = await http.post("/v1/messages", json=asking("anthropic/some-model"))
    told = response.json()
    assert (told["id"][:5], told["model"]) == ("msg_0", "anthropic/some-model")
    assert response.json()["usage"]["service_tier"] == "standard"
    assert response.headers["x-chimera-model"] == "anthropic/some-model"
    assert on.fake.requests[-1].json == asking("some-model")


@requirement("messages.forwarded")
@pytest.mark.parametrize(
    ("model", "asked", "sent", "lost"),
    [
        (
            "claude-opus-5-5",
            {"temperature": 0.5, "top_k": 5},
            {"temperature": None, "top_k": None},
            "temperature, top_k",
        ),
        ("claude-opus-5-5", {"temperature": 1}, {"temperature": None}, None),
        ("claude-haiku-4-5", {"temperature": 1.5}, {"temperature": 1.0}, "temperature"),
        ("claude-haiku-4-5", {"temperature": 0.5, "top_k": 5}, {"temperature": 0.5, "top_k": 5}, None),
        (
            "claude-opus-5-5",
            {"thinking": {"type": "enabled", "budget_tokens": 16_000}, "max_tokens": 20_000},
            {"thinking": {"type": "adaptive", "display": "summarized"}, "output_config": {"effort": "high"}},
            None,
        ),
        (
            "claude-haiku-4-5",
            {"thinking": {"type": "adaptive"}, "output_config": {"effort": "low"}, "max_tokens": 20_000},
            {"thinking": {"type": "enabled", "budget_tokens": 4096}, "output_config": None, "max_tokens": 20_000},
            None,
        ),
    ],
)
async def test_what_a_generation_of_claude_refuses_is_said_in_its_words(
    on: Stage, http: httpx2.AsyncClient, model: str, asked: dict[str, Any], sent: dict[str, Any], lost: str | None
) -> None:
    response = await http.post("/v1/messages", json=asking(f"anthropic/{model}", new_thing=[1], **asked) | asked)
    assert response.status_code == 200, response.text
    told = on.fake.requests[-1].json
    assert {name: told.get(name) for name in sent} == sent
    assert told["new_thing"] == [1]
    assert response.headers.get("x-chimera-lost") == lost
    strict = {"x-chimera-strict": "true"}
    again = await http.post("/v1/messages", json=asking(f"anthropic/{model}") | asked, headers=strict)
    assert again.status_code == (400 if lost else 200)


@requirement("messages.beyond")
async def test_what_only_anthropics_servers_do_goes_there_and_nowhere_else(on: Stage, http: httpx2.AsyncClient) -> None:
    there = await http.post("/v1/messages", json=asking("anthropic/some-model", tools=[SEARCH]))
    elsewhere = await http.post("/v1/messages", json=asking(GPT, tools=[SEARCH]))
    assert there.status_code == 200
    assert on.fake.requests[-1].json["tools"] == [SEARCH]
    assert (elsewhere.status_code, elsewhere.json()["error"]["code"]) == (400, "translation_lossy")
    assert "`tools.0`" in elsewhere.json()["error"]["message"]


@requirement("messages.beyond")
async def test_what_can_be_done_without_is_named_and_refused_to_the_strict(http: httpx2.AsyncClient) -> None:
    body = asking(GPT, context_management={"edits": []}, service_tier="standard_only", metadata={"user_id": "u" * 99})
    answered = await http.post("/v1/messages", json=body)
    strict = await http.post("/v1/messages", json=body, headers={"x-chimera-strict": "true"})
    named = set(answered.headers["x-chimera-lost"].split(", "))
    assert {"context_management", "service_tier", "metadata.user_id"} <= named
    assert (strict.status_code, strict.json()["error"]["code"]) == (400, "translation_lossy")


@requirement("messages.fallback")
async def test_another_model_answers_and_headers_say_so(on: Stage, http: httpx2.AsyncClient) -> None:
    body = asking("openai/fault-401", fallback_models=[CLAUDE], stream=True)
    response = await http.post("/v1/messages", json=body)
    assert response.headers["x-chimera-model"] == CLAUDE
    assert response.headers["x-chimera-fallback"] == "provider_unauthenticated"
    assert "fallback_models" not in on.fake.requests[-1].json
    late = await http.post("/v1/messages", json=asking("openai/fault-hang"), headers={"x-chimera-timeout-s": "0.2"})
    assert (late.status_code, late.json()["error"]["type"]) == (504, "timeout_error")


@requirement("messages.thinking")
@pytest.mark.parametrize("origin", ["gemini/gemini-2.5-pro", "deepseek/deepseek-chat"])
async def test_reasoning_of_one_provider_is_never_shown_to_another_as_its_own(on: Stage, origin: str) -> None:
    on.fake.say(Answer(text="42.", reasoning="Secretly."))
    thinking = {"type": "enabled", "budget_tokens": 1024}
    first = await on.claude.messages.create(**asking(origin) | {"max_tokens": 4000}, thinking=thinking)
    assert first.content[0].type == "thinking"
    turns = [*HELLO, {"role": "assistant", "content": first.content}, {"role": "user", "content": "And?"}]
    raw = await on.claude.messages.with_raw_response.create(
        model="anthropic/some-model", max_tokens=4000, messages=turns
    )
    assert b"Secretly." not in on.fake.requests[-1].body
    assert raw.headers["x-chimera-lost"] == "messages.thinking"
    counted = await on.claude.messages.count_tokens(model="anthropic/some-model", messages=turns)
    assert counted.input_tokens > 0
    assert b"Secretly." not in on.fake.requests[-1].body


@requirement("messages.images", "messages.documents")
async def test_pictures_and_texts_in_a_tools_result_reach_claude_translated_too(on: Stage) -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {}}
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}
    paper = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "Cheese."}}
    foreign = {"type": "thinking", "thinking": "Mine.", "signature": "chimera.gemini.abc"}
    turns = [
        *HELLO,
        {"role": "assistant", "content": [foreign, call]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": [image, paper]}]},
    ]
    await on.claude.messages.create(model=CLAUDE, max_tokens=100, messages=turns, tools=[WEATHER])
    sent = on.fake.requests[-1].json["messages"]
    assert [block["type"] for block in sent[1]["content"]] == ["tool_use"]
    assert [block["type"] for block in sent[2]["content"][0]["content"]] == ["image", "document"]


@requirement("messages.count")
async def test_a_server_that_speaks_the_api_without_counting_is_counted_for(
    on: Stage, http: httpx2.AsyncClient
) -> None:
    on.fake.next(*[Fault.MODEL_NOT_FOUND] * 2, operation=Operation.COUNT_TOKENS)
    body = {"model": CLAUDE, "messages": HELLO}
    counted = await http.post("/v1/messages/count_tokens", json=body)
    unknown = await http.post("/v1/messages/count_tokens", json=body | {"model": "anthropic/some-model"})
    assert counted.json()["input_tokens"] > 3
    assert counted.headers["x-chimera-counted-by"] == "estimate"
    assert (unknown.status_code, unknown.json()["error"]["type"]) == (404, "not_found_error")


@requirement("messages.errors")
async def test_a_body_that_is_too_large_is_413_in_anthropics_words(on: Stage) -> None:
    reader, writer = await asyncio.open_connection(*on.chimera.url.removeprefix("http://").split(":"))
    head = f"POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: {on.chimera.key}\r\ncontent-length: 99999999\r\n"
    writer.write(f"{head}content-type: application/json\r\n\r\n{{".encode())
    async with asyncio.timeout(10):
        answer = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in answer.split(b"\r\n") if line.startswith(b"content-length:"))
        told = json.loads(await reader.readexactly(length))
    writer.close()
    await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 413")
    assert told["error"]["type"] == "request_too_large"
