"""With nothing left in a hard budget: what costs nothing goes on, and vectors in Google's words are paid for."""

from collections.abc import AsyncGenerator
from pathlib import Path

import httpx2
import pytest
from anthropic import AsyncAnthropic
from tests.fakes import FakeUpstream
from tests.serving import Running, provider_environment, running
from tests.surfaces.requirements import requirement

HELLO = [{"role": "user", "content": "Hello"}]
KINDS = ("openai", "anthropic", "gemini")
EMBEDDING = "/v1beta/models/gemini/some-embedding:batchEmbedContents"


@pytest.fixture
async def spent(fake: FakeUpstream, sqlite_url: str, tmp_path: Path) -> AsyncGenerator[Running]:
    models = [
        {"id": f"{kind}/some-model", "price_input_usd_per_mtok": "1", "price_output_usd_per_mtok": "10"}
        for kind in KINDS
    ]
    models.append({"id": "gemini/some-embedding", "price_input_usd_per_mtok": "1"})
    async with running(
        sqlite_url, provider_environment(fake, *KINDS), {"data_dir": tmp_path, "models": models}
    ) as server:
        yield server


@pytest.fixture
async def caller(spent: Running) -> AsyncGenerator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=spent.url, headers=spent.headers, timeout=20) as http:
        yield http


async def bounded(caller: httpx2.AsyncClient, limit: str) -> None:
    budget = {"name": "Little", "kind": "tenant", "period": "total", "limit": limit}
    assert (await caller.post("/api/v1/budgets", json=budget)).status_code == 201


@requirement("limits.cut")
async def test_tokens_are_counted_for_nothing(spent: Running, caller: httpx2.AsyncClient) -> None:
    await bounded(caller, "0.000000001")
    asked = {"messages": HELLO, "max_tokens": 100}
    async with AsyncAnthropic(base_url=spent.url, api_key=spent.key, max_retries=0) as claude:
        for kind in KINDS:
            model = f"{kind}/some-model"
            assert (await claude.messages.count_tokens(model=model, messages=HELLO)).input_tokens > 0
            assert (await caller.post("/v1/messages", json=asked | {"model": model})).status_code == 402
    for kind in KINDS:
        asked = {"contents": [{"parts": [{"text": "Hello"}]}]}
        answer = await caller.post(f"/v1beta/models/{kind}/some-model:countTokens", json=asked)
        assert answer.json()["totalTokens"] > 0
    assert (await caller.get("/api/v1/ledger")).json()["data"] == []


@requirement("limits.cut")
async def test_vectors_in_googles_words_use_a_budget_up(caller: httpx2.AsyncClient) -> None:
    await bounded(caller, "0.002")
    request = {"model": "models/some-embedding", "content": {"parts": [{"text": "Hello " * 60}]}}
    answers = [await caller.post(EMBEDDING, json={"requests": [request, request]}) for _ in range(6)]
    assert answers[0].status_code == 200, answers[0].text
    assert answers[-1].status_code == 402
    entries = (await caller.get("/api/v1/ledger")).json()["data"]
    assert entries
    assert all(float(entry["cost_usd"]) > 0 for entry in entries)
