"""One key by every channel: the same rights, models, networks, rate, budget (A11); and who is above no budget (A43)."""

from collections.abc import AsyncGenerator
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from tests.serving import Running
from tests.surfaces.people import stranger_to
from tests.surfaces.requirements import requirement

pytestmark = pytest.mark.asyncio(loop_scope="module")

MODEL = "openai/gpt-4o-mini"
CHANNELS: dict[str, str] = {
    "bearer": "authorization",
    "x-api-key": "x-api-key",
    "api-key": "api-key",
    "google's header": "x-goog-api-key",
    "google's address": "?key=",
}
QUESTION: dict[str, Any] = {"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]}


@pytest_asyncio.fixture(loop_scope="module")
async def owner(standing: Running) -> AsyncGenerator[httpx2.AsyncClient]:
    """The owner of an organisation of its own, so that nothing of one test binds another."""
    headers = {"Authorization": f"Bearer {await stranger_to(standing)}"}
    async with httpx2.AsyncClient(base_url=standing.url, headers=headers, timeout=20) as http:
        yield http


async def key_of(owner: httpx2.AsyncClient, **terms: Any) -> dict[str, Any]:
    made = await owner.post("/api/v1/keys", json={"name": "by every channel", **terms})
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


async def sent(
    standing: Running, channel: str, key: str, path: str, body: dict[str, Any] | None = None
) -> httpx2.Response:
    place = CHANNELS[channel]
    headers = {} if place == "?key=" else {place: f"Bearer {key}" if place == "authorization" else key}
    address = f"{path}?key={key}" if place == "?key=" else path
    async with httpx2.AsyncClient(base_url=standing.url, headers=headers, timeout=20) as http:
        return await http.request("POST" if body else "GET", address, json=body)


async def ask(standing: Running, channel: str, key: str, model: str = MODEL) -> httpx2.Response:
    return await sent(standing, channel, key, f"/v1beta/models/{model}:generateContent", QUESTION)


@requirement("access.channels")
@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_key_may_and_sees_the_same_by_every_channel(
    standing: Running, owner: httpx2.AsyncClient, channel: str
) -> None:
    key = (await key_of(owner, permissions=["chat", "models:read"], models=[MODEL]))["key"]
    assert (await ask(standing, channel, key)).status_code == 200
    forbidden = await ask(standing, channel, key, "openai/gpt-5")
    assert (forbidden.status_code, forbidden.json()["error"]["details"][0]["reason"]) == (403, "MODEL_NOT_ALLOWED")
    listed = (await sent(standing, channel, key, "/v1beta/models")).json()["models"]
    assert {entry["name"].removeprefix("models/") for entry in listed} <= {MODEL, "auto"}
    silent = (await key_of(owner, permissions=["models:read"]))["key"]
    assert (await ask(standing, channel, silent)).status_code == 403


@requirement("access.channels")
@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_key_of_another_network_is_refused_by_every_channel(
    standing: Running, owner: httpx2.AsyncClient, channel: str
) -> None:
    away = (await key_of(owner, networks=["192.0.2.0/24", "2001:db8::/32"]))["key"]
    here = (await key_of(owner, networks=["127.0.0.0/8"]))["key"]
    refused = await ask(standing, channel, away)
    assert refused.status_code == 403, refused.text
    assert "network" in refused.text
    assert (await ask(standing, channel, here)).status_code == 200


@requirement("access.channels")
async def test_a_key_has_one_rate_and_one_budget_for_all_its_channels(
    standing: Running, owner: httpx2.AsyncClient
) -> None:
    rated = (await key_of(owner, requests_per_minute=3))["key"]
    bound = await key_of(owner)
    budget = {"name": "Three", "kind": "key", "subject": bound["id"], "period": "day", "unit": "requests", "limit": "3"}
    assert (await owner.post("/api/v1/budgets", json=budget)).status_code == 201
    for key, refusal in ((rated, 429), (bound["key"], 402)):
        found = [(await ask(standing, channel, key)).status_code for channel in CHANNELS]
        assert found[:3] == [200] * 3
        assert len(set(found[3:])) == 1, found
        assert found[3] in {refusal, 429}, found  # Google has no word for a budget


@requirement("access.channels")
async def test_the_first_channel_counts_alone_and_nothing_of_a_second_is_added(
    standing: Running, owner: httpx2.AsyncClient
) -> None:
    narrow = (await key_of(owner, permissions=["models:read"]))["key"]
    headers = {"authorization": f"Bearer {narrow}", "x-api-key": standing.key, "api-key": standing.key}
    async with httpx2.AsyncClient(base_url=standing.url, headers=headers) as http:
        assert (await http.get("/api/v1/webhooks")).status_code == 403
        assert (await http.get(f"/v1beta/models?key={standing.key}")).status_code == 200
        refused = await http.post(f"/v1beta/models/{MODEL}:generateContent?key={standing.key}", json=QUESTION)
        assert refused.status_code == 403


@requirement("access.channels")
async def test_no_permission_and_no_header_lifts_an_owner_over_a_budget(
    standing: Running, owner: httpx2.AsyncClient
) -> None:
    budget = {"name": "One", "kind": "tenant", "period": "day", "unit": "requests", "limit": "1", "hard": True}
    assert (await owner.post("/api/v1/budgets", json=budget)).status_code == 201
    asked = {"model": MODEL, "messages": [{"role": "user", "content": "Hello"}]}
    assert (await owner.post("/v1/chat/completions", json=asked)).status_code == 200
    spoofed = {"x-end-user": "somebody", "x-chimera-user": "somebody", "openai-organization": "another"}
    for headers, more in (({}, {}), (spoofed, {"user": "somebody", "metadata": {"user_id": "another"}})):
        refused = await owner.post("/v1/chat/completions", json=asked | more, headers=headers)
        assert (refused.status_code, refused.json()["error"]["code"]) == (402, "budget_exhausted"), refused.text
    made = await key_of(owner)
    assert (await ask(standing, "bearer", made["key"])).status_code >= 400
