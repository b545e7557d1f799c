"""A provider goes on beyond what a budget pays for: its stream ends as one that met its limit, in each API's words."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from anthropic import AsyncAnthropic
from openai import AsyncOpenAI
from tests.fakes import Answer, FakeUpstream
from tests.fakes.answer import Finish
from tests.serving import Running, provider_environment, running
from tests.surfaces.requirements import requirement

HELLO = [{"role": "user", "content": "Hello"}]
KINDS = ("openai", "anthropic", "gemini", "ollama")
LONG = 600
FORWARDED_AND_NOT = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
async def chimera(fake: FakeUpstream, sqlite_url: str, tmp_path: Path) -> AsyncGenerator[Running]:
    """A budget that pays for some hundred tokens, and a provider that does not care."""
    rates = {"price_input_usd_per_mtok": "1", "price_output_usd_per_mtok": "10"}
    flags = {"data_dir": tmp_path, "models": [{"id": f"{kind}/some-model"} | rates for kind in KINDS]}
    fake.say(Answer(text="word " * LONG, chunks=LONG, finish=Finish.STOP, delay_s=0.001))
    budget = {"name": "Little", "kind": "tenant", "period": "day", "limit": "0.0015"}
    async with (
        running(sqlite_url, provider_environment(fake, *KINDS), flags) as server,
        httpx2.AsyncClient(base_url=server.url, headers=server.headers) as http,
    ):
        assert (await http.post("/api/v1/budgets", json=budget)).status_code == 201
        yield server


async def streamed(chimera: Running, path: str, body: dict[str, Any]) -> str:
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers, timeout=20) as http:
        answer = await http.post(path, json=body)
        assert answer.status_code == 200, answer.text
        outcome = (await http.get("/api/v1/ledger")).json()["data"][-1]["outcome"]
    assert outcome == "budget_cut"
    return answer.text


@requirement("limits.cut")
@FORWARDED_AND_NOT
async def test_a_chat_completion_ends_with_length(chimera: Running, kind: str) -> None:
    async with AsyncOpenAI(base_url=f"{chimera.url}/v1", api_key=chimera.key, max_retries=0) as sdk:
        asked = {"model": f"{kind}/some-model", "messages": HELLO, "stream_options": {"include_usage": True}}
        async with sdk.chat.completions.stream(**asked) as stream:
            chunks = [event.chunk async for event in stream if event.type == "chunk"]
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "length"
    assert len({chunk.id for chunk in chunks}) == 1
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert 0 < len(text) < 5 * LONG
    raw = await streamed_again(chimera, "/v1/chat/completions", {"model": f"{kind}/some-model", "messages": HELLO})
    assert raw.endswith("data: [DONE]\n\n")


async def streamed_again(chimera: Running, path: str, body: dict[str, Any]) -> str:
    """After another budget for what is asked now."""
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers, timeout=20) as http:
        (budget,) = (await http.get("/api/v1/budgets")).json()["data"]
        spent = float(budget["standings"][0]["spent"])
        limit = {"limit": f"{spent + 0.0015:.9f}"}
        assert (await http.patch(f"/api/v1/budgets/{budget['id']}", json=limit)).status_code == 200
    return await streamed(chimera, path, body | {"stream": True})


@requirement("limits.cut")
async def test_each_of_several_choices_ends(chimera: Running) -> None:
    body = {"model": "openai/some-model", "messages": HELLO, "n": 2, "stream": True}
    frames = (await streamed(chimera, "/v1/chat/completions", body)).split("\n\n")
    last = json.loads(frames[-3].removeprefix("data: "))
    assert [(one["index"], one["finish_reason"]) for one in last["choices"]] == [(0, "length"), (1, "length")]


@requirement("limits.cut")
@FORWARDED_AND_NOT
async def test_a_message_ends_with_max_tokens(chimera: Running, kind: str) -> None:
    async with AsyncAnthropic(base_url=chimera.url, api_key=chimera.key, max_retries=0) as sdk:
        asked = {"model": f"{kind}/some-model", "messages": HELLO, "max_tokens": 1_000}
        async with sdk.messages.stream(**asked) as stream:
            events = [event async for event in stream]
            message = await stream.get_final_message()
    assert message.stop_reason == "max_tokens"
    assert [event.type for event in events if event.type.endswith("stop")] == ["content_block_stop", "message_stop"]
    assert events[-1].type == "message_stop"


@requirement("limits.cut")
@FORWARDED_AND_NOT
async def test_a_response_is_incomplete(chimera: Running, kind: str) -> None:
    async with AsyncOpenAI(base_url=f"{chimera.url}/v1", api_key=chimera.key, max_retries=0) as sdk:
        stream = await sdk.responses.create(model=f"{kind}/some-model", input="Hello", stream=True)
        events = [event async for event in stream]
        last = events[-1]
        assert last.type == "response.incomplete"
        assert last.response.status == "incomplete"
        assert last.response.incomplete_details.reason == "max_output_tokens"
        assert [event.sequence_number for event in events] == list(range(len(events)))
        kept = await sdk.responses.retrieve(last.response.id)
        assert kept.status == "incomplete"


@requirement("limits.cut")
@FORWARDED_AND_NOT
@pytest.mark.parametrize("form", ["sse", "array"])
async def test_gemini_s_answer_ends_with_max_tokens(chimera: Running, kind: str, form: str) -> None:
    path = f"/v1beta/models/{kind}/some-model:streamGenerateContent" + ("?alt=sse" if form == "sse" else "")
    told = await streamed(chimera, path, {"contents": [{"parts": [{"text": "Hello"}]}]})
    if form == "array":
        chunks = json.loads(told)
    else:
        chunks = [json.loads(frame.removeprefix("data: ")) for frame in told.split("\n\n") if frame.strip()]
    assert chunks[-1]["candidates"][0]["finishReason"] == "MAX_TOKENS"
    assert not any("error" in chunk for chunk in chunks)


@requirement("limits.cut")
@FORWARDED_AND_NOT
@pytest.mark.parametrize("path", ["/api/chat", "/api/generate"])
async def test_ollama_s_answer_is_done_for_its_length(chimera: Running, kind: str, path: str) -> None:
    asked: dict[str, Any] = {"messages": HELLO} if path == "/api/chat" else {"prompt": "Hello"}
    told = await streamed(chimera, path, asked | {"model": f"{kind}/some-model"})
    lines = [json.loads(line) for line in told.splitlines()]
    assert [line["done"] for line in lines] == [False] * (len(lines) - 1) + [True]
    assert lines[-1]["done_reason"] == "length"


@requirement("limits.cut")
async def test_an_answer_too_long_in_its_first_piece_ends_well_too(chimera: Running, fake: FakeUpstream) -> None:
    fake.say(Answer(text="word " * LONG, chunks=1, finish=Finish.STOP))
    asked = {"model": "openai/some-model", "stream": True}
    chat = await streamed(chimera, "/v1/chat/completions", asked | {"messages": HELLO})
    assert json.loads(chat.split("\n\n")[-3].removeprefix("data: "))["choices"][0]["finish_reason"] == "length"
    response = await streamed_again(chimera, "/v1/responses", asked | {"input": "Hello"})
    names = [line.removeprefix("event: ") for line in response.splitlines() if line.startswith("event: ")]
    assert (names[0], names[-1]) == ("response.created", "response.incomplete")
    claude = {"model": "anthropic/some-model", "messages": HELLO, "max_tokens": 500}
    message = await streamed_again(chimera, "/v1/messages", claude)
    assert '"stop_reason":"max_tokens"' in message
    assert message.count("event: message_st") == 2
