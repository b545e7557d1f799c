"""An answer that is given again, seen from outside: over every surface, with its badge, and no token used."""

from collections.abc import AsyncGenerator

import httpx2
import pytest
from tests.fakes import Answer, FakeUpstream
from tests.fakes.answer import Tokens
from tests.serving import Running, provider_environment, running

from chimera.kit.ids import new_id
from chimera.tenancy.credentials import hashed, new_api_key, shown_prefix
from chimera.tenancy.permissions import CHAT as MAY_CHAT
from chimera.tenancy.repository import AllApiKeys, AllUsers
from chimera.tenancy.tables import ApiKeyRow, UserRow

PRICES = [{"id": "openai/gpt-5", "price_input_usd_per_mtok": "1.25", "price_output_usd_per_mtok": "10"}]
TEXT = "Paris is the capital of France, and has been so for a very long time. " * 20
CHAT = {"model": "openai/gpt-5", "messages": [{"role": "user", "content": "What is the capital of France?"}]}


@pytest.fixture
async def upstream() -> AsyncGenerator[FakeUpstream]:
    async with FakeUpstream(
        keys={"good-key"}, answer=Answer(text=TEXT, usage=Tokens(input=1000, output=100, cached=0))
    ) as fake:
        yield fake


@pytest.fixture
async def chimera(upstream: FakeUpstream, sqlite_url: str, tmp_path) -> AsyncGenerator[Running]:
    flags = {"data_dir": tmp_path, "models": PRICES}
    async with running(sqlite_url, provider_environment(upstream, "openai", "anthropic"), flags) as server:
        yield server


@pytest.fixture
async def http(chimera: Running) -> AsyncGenerator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers, timeout=20) as client:
        yield client


async def wanted(http: httpx2.AsyncClient, **policy: object) -> None:
    answer = await http.put("/api/v1/policies/cache", json={"mode": "exact"} | policy)
    assert answer.status_code == 200, answer.text


def asked_of(upstream: FakeUpstream) -> int:
    return sum(request.method == "POST" for request in upstream.requests)


async def test_the_same_question_gets_the_same_answer_without_the_model(
    http: httpx2.AsyncClient, upstream: FakeUpstream
) -> None:
    await wanted(http)
    first = await http.post("/v1/chat/completions", json=CHAT)
    again = await http.post("/v1/chat/completions", json=CHAT)
    assert first.headers["x-chimera-cache"] == "miss"
    assert again.headers["x-chimera-cache"] == "exact"
    assert again.headers["x-chimera-model"] == "openai/gpt-5"
    assert again.headers["x-chimera-attempts"] == "0"
    assert int(again.headers["x-chimera-cache-age-s"]) >= 0
    told, told_again = first.json(), again.json()
    assert told_again["choices"] == told["choices"]
    assert told_again["usage"]["total_tokens"] == 0
    assert told_again["id"] != told["id"]
    assert asked_of(upstream) == 1


async def test_without_a_policy_nothing_is_kept_and_nothing_said(
    http: httpx2.AsyncClient, upstream: FakeUpstream
) -> None:
    for _ in range(2):
        answer = await http.post("/v1/chat/completions", json=CHAT)
        assert "x-chimera-cache" not in answer.headers
    assert asked_of(upstream) == 2


async def test_a_stream_is_given_again_as_a_stream(http: httpx2.AsyncClient, upstream: FakeUpstream) -> None:
    await wanted(http)
    await http.post("/v1/chat/completions", json=CHAT)
    asked = CHAT | {"stream": True, "stream_options": {"include_usage": True}}
    async with http.stream("POST", "/v1/chat/completions", json=asked) as answer:
        assert answer.headers["x-chimera-cache"] == "exact"
        frames = [line for line in (await answer.aread()).decode().split("\n\n") if line]
    assert len(frames) > len(TEXT) / 400
    assert frames[-1] == "data: [DONE]"
    assert '"total_tokens":0' in frames[-2]
    assert asked_of(upstream) == 1


async def test_every_surface_is_given_what_another_one_asked_for(
    http: httpx2.AsyncClient, upstream: FakeUpstream
) -> None:
    await wanted(http)
    words = CHAT["messages"]
    await http.post("/v1/chat/completions", json=CHAT | {"max_tokens": 500})
    messages = await http.post("/v1/messages", json=CHAT | {"max_tokens": 500, "messages": words})
    assert messages.headers["x-chimera-cache"] == "exact", messages.text
    assert messages.json()["content"][0]["text"] == TEXT
    responses = await http.post(
        "/v1/responses", json={"model": "gpt-5", "input": words, "max_output_tokens": 500, "store": False}
    )
    assert responses.headers["x-chimera-cache"] == "exact", responses.text
    assert asked_of(upstream) == 1


async def test_whoever_wants_a_new_answer_gets_one_and_it_is_kept(
    http: httpx2.AsyncClient, upstream: FakeUpstream
) -> None:
    await wanted(http)
    await http.post("/v1/chat/completions", json=CHAT)
    upstream.say(Answer(text="Lyon."))
    refreshed = await http.post("/v1/chat/completions", json=CHAT, headers={"x-chimera-cache": "refresh"})
    assert refreshed.headers["x-chimera-cache"] == "refreshed"
    again = await http.post("/v1/chat/completions", json=CHAT)
    assert again.json()["choices"][0]["message"]["content"] == "Lyon."
    off = await http.post("/v1/chat/completions", json=CHAT, headers={"x-chimera-cache": "off"})
    assert off.headers["x-chimera-cache"] == "skip; wish"
    assert asked_of(upstream) == 3


async def test_embeddings_are_given_again(http: httpx2.AsyncClient, upstream: FakeUpstream) -> None:
    await wanted(http)
    asked = {"model": "openai/text-embedding-3-small", "input": ["one", "two"]}
    first = await http.post("/v1/embeddings", json=asked)
    again = await http.post("/v1/embeddings", json=asked)
    assert again.headers["x-chimera-cache"] == "exact"
    assert again.json()["data"] == first.json()["data"]
    assert asked_of(upstream) == 1


async def test_a_wrong_answer_is_looked_at_and_got_rid_of(http: httpx2.AsyncClient, upstream: FakeUpstream) -> None:
    await wanted(http)
    await http.post("/v1/chat/completions", json=CHAT)
    given = await http.post("/v1/chat/completions", json=CHAT)
    where = f"/api/v1/cache/{given.headers['x-chimera-cache-id']}"
    shown = (await http.get(where)).json()
    assert (shown["text"], shown["model"]) == (TEXT, "openai/gpt-5")
    assert (await http.post(f"{where}/feedback", json={"good": True})).status_code == 204
    assert (await http.get(where)).status_code == 200
    assert (await http.post(f"{where}/feedback", json={"good": False})).status_code == 204
    gone = await http.get(where)
    assert (gone.status_code, gone.json()["code"]) == (404, "cached_answer_not_found")
    assert (await http.delete(where)).json()["code"] == "cached_answer_not_found"
    asked = await http.post("/v1/chat/completions", json=CHAT)
    assert asked.headers["x-chimera-cache"] == "miss"
    assert asked_of(upstream) == 2


async def test_an_owner_forgets_all_of_them(http: httpx2.AsyncClient, upstream: FakeUpstream) -> None:
    await wanted(http)
    await http.post("/v1/chat/completions", json=CHAT)
    assert (await http.delete("/api/v1/cache")).status_code == 204
    await http.post("/v1/chat/completions", json=CHAT)
    assert asked_of(upstream) == 2


async def test_what_was_saved_is_told_by_day(chimera: Running, http: httpx2.AsyncClient) -> None:
    await wanted(http)
    for _ in range(3):
        await http.post("/v1/chat/completions", json=CHAT)
    await chimera.house.gateway.caching.tally()
    await http.post("/v1/chat/completions", json=CHAT)
    await chimera.house.gateway.caching.tally()
    (day,) = (await http.get("/api/v1/cache")).json()["days"]
    assert (day["exact"], day["joined"], day["missed"]) == (3, 0, 1)


async def test_a_colleague_neither_gets_nor_sees_an_answer_that_is_another_s(
    chimera: Running, http: httpx2.AsyncClient, upstream: FakeUpstream
) -> None:
    await wanted(http)
    await http.post("/v1/chat/completions", json=CHAT)
    given = await http.post("/v1/chat/completions", json=CHAT)
    where = f"/api/v1/cache/{given.headers['x-chimera-cache-id']}"
    headers = {"Authorization": f"Bearer {await colleague(chimera)}"}
    asked = await http.post("/v1/chat/completions", json=CHAT, headers=headers)
    assert asked.headers["x-chimera-cache"] == "miss"
    assert (await http.get(where, headers=headers)).json()["code"] == "cached_answer_not_found"
    assert (await http.delete(where, headers=headers)).json()["code"] == "cached_answer_not_found"
    assert (await http.delete("/api/v1/cache", headers=headers)).json()["code"] == "permission_denied"
    await wanted(http, shared=True)
    await http.post("/v1/chat/completions", json=CHAT)
    shared = await http.post("/v1/chat/completions", json=CHAT, headers=headers)
    assert shared.headers["x-chimera-cache"] == "exact"
    assert asked_of(upstream) == 3


async def colleague(chimera: Running) -> str:
    """A key of a member of the same organisation."""
    async with chimera.house.database.system_transaction() as tx:
        owner = next(iter(await tx.scalars(AllUsers(tx).every())))
        user, secret = new_id(), new_api_key()
        await AllUsers(tx).add(
            UserRow(tenant_id=owner.tenant_id, id=user, email="m@example.com", name="m", role="member")
        )
        row = ApiKeyRow(
            tenant_id=owner.tenant_id,
            user_id=user,
            name="m",
            prefix=shown_prefix(secret),
            secret_hash=hashed(secret.encode()),
            permissions=[MAY_CHAT],
        )
        await AllApiKeys(tx).add(row)
    return secret
