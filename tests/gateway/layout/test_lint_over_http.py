"""The linter and the savings meter over HTTP, and what an organisation's policy does to prompts on their way."""

from collections.abc import AsyncGenerator
from typing import Any

import httpx2
import pytest
from tests.fakes import Answer
from tests.fakes.server import FakeUpstream
from tests.serving import provider_environment, running

STABLE = "You answer questions about the regulations of the port, briefly and with the number of the paragraph. " * 80
TOOLS = [
    {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}}}
    for name in ("tide", "berth")
]


@pytest.fixture
async def fake() -> AsyncGenerator[FakeUpstream]:
    async with FakeUpstream(keys={"good-key"}) as upstream:
        yield upstream


@pytest.fixture
async def http(fake: FakeUpstream, sqlite_url: str, tmp_path) -> AsyncGenerator[httpx2.AsyncClient]:
    variables = provider_environment(fake, "openai", "anthropic")
    async with (
        running(sqlite_url, variables, {"data_dir": tmp_path}) as server,
        httpx2.AsyncClient(base_url=server.url, headers=server.headers, timeout=20) as client,
    ):
        yield client


def body(*texts: str, model: str = "openai/gpt-5", system: str = STABLE) -> dict[str, Any]:
    said = [{"role": ("user", "assistant")[turn % 2], "content": text} for turn, text in enumerate(texts)]
    return {"model": model, "messages": [{"role": "system", "content": system}, *said]}


async def test_faults_are_told_with_place_and_price(http: httpx2.AsyncClient) -> None:
    told = await http.post("/api/v1/lint", json={"request": body("Hi", system=f"It is 2026-03-01 09:30:00. {STABLE}")})
    found = told.json()
    assert [fault["code"] for fault in found["faults"]] == ["volatile_text", "prefix_too_short"]
    assert found["faults"][0]["tokens"] > 1000
    assert found["model"] == "openai/gpt-5"
    two = {"request": body("Hello", "Yes", "More"), "before": body("Hi")}
    assert [fault["code"] for fault in (await http.post("/api/v1/lint", json=two)).json()["faults"]] == [
        "prefix_changed"
    ]


@pytest.mark.parametrize("wrong", [{}, {"model": 3}, {"model": "m", "messages": "hi"}])
async def test_what_is_no_chat_body_is_refused(http: httpx2.AsyncClient, wrong: dict[str, Any]) -> None:
    refused = await http.post("/api/v1/lint", json={"request": wrong})
    assert refused.status_code in {400, 422}
    assert refused.json()["code"] == "invalid_request"


async def test_the_policy_sorts_tools_and_marks_the_prompt_for_anthropic(
    http: httpx2.AsyncClient, fake: FakeUpstream
) -> None:
    assert (await http.put("/api/v1/policies/layout", json={"auto": True})).is_success
    asked = body("Hi", "Yes", "More", model="anthropic/claude-sonnet-4-5") | {"tools": TOOLS}
    assert (await http.post("/v1/chat/completions", json=asked)).is_success
    sent = fake.requests[-1].json
    assert [tool["name"] for tool in sent["tools"]] == ["berth", "tide"]
    assert sent["system"][-1]["cache_control"]["type"] == "ephemeral"
    marked = ["cache_control" in str(message) for message in sent["messages"]]
    assert marked == [False, True, False]


async def test_the_policy_compresses_and_without_it_nothing_is_touched(
    http: httpx2.AsyncClient, fake: FakeUpstream
) -> None:
    asked = body(f"Read  this.\n\n\n\n{STABLE}", "Done.", f"{STABLE}\n\nWhy?", "So.", "And now?")
    assert (await http.post("/v1/chat/completions", json=asked)).is_success
    assert fake.requests[-1].json["messages"] == asked["messages"]
    assert (await http.put("/api/v1/policies/layout", json={"compress": True})).is_success
    assert (await http.post("/v1/chat/completions", json=asked)).is_success
    sent = [message["content"] for message in fake.requests[-1].json["messages"]]
    assert str(sent[3]).count("regulations") == 1
    assert "[As above" in str(sent[3])
    assert sent[-1] == "And now?"


async def test_the_savings_meter_tells_expected_and_reached(http: httpx2.AsyncClient, fake: FakeUpstream) -> None:
    assert (await http.put("/api/v1/policies/layout", json={"measure": True})).is_success
    fake.say(Answer(text="Yes."))
    for texts in (("One",), ("One", "Yes.", "Two")):
        assert (await http.post("/v1/chat/completions", json=body(*texts))).is_success
    sums = (await http.get("/api/v1/lint/savings")).json()
    assert sums["calls"] == 2
    assert sums["expected_tokens"] > 0.9 * sums["input_tokens"] / 2 > 0
    assert float(sums["missed_usd"]) > 0
