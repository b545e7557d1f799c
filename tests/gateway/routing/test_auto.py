"""`auto` through the whole server: it chooses, says why, stays, learns, and stands in for whoever fails."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx2
import pytest
from tests.fakes.faults import Fault
from tests.fakes.server import FakeUpstream
from tests.serving import Running, provider_environment, running

HARD = (
    "A train leaves at 60 miles per hour. Twice as many passengers board at each of the next 3 stops, half of them "
    "leave after 45 minutes, and a ticket costs $12 with a discount of 15%. How much is paid if there were 7 at first?"
)
MODELS = (
    {"id": "openai/gpt-5", "quality": 0.9, "price_input_usd_per_mtok": "10", "price_output_usd_per_mtok": "40"},
    {
        "id": "anthropic/claude-haiku",
        "quality": 0.6,
        "price_input_usd_per_mtok": "0.25",
        "price_output_usd_per_mtok": "1",
    },
)
CANDIDATES = ["openai/gpt-5", "anthropic/claude-haiku"]


@pytest.fixture
async def fake() -> AsyncGenerator[FakeUpstream]:
    async with FakeUpstream(keys={"good-key"}, retry_after_s=0.05) as upstream:
        yield upstream


@pytest.fixture
async def server(fake: FakeUpstream, sqlite_url: str, tmp_path: Path) -> AsyncGenerator[Running]:
    flags = {"data_dir": tmp_path, "models": MODELS}
    async with running(sqlite_url, provider_environment(fake, "openai", "anthropic"), flags) as started:
        yield started


@pytest.fixture
async def http(server: Running) -> AsyncGenerator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=server.url, headers=server.headers, timeout=20) as client:
        (await client.put("/api/v1/policies/routing", json={"candidates": CANDIDATES})).raise_for_status()
        yield client


async def ask(http: httpx2.AsyncClient, text: str, *, dial: float | None = None, **more: object) -> httpx2.Response:
    headers = {} if dial is None else {"x-chimera-dial": str(dial)}
    body = {"model": "auto", "messages": [{"role": "user", "content": text}], **more}
    answer = await http.post("/v1/chat/completions", json=body, headers=headers)
    assert answer.is_success, answer.text
    return answer


def asked_of(fake: FakeUpstream) -> list[str]:
    return [request.flavour for request in fake.requests if request.operation.name == "CHAT"]


async def test_the_dial_says_whether_the_cheapest_or_the_best_answers(http: httpx2.AsyncClient) -> None:
    assert (await ask(http, HARD, dial=0)).headers["x-chimera-model"] == "anthropic/claude-haiku"
    assert (await ask(http, HARD, dial=1)).headers["x-chimera-model"] == "openai/gpt-5"


async def test_the_answer_says_what_was_chosen_and_how_sure_it_is(http: httpx2.AsyncClient) -> None:
    headers = (await ask(http, "Hello there", dial=0)).headers
    model, confidence, reason = headers["x-chimera-route"].split("; ", 2)
    assert model == "anthropic/claude-haiku"
    assert 0.5 < float(confidence.removeprefix("confidence=")) < 1
    assert reason.startswith("reason=")
    assert headers["x-chimera-call-id"]


async def test_a_model_that_is_named_is_asked_and_nothing_is_chosen(http: httpx2.AsyncClient) -> None:
    answer = await ask(http, "Hello there", model="openai/gpt-5")
    assert answer.headers["x-chimera-model"] == "openai/gpt-5"
    assert "x-chimera-route" not in answer.headers


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/messages", {"max_tokens": 50, "messages": [{"role": "user", "content": "Hi"}]}),
        ("/v1/responses", {"input": "Hi"}),
        ("/api/chat", {"stream": False, "messages": [{"role": "user", "content": "Hi"}]}),
        ("/v1beta/models/auto:generateContent", {"contents": [{"role": "user", "parts": [{"text": "Hi"}]}]}),
    ],
)
async def test_auto_is_a_model_on_every_surface(http: httpx2.AsyncClient, path: str, body: dict[str, object]) -> None:
    named = body if "generateContent" in path else body | {"model": "auto"}
    answer = await http.post(path, json=named)
    assert answer.is_success, answer.text
    assert answer.headers["x-chimera-route"]


async def test_auto_is_listed_beside_the_models(http: httpx2.AsyncClient) -> None:
    assert "auto" in [model["id"] for model in (await http.get("/v1/models")).json()["data"]]
    listed = {model["id"]: model for model in (await http.get("/api/v1/models")).json()["data"]}
    assert (listed["auto"]["provider"], listed["auto"]["alias_of"], listed["auto"]["kind"]) == ("chimera", None, "chat")


async def test_a_conversation_may_be_with_auto(http: httpx2.AsyncClient) -> None:
    turn = (await http.post("/api/v1/chat", json={"message": "Hello", "model": "auto"})).json()
    assert turn["status"] == "completed", turn
    assert turn["message"]["model"] in CANDIDATES
    given = await http.post("/api/v1/feedback", json={"call_id": turn["message"]["id"], "good": True})
    assert given.status_code == 204


async def test_when_the_chosen_one_fails_the_next_best_answers(http: httpx2.AsyncClient, fake: FakeUpstream) -> None:
    fake.fall_ill("anthropic", Fault.SERVER_ERROR)
    answer = await ask(http, "Hello there", dial=0)
    assert answer.headers["x-chimera-model"] == "openai/gpt-5"
    assert "anthropic" in asked_of(fake)


async def test_nothing_is_asked_to_learn_what_would_be_chosen(http: httpx2.AsyncClient, fake: FakeUpstream) -> None:
    body = {"model": "auto", "messages": [{"role": "user", "content": HARD}]}
    decision = (await http.post("/api/v1/route", json=body, headers={"x-chimera-dial": "1"})).json()
    assert (decision["chosen"], decision["task"], decision["dial"]) == ("openai/gpt-5", "maths", 1.0)
    assert [one["model"] for one in decision["alternatives"]] == ["anthropic/claude-haiku"]
    assert float(decision["alternatives"][0]["cost_usd"]) > 0
    assert decision["alternatives"][0]["why"]
    assert asked_of(fake) == []


async def test_who_cannot_do_what_is_asked_is_rejected_with_the_reason(http: httpx2.AsyncClient) -> None:
    await http.put("/api/v1/policies/routing", json={"candidates": [*CANDIDATES, "openai/text-embedding-3-small"]})
    body = {"messages": [{"role": "user", "content": "Hi"}], "model": "auto"}
    decision = (await http.post("/api/v1/route", json=body)).json()
    assert [one["model"] for one in decision["rejected"]] == ["openai/text-embedding-3-small"]
    assert decision["rejected"][0]["why"]


async def test_feedback_moves_what_is_expected_of_a_model_and_counts_once(http: httpx2.AsyncClient) -> None:
    async def expected() -> float:
        body = {"model": "auto", "messages": [{"role": "user", "content": "Hello there"}]}
        decision = (await http.post("/api/v1/route", json=body, headers={"x-chimera-dial": "0"})).json()
        return float(decision["confidence"])

    answer = await ask(http, "Hello there", dial=0)
    before = await expected()
    for _ in range(3):
        given = await http.post(
            "/api/v1/feedback", json={"call_id": answer.headers["x-chimera-call-id"], "good": False}
        )
        assert given.status_code == 204, given.text
    once = await expected()
    assert before - 0.06 < once < before
    await http.post("/api/v1/feedback", json={"call_id": answer.headers["x-chimera-call-id"], "good": True})
    assert await expected() > before


async def test_feedback_on_a_call_that_nobody_made_is_refused(http: httpx2.AsyncClient) -> None:
    call_id = "0199c3f4-0000-7000-8000-000000000000"
    refused = await http.post("/api/v1/feedback", json={"call_id": call_id, "good": True})
    assert (refused.status_code, refused.json()["code"]) == (404, "call_not_found")


async def test_recorded_calls_are_replayed_with_another_dial(http: httpx2.AsyncClient, fake: FakeUpstream) -> None:
    for number in range(4):
        await ask(http, f"Hello number {number}", dial=0)
    asked = len(fake.requests)
    found = (await http.post("/api/v1/route/replay", json={"dial": 1})).json()
    assert (found["calls"], len(fake.requests)) == (4, asked)
    assert found["now"]["models"] == {"anthropic/claude-haiku": 4}
    assert found["then"]["models"] == {"openai/gpt-5": 4}
    assert float(found["then"]["cost_usd"]) > float(found["now"]["cost_usd"])
    assert found["then"]["quality"] > found["now"]["quality"]


async def test_what_was_learned_outlives_the_process(fake: FakeUpstream, sqlite_url: str, tmp_path: Path) -> None:
    variables, flags = provider_environment(fake, "openai", "anthropic"), {"data_dir": tmp_path, "models": MODELS}
    async with (
        running(sqlite_url, variables, flags) as first,
        httpx2.AsyncClient(base_url=first.url, headers=first.headers) as http,
    ):
        await http.put("/api/v1/policies/routing", json={"candidates": CANDIDATES})
        call_id = (await ask(http, "Hello there", dial=0)).headers["x-chimera-call-id"]
        await http.post("/api/v1/feedback", json={"call_id": call_id, "good": False})
        told = (
            await http.post(
                "/api/v1/route",
                json={"model": "auto", "messages": [{"role": "user", "content": "Hello there"}]},
                headers={"x-chimera-dial": "0"},
            )
        ).json()
    async with (
        running(sqlite_url, variables, flags) as second,
        httpx2.AsyncClient(base_url=second.url, headers=second.headers) as http,
    ):
        again = (
            await http.post(
                "/api/v1/route",
                json={"model": "auto", "messages": [{"role": "user", "content": "Hello there"}]},
                headers={"x-chimera-dial": "0"},
            )
        ).json()
        replayed = (await http.post("/api/v1/route/replay", json={"dial": 0})).json()
    assert again["confidence"] == pytest.approx(told["confidence"], abs=0.005)
    assert again["confidence"] < 0.76
    assert replayed["calls"] == 1


async def test_the_embedder_joins_without_anybody_waiting_for_it(http: httpx2.AsyncClient) -> None:
    async def reasons() -> str:
        body = {"model": "auto", "messages": [{"role": "user", "content": HARD}]}
        return " ".join((await http.post("/api/v1/route", json=body)).json()["reasons"])

    assert "meaning" not in await reasons()
    async with asyncio.timeout(10):
        while "meaning" not in await reasons():
            pass
