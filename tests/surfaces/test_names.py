"""Aliases and deployments can be asked like models, and are told apart from those who answer."""

import json
from collections import Counter
from collections.abc import AsyncGenerator

import httpx2
import pytest
from openai import AsyncOpenAI
from tests.fakes.faults import Fault
from tests.fakes.server import FakeUpstream
from tests.serving import Running, provider_environment, running
from tests.surfaces.requirements import requirement

from chimera.bootstrap.settings import load
from chimera.gateway.circuit import CircuitRules

HELLO = {"messages": [{"role": "user", "content": "Hello"}]}
NAMED = load(
    {
        "CHIMERA_ALIASES": json.dumps({"gpt-4": "openai/gpt-5", "lost": "openai/fault-500"}),
        "CHIMERA_DEPLOYMENTS": json.dumps(
            [
                {"name": "fast", "targets": [{"model": "openai/gpt-5", "weight": 3}, {"model": "openai/gpt-4o-mini"}]},
                {
                    "name": "safe",
                    "targets": [{"model": "openai/fault-401"}, {"model": "gpt-4", "weight": 0}],
                },
            ]
        ),
        "CHIMERA_MODELS": json.dumps(
            [
                {
                    "id": "openai/gpt-5",
                    "output_tokens": 77,
                    "price_input_usd_per_mtok": 0.5,
                    "price_output_usd_per_mtok": 2,
                }
            ]
        ),
    }
)
FLAGS = {name: getattr(NAMED, name) for name in ("aliases", "deployments", "models")}


@pytest.fixture
async def chimera(fake: FakeUpstream, sqlite_url: str, tmp_path) -> AsyncGenerator[Running]:
    flags = {"data_dir": tmp_path, "default_model": "fast", "fallbacks": {"lost": ["safe"]}}
    async with running(sqlite_url, provider_environment(fake, "openai"), flags | FLAGS) as server:
        yield server


async def answered_by(client: AsyncOpenAI, model: str) -> str:
    raw = await client.chat.completions.with_raw_response.create(model=model, **HELLO)
    return raw.headers["x-chimera-model"]


@requirement("models.aliases")
async def test_an_alias_is_asked_listed_and_described_like_the_model_it_stands_for(client: AsyncOpenAI) -> None:
    assert await answered_by(client, "gpt-4") == "openai/gpt-5"
    listed = [model.id async for model in client.models.list()]
    assert "gpt-4" in listed
    assert (await client.models.retrieve("gpt-4")).id == "gpt-4"


@requirement("models.deployments")
async def test_a_deployment_shares_its_calls_out_by_weight(chimera: Running, client: AsyncOpenAI) -> None:
    found = Counter([await answered_by(client, "fast") for _ in range(40)])
    assert set(found) == {"openai/gpt-5", "openai/gpt-4o-mini"}
    assert found["openai/gpt-5"] > found["openai/gpt-4o-mini"]
    assert "fast" in [model.id async for model in client.models.list()]


@requirement("models.aliases", "models.deployments")
async def test_every_surface_lists_the_names_and_takes_them(chimera: Running) -> None:
    anthropic = {"anthropic-version": "2023-06-01", "x-api-key": chimera.key}
    said = {"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 9}
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers, timeout=20) as http:
        for name in ("gpt-4", "fast"):
            told = [
                (await http.get("/v1/models", headers=anthropic)).json()["data"],
                (await http.get("/v1beta/models")).json()["models"],
                (await http.get("/api/tags")).json()["models"],
            ]
            assert all(name in json.dumps(listed) for listed in told)
            answers = [
                await http.post("/v1/messages", headers=anthropic, json={"model": name, **said}),
                await http.post(
                    f"/v1beta/models/{name}:generateContent", json={"contents": [{"parts": [{"text": "Hello"}]}]}
                ),
                await http.post("/api/chat", json={"model": name, "messages": said["messages"], "stream": False}),
            ]
            assert [answer.status_code for answer in answers] == [200] * 3


@requirement("models.shared")
@pytest.mark.parametrize(
    ("said", "members", "member"),
    [
        ({}, {"object", "data"}, "object"),
        ({"anthropic-version": "2023-06-01"}, {"data", "first_id", "last_id", "has_more"}, "display_name"),
        ({"x-goog-api-key": "?"}, {"models"}, "supportedGenerationMethods"),
        ({"x-goog-api-client": "google-genai-sdk/1"}, {"models"}, "supportedGenerationMethods"),
        ({"anthropic-version": "2023-06-01", "x-goog-api-client": "?"}, {"data", "has_more"}, "display_name"),
    ],
)
async def test_an_address_of_three_apis_answers_in_the_words_of_whoever_asks(
    chimera: Running, said: dict[str, str], members: set[str], member: str
) -> None:
    headers = chimera.headers | said
    if "x-goog-api-key" in said:
        headers = {"x-goog-api-key": chimera.key}
    async with httpx2.AsyncClient(base_url=chimera.url, headers=headers, timeout=20) as http:
        listed = (await http.get("/v1/models")).json()
        one = (await http.get("/v1/models/openai/gpt-5")).json()
    assert members <= listed.keys()
    assert member in one


@requirement("models.deployments")
async def test_the_others_of_a_deployment_stand_in_for_one_that_fails(client: AsyncOpenAI) -> None:
    assert {await answered_by(client, "safe") for _ in range(3)} == {"openai/gpt-5"}
    assert await answered_by(client, "lost") == "openai/gpt-5"


@requirement("models.known")
async def test_the_platform_tells_what_is_known_of_each_model_and_who_said_so(chimera: Running) -> None:
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers, timeout=20) as http:
        answer = (await http.get("/api/v1/models")).json()
    models = {model["id"]: model for model in answer["data"]}
    assert answer["default_model"] == "fast"
    mine = models["openai/gpt-5"]
    assert mine["price"]["tiers"] == [
        {
            "above_tokens": 0,
            "input": "0.50",
            "cached_input": None,
            "cache_write": None,
            "cache_write_1h": None,
            "output": "2.00",
        }
    ]
    assert (mine["output_tokens"], mine["context_tokens"]) == (77, 400_000)
    assert mine["sources"]["price"] == mine["sources"]["output_tokens"] == "configuration"
    assert mine["sources"]["context_tokens"] == "Chimera"
    small = models["openai/gpt-4o-mini"]
    assert small["price"]["tiers"][0]["input"] == "0.15"
    assert small["price"]["batch"][0]["input"] == "0.075"
    assert small["price"]["free"] is False
    assert small["sources"]["price"].startswith("genai-prices ")
    assert small["modalities"]["input"][:2] == ["text", "image"]
    assert small["knowledge_cutoff"] == "2023-09"
    assert (models["gpt-4"]["name"], models["gpt-4"]["alias_of"]) == ("gpt-4", "openai/gpt-5")
    assert models["gpt-4"]["price"] == mine["price"]
    assert models["fast"]["targets"] == [
        {"model": "openai/gpt-5", "weight": 3},
        {"model": "openai/gpt-4o-mini", "weight": 1},
    ]
    assert models["fast"]["price"] is None


@requirement("models.known")
async def test_who_rests_after_failures_is_told_but_for_models_that_nobody_lists(
    chimera: Running, fake: FakeUpstream
) -> None:
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers, timeout=20) as http:

        async def fail(model: str) -> None:
            for _ in range(CircuitRules().failures_in_a_row):
                assert (await http.post("/v1/chat/completions", json={"model": model} | HELLO)).status_code == 503

        async def told() -> tuple[dict[str, str | None], int]:
            models = (await http.get("/api/v1/models")).json()["data"]
            (openai,) = (one for one in (await http.get("/api/v1/providers")).json()["data"] if one["name"] == "openai")
            return {model["id"]: model["circuit"] for model in models}, openai["resting"]

        fake.fall_ill("openai", Fault.UNAVAILABLE)
        await fail("openai/unlisted")
        circuits, resting = await told()
        assert (circuits["openai/gpt-5"], circuits["gpt-4"], circuits["fast"], resting) == ("closed", "closed", None, 0)
        assert "openai/unlisted" not in circuits
        await fail("openai/gpt-5")
        circuits, resting = await told()
        assert (circuits["openai/gpt-5"], circuits["gpt-4"], circuits["fast"], resting) == ("open", "open", None, 1)
        assert circuits["openai/gpt-4o-mini"] == "closed"
