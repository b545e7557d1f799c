"""What an answer used and cost, in its headers."""

from decimal import Decimal

import httpx2
import pytest
from tests.fakes import Answer, FakeUpstream
from tests.fakes.answer import Tokens
from tests.serving import Running, provider_environment, running
from tests.surfaces.requirements import requirement

PRICES = [{"id": "openai/gpt-5", "price_input_usd_per_mtok": "1.25", "price_output_usd_per_mtok": "10"}]
ASKED = {
    "/v1/chat/completions": {"messages": [{"role": "user", "content": "Hi"}]},
    "/v1/responses": {"input": "Hi"},
    "/v1/messages": {"max_tokens": 100, "messages": [{"role": "user", "content": "Hi"}]},
    "/api/chat": {"messages": [{"role": "user", "content": "Hi"}], "stream": False},
}


@requirement("chat.accounting")
@pytest.mark.parametrize("path", ASKED)
async def test_tokens_and_price_are_told(fake: FakeUpstream, sqlite_url: str, tmp_path, path: str) -> None:
    fake.say(Answer(text="Hello.", usage=Tokens(input=1001, output=3, cached=0)))
    flags = {"data_dir": tmp_path, "models": PRICES}
    async with running(sqlite_url, provider_environment(fake), flags) as chimera:
        headers = await _headers(chimera, path, "openai/gpt-5")
        assert (headers["x-chimera-input-tokens"], headers["x-chimera-output-tokens"]) == ("1001", "3")
        assert headers["x-chimera-cached-tokens"] == "0"
        assert Decimal(headers["x-chimera-cost-usd"]) == Decimal("0.00128125")
        unknown = await _headers(chimera, path, "deepseek/some-model")
        assert unknown["x-chimera-input-tokens"] == "1001"
        assert "x-chimera-cost-usd" not in unknown


@requirement("chat.accounting")
async def test_what_the_provider_did_not_count_is_priced_by_our_own_count(
    fake: FakeUpstream, sqlite_url: str, tmp_path
) -> None:
    prices = [{"id": "gemini/gemini-embedding-001", "price_input_usd_per_mtok": "1", "price_output_usd_per_mtok": "0"}]
    async with (
        running(sqlite_url, provider_environment(fake), {"data_dir": tmp_path, "models": prices}) as chimera,
        httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as http,
    ):
        asked = {"model": "gemini/gemini-embedding-001", "input": "Hi"}
        answer = await http.post("/v1/embeddings", json=asked)
    assert answer.status_code == 200
    assert answer.json()["usage"]["prompt_tokens"] == 0  # Google does not count them
    assert "x-chimera-input-tokens" not in answer.headers
    assert Decimal(answer.headers["x-chimera-cost-usd"]) >= Decimal("0.000001")


async def _headers(chimera: Running, path: str, model: str) -> httpx2.Headers:
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as http:
        answer = await http.post(path, json=ASKED[path] | {"model": model})
    assert answer.status_code == 200, answer.text
    return answer.headers


@requirement("chat.accounting.kept")
async def test_a_message_says_what_it_cost(fake: FakeUpstream, sqlite_url: str, tmp_path) -> None:
    fake.say(Answer(text="Hello.", usage=Tokens(input=1001, output=3, cached=0)))
    async with (
        running(sqlite_url, provider_environment(fake), {"data_dir": tmp_path, "models": PRICES}) as chimera,
        httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as http,
    ):
        known = (await http.post("/api/v1/chat", json={"message": "Hi", "model": "openai/gpt-5"})).json()
        unknown = (await http.post("/api/v1/chat", json={"message": "Hi", "model": "deepseek/some-model"})).json()
    assert known["message"]["cost_usd"] == "0.00128125"
    assert unknown["message"]["cost_usd"] is None


@requirement("chat.decision.kept")
async def test_a_message_says_why_its_model_was_chosen(fake: FakeUpstream, sqlite_url: str, tmp_path) -> None:
    prices = [
        {"id": f"openai/{name}", "price_input_usd_per_mtok": price, "price_output_usd_per_mtok": price}
        for name, price in (("gpt-5", "10"), ("gpt-4o-mini", "1"))
    ]
    async with (
        running(sqlite_url, provider_environment(fake, "openai"), {"data_dir": tmp_path, "models": prices}) as chimera,
        httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers, timeout=20) as http,
    ):
        told = (await http.post("/api/v1/chat", json={"message": "Hi", "model": "auto"})).json()
        named = (await http.post("/api/v1/chat", json={"message": "Hi", "model": "openai/gpt-5"})).json()
        listed = await http.get(f"/api/v1/conversations/{told['conversation_id']}/messages")
        asked, kept = listed.json()["data"]
    decision = told["message"]["decision"]
    assert decision["chosen"] == told["message"]["model"]
    assert decision["reasons"]
    others = {other["model"]: other["why"] for other in decision["alternatives"] + decision["rejected"]}
    assert others
    assert decision["chosen"] not in others
    assert (kept["decision"], asked["decision"], named["message"]["decision"]) == (decision, None, None)
