"""An answer that is given again, seen from outside: over every surface, with its badge, and no token used."""

import asyncio
import shutil
from collections.abc import AsyncGenerator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from tests.fakes import Answer, FakeUpstream
from tests.fakes.answer import Tokens
from tests.serving import Running, provider_environment, running

from chimera.kit.ids import new_id
from chimera.kit.money import nusd, usd
from chimera.tenancy.credentials import hashed, new_api_key, shown_prefix
from chimera.tenancy.keys.repository import AllApiKeys
from chimera.tenancy.keys.tables import ApiKeyRow
from chimera.tenancy.permissions import CHAT as MAY_CHAT
from chimera.tenancy.repository import AllUsers
from chimera.tenancy.tables import UserRow

pytestmark = pytest.mark.asyncio(loop_scope="module")

PRICES = [{"id": "openai/gpt-5", "price_input_usd_per_mtok": "1.25", "price_output_usd_per_mtok": "10"}]
TEXT = "Paris is the capital of France, and has been so for a very long time. " * 20
COST_NUSD = 2_250_000  # 1000 tokens read at 1.25 USD a million, and 100 written at 10
USUAL = Answer(text=TEXT, usage=Tokens(input=1000, output=100, cached=0))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def upstream() -> AsyncGenerator[FakeUpstream]:
    async with FakeUpstream(keys={"good-key"}, answer=USUAL) as fake:
        yield fake


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chimera(
    upstream: FakeUpstream, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Running]:
    folder = tmp_path_factory.mktemp("cached")
    shutil.copy(sqlite_template, folder / "chimera.db")
    flags = {"data_dir": folder, "models": PRICES}
    variables = provider_environment(upstream, "openai", "anthropic")
    async with running(f"sqlite:///{folder / 'chimera.db'}", variables, flags) as server:
        yield server


@pytest_asyncio.fixture(loop_scope="module")
async def http(chimera: Running, upstream: FakeUpstream) -> AsyncGenerator[httpx2.AsyncClient]:
    """A client; nothing of the tests before is left."""
    upstream.say(USUAL)
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers, timeout=20) as client:
        await client.delete("/api/v1/policies/cache")
        await client.delete("/api/v1/cache")
        yield client


@pytest.fixture
def chat() -> dict[str, Any]:
    """A question that no other test asks."""
    asked = {"role": "user", "content": f"What is the capital of France? ({new_id()})"}
    return {"model": "openai/gpt-5", "messages": [asked]}


async def wanted(http: httpx2.AsyncClient, **policy: object) -> None:
    answer = await http.put("/api/v1/policies/cache", json={"mode": "exact"} | policy)
    assert answer.status_code == 200, answer.text


def asked_of(upstream: FakeUpstream, question: dict[str, Any]) -> int:
    """How often the provider was asked what this test asks."""
    words = str(question["messages"][0]["content"] if "messages" in question else question["input"])
    return sum(words in str(request.json) for request in upstream.requests if request.method == "POST")


async def test_the_same_question_gets_the_same_answer_without_the_model(
    http: httpx2.AsyncClient, upstream: FakeUpstream, chat: dict[str, Any]
) -> None:
    await wanted(http)
    first = await http.post("/v1/chat/completions", json=chat)
    again = await http.post("/v1/chat/completions", json=chat)
    assert first.headers["x-chimera-cache"] == "miss"
    assert again.headers["x-chimera-cache"] == "exact"
    assert again.headers["x-chimera-model"] == "openai/gpt-5"
    assert again.headers["x-chimera-attempts"] == "0"
    assert int(again.headers["x-chimera-cache-age-s"]) >= 0
    told, told_again = first.json(), again.json()
    assert told_again["choices"] == told["choices"]
    assert told_again["usage"]["total_tokens"] == 0
    assert told_again["id"] != told["id"]
    assert asked_of(upstream, chat) == 1


async def test_without_a_policy_nothing_is_kept_and_nothing_said(
    http: httpx2.AsyncClient, upstream: FakeUpstream, chat: dict[str, Any]
) -> None:
    for _ in range(2):
        answer = await http.post("/v1/chat/completions", json=chat)
        assert "x-chimera-cache" not in answer.headers
    assert asked_of(upstream, chat) == 2


async def test_a_stream_is_given_again_as_a_stream(
    http: httpx2.AsyncClient, upstream: FakeUpstream, chat: dict[str, Any]
) -> None:
    await wanted(http)
    await http.post("/v1/chat/completions", json=chat)
    asked = chat | {"stream": True, "stream_options": {"include_usage": True}}
    async with http.stream("POST", "/v1/chat/completions", json=asked) as answer:
        assert answer.headers["x-chimera-cache"] == "exact"
        frames = [line for line in (await answer.aread()).decode().split("\n\n") if line]
    assert len(frames) > len(TEXT) / 400
    assert frames[-1] == "data: [DONE]"
    assert '"total_tokens":0' in frames[-2]
    assert asked_of(upstream, chat) == 1


async def test_every_surface_is_given_what_another_one_asked_for(
    http: httpx2.AsyncClient, upstream: FakeUpstream, chat: dict[str, Any]
) -> None:
    await wanted(http)
    words = chat["messages"]
    await http.post("/v1/chat/completions", json=chat | {"max_tokens": 500})
    messages = await http.post("/v1/messages", json=chat | {"max_tokens": 500, "messages": words})
    assert messages.headers["x-chimera-cache"] == "exact", messages.text
    assert messages.json()["content"][0]["text"] == TEXT
    responses = await http.post(
        "/v1/responses", json={"model": "gpt-5", "input": words, "max_output_tokens": 500, "store": False}
    )
    assert responses.headers["x-chimera-cache"] == "exact", responses.text
    assert asked_of(upstream, chat) == 1


async def test_whoever_wants_a_new_answer_gets_one_and_it_is_kept(
    http: httpx2.AsyncClient, upstream: FakeUpstream, chat: dict[str, Any]
) -> None:
    await wanted(http)
    await http.post("/v1/chat/completions", json=chat)
    upstream.say(Answer(text="Lyon."))
    refreshed = await http.post("/v1/chat/completions", json=chat, headers={"x-chimera-cache": "refresh"})
    assert refreshed.headers["x-chimera-cache"] == "refreshed"
    again = await http.post("/v1/chat/completions", json=chat)
    assert again.json()["choices"][0]["message"]["content"] == "Lyon."
    off = await http.post("/v1/chat/completions", json=chat, headers={"x-chimera-cache": "off"})
    assert off.headers["x-chimera-cache"] == "skip; wish"
    assert asked_of(upstream, chat) == 3


async def test_embeddings_are_given_again(http: httpx2.AsyncClient, upstream: FakeUpstream) -> None:
    await wanted(http)
    asked = {"model": "openai/text-embedding-3-small", "input": ["one", "two"]}
    first = await http.post("/v1/embeddings", json=asked)
    again = await http.post("/v1/embeddings", json=asked)
    assert again.headers["x-chimera-cache"] == "exact"
    assert again.json()["data"] == first.json()["data"]
    assert asked_of(upstream, asked) == 1


async def test_a_wrong_answer_is_looked_at_and_got_rid_of(
    http: httpx2.AsyncClient, upstream: FakeUpstream, chat: dict[str, Any]
) -> None:
    await wanted(http)
    await http.post("/v1/chat/completions", json=chat)
    given = await http.post("/v1/chat/completions", json=chat)
    where = f"/api/v1/cache/{given.headers['x-chimera-cache-id']}"
    shown = (await http.get(where)).json()
    assert (shown["text"], shown["model"]) == (TEXT, "openai/gpt-5")
    assert (await http.post(f"{where}/feedback", json={"good": True})).status_code == 204
    assert (await http.get(where)).status_code == 200
    assert (await http.post(f"{where}/feedback", json={"good": False})).status_code == 204
    gone = await http.get(where)
    assert (gone.status_code, gone.json()["code"]) == (404, "cached_answer_not_found")
    assert (await http.delete(where)).json()["code"] == "cached_answer_not_found"
    asked = await http.post("/v1/chat/completions", json=chat)
    assert asked.headers["x-chimera-cache"] == "miss"
    assert asked_of(upstream, chat) == 2


async def test_an_owner_forgets_all_of_them(
    http: httpx2.AsyncClient, upstream: FakeUpstream, chat: dict[str, Any]
) -> None:
    await wanted(http)
    await http.post("/v1/chat/completions", json=chat)
    assert (await http.delete("/api/v1/cache")).status_code == 204
    await http.post("/v1/chat/completions", json=chat)
    assert asked_of(upstream, chat) == 2


async def test_what_was_saved_is_told_by_day(chimera: Running, http: httpx2.AsyncClient, chat: dict[str, Any]) -> None:
    async def tallied() -> tuple[int, ...]:
        await chimera.house.gateway.caching.tally()
        days = (await http.get("/api/v1/cache")).json()["days"]
        saved_nusd = sum(nusd(day["saved_usd"]) for day in days)
        return (*(sum(day[kind] for day in days) for kind in ("exact", "joined", "missed")), saved_nusd)

    await wanted(http)
    before = await tallied()
    for _ in range(3):
        await http.post("/v1/chat/completions", json=chat)
    await tallied()
    await http.post("/v1/chat/completions", json=chat)
    after = await tallied()
    assert [later - earlier for earlier, later in zip(before, after, strict=True)] == [3, 0, 1, 3 * COST_NUSD]


async def test_a_colleague_neither_gets_nor_sees_an_answer_that_is_another_s(
    chimera: Running, http: httpx2.AsyncClient, upstream: FakeUpstream, chat: dict[str, Any]
) -> None:
    await wanted(http)
    await http.post("/v1/chat/completions", json=chat)
    given = await http.post("/v1/chat/completions", json=chat)
    where = f"/api/v1/cache/{given.headers['x-chimera-cache-id']}"
    headers = {"Authorization": f"Bearer {await colleague(chimera)}"}
    asked = await http.post("/v1/chat/completions", json=chat, headers=headers)
    assert asked.headers["x-chimera-cache"] == "miss"
    assert (await http.get(where, headers=headers)).json()["code"] == "cached_answer_not_found"
    assert (await http.delete(where, headers=headers)).json()["code"] == "cached_answer_not_found"
    assert (await http.delete("/api/v1/cache", headers=headers)).json()["code"] == "permission_denied"
    await wanted(http, shared=True)
    await http.post("/v1/chat/completions", json=chat)
    shared = await http.post("/v1/chat/completions", json=chat, headers=headers)
    assert shared.headers["x-chimera-cache"] == "exact"
    assert asked_of(upstream, chat) == 3


async def test_a_shared_answer_is_forgotten_when_two_members_or_one_owner_say_that_it_is_wrong(
    chimera: Running, http: httpx2.AsyncClient, chat: dict[str, Any]
) -> None:
    await wanted(http, shared=True)
    await http.post("/v1/chat/completions", json=chat)
    first, second = [{"Authorization": f"Bearer {await colleague(chimera)}"} for _ in range(2)]

    async def badge() -> httpx2.Response:
        return await http.post("/v1/chat/completions", json=chat, headers=first)

    where = f"/api/v1/cache/{(await badge()).headers['x-chimera-cache-id']}"
    refused = await http.delete(where, headers=first)
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    for _ in range(3):
        said = await http.post(f"{where}/feedback", json={"good": False}, headers=first)
        assert said.status_code == 204
        assert (await badge()).headers["x-chimera-cache"] == "exact"
    await http.post(f"{where}/feedback", json={"good": False}, headers=second)
    assert (await badge()).headers["x-chimera-cache"] == "miss"
    where = f"/api/v1/cache/{(await badge()).headers['x-chimera-cache-id']}"
    await http.post(f"{where}/feedback", json={"good": False})
    assert (await badge()).headers["x-chimera-cache"] == "miss"


async def colleague(chimera: Running) -> str:
    """A key of a member of the same organisation."""
    async with chimera.house.database.system_transaction() as tx:
        owner = next(iter(await tx.scalars(AllUsers(tx).every())))
        user, secret = new_id(), new_api_key()
        await AllUsers(tx).add(
            UserRow(tenant_id=owner.tenant_id, id=user, email=f"{user}@example.com", name="m", role="member")
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


async def test_the_ledger_has_what_was_paid_once_and_what_was_saved_since(
    chimera: Running, http: httpx2.AsyncClient, chat: dict[str, Any]
) -> None:
    await wanted(http)
    before = len(await ledger(chimera))
    paid = await http.post("/v1/chat/completions", json=chat)
    for _ in range(2):
        again = await http.post("/v1/chat/completions", json=chat)
    assert Decimal(paid.headers["x-chimera-cost-usd"]) == Decimal(COST_NUSD) / 10**9
    assert Decimal(again.headers["x-chimera-cost-usd"]) == 0
    assert (await http.get(f"/api/v1/cache/{again.headers['x-chimera-cache-id']}")).json()["cost_usd"] == usd(COST_NUSD)
    async with asyncio.timeout(10):
        while len(entries := (await ledger(chimera))[before:]) < 3:  # noqa: ASYNC110 (it is written soon, by whom we cannot wait for)
            await asyncio.sleep(0.02)
    first, second, third = sorted(entries)
    assert first == second == (0, COST_NUSD, "cache/exact")
    assert third[:2] == (COST_NUSD, 0)


async def ledger(chimera: Running) -> list[tuple[int, int, str]]:
    async with chimera.house.database.reader.connect() as connection:
        rows = await connection.exec_driver_sql(
            "SELECT cost_nusd, saved_nusd, price FROM ledger_entries ORDER BY rowid"
        )
        return [tuple(row) for row in rows]
