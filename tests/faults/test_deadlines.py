"""Calls that are no chat end with their deadline too, and stop the work that they began."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx2
import pytest
from tests.adapters.canned import saying
from tests.fakes.faults import Fault
from tests.fakes.flavours import Operation
from tests.fakes.server import FakeUpstream
from tests.patience import within
from tests.serving import Running, provider_environment, running

SHORT = {"x-chimera-timeout-s": "0.3"}
ASKED = {
    Operation.EMBEDDINGS: ("/v1/embeddings", {"model": "openai/text-embedding-3-small", "input": "Hi"}),
    Operation.MEDIA: ("/v1/moderations", {"model": "openai/omni-moderation-latest", "input": "Hi"}),
    Operation.COUNT_TOKENS: (
        "/v1/messages/count_tokens",
        {"model": "anthropic/some-model", "messages": [{"role": "user", "content": "Hi"}]},
    ),
}


@pytest.fixture
async def fake() -> AsyncGenerator[FakeUpstream]:
    async with FakeUpstream(keys={"good-key"}) as upstream:
        yield upstream


@pytest.fixture
async def chimera(fake: FakeUpstream, sqlite_url: str, tmp_path: Path) -> AsyncGenerator[Running]:
    async with running(sqlite_url, provider_environment(fake), {"data_dir": tmp_path}) as server:
        yield server


async def test_what_is_embedded_counted_or_passed_on_ends_with_its_deadline_and_upstream_too(
    chimera: Running, fake: FakeUpstream
) -> None:
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers | SHORT, timeout=10) as http:
        for operation, (path, body) in ASKED.items():
            flavour = "anthropic" if operation is Operation.COUNT_TOKENS else "openai"
            fake.next(Fault.HANG, flavour=flavour, operation=operation)
            before = len(fake.requests)
            begun = asyncio.get_running_loop().time()
            answer = await http.post(path, json=body)
            assert answer.status_code == 504, (operation, answer.text)
            assert asyncio.get_running_loop().time() - begun < 3
            asked = fake.requests[before]
            async with within(2):
                await asked.over()
            assert asked.client_left, operation


async def test_a_client_that_leaves_stops_what_is_embedded(chimera: Running, fake: FakeUpstream) -> None:
    fake.next(Fault.HANG, flavour="openai", operation=Operation.EMBEDDINGS)
    before = len(fake.requests)
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers, timeout=10) as http:
        path, body = ASKED[Operation.EMBEDDINGS]
        asking = asyncio.ensure_future(http.post(path, json=body))
        asked = (await fake.arrived(before + 1))[before]
        asking.cancel()
        async with within(2):
            await asked.over()
    assert asked.client_left


@pytest.mark.parametrize("kind", ["openai", "anthropic", "gemini", "openai_compatible", "ollama"])
async def test_a_model_that_was_asked_to_think_may_be_silent_for_longer(
    fake: FakeUpstream, sqlite_url: str, tmp_path: Path, kind: str
) -> None:
    """The same silence is too long for an answer that nobody asked to be thought about."""
    provider = {"kind": kind, "base_url": fake.base_url(kind), "api_key": "good-key", "idle_timeout_s": 0.1}
    flags = {"data_dir": tmp_path, "providers": [provider], "first_token_timeout_s": 0.1}
    body = {"model": f"{kind}/fault-slow-headers", "messages": [{"role": "user", "content": "Hi"}], "stream": True}
    async with running(sqlite_url, {}, flags) as chimera, httpx2.AsyncClient(base_url=chimera.url, timeout=15) as http:
        hasty = await http.post("/v1/chat/completions", json=body, headers=chimera.headers)
        assert (hasty.status_code, hasty.json()["error"]["code"]) == (504, "provider_timeout")
        patient = await http.post(
            "/v1/chat/completions", json=body | {"reasoning_effort": "high"}, headers=chimera.headers
        )
        assert patient.status_code == 200, patient.text
        assert "[DONE]" in patient.text


async def test_a_token_service_that_says_nothing_is_not_waited_for_beyond_the_deadline(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with saying(closing=False) as silent:
        auth = {"kind": "oauth", "token_url": silent.url, "client_id": "c", "client_secret": "s"}
        provider = {"kind": "openai_compatible", "name": "own", "base_url": "http://127.0.0.1:9", "auth": auth}
        house = running(sqlite_url, {}, {"data_dir": tmp_path, "providers": [provider]})
        async with house as chimera, httpx2.AsyncClient(base_url=chimera.url, timeout=10) as http:
            begun = asyncio.get_running_loop().time()
            answer = await http.post(
                "/v1/chat/completions",
                json={"model": "own/m", "messages": [{"role": "user", "content": "Hi"}]},
                headers=chimera.headers | SHORT,
            )
            assert answer.json()["error"]["code"] == "deadline_exceeded"
            assert asyncio.get_running_loop().time() - begun < 3
