"""What a chat completion would cost is told before it is sent, and nobody is asked for it."""

from pathlib import Path
from typing import Any

import httpx2
from tests.fakes import FakeUpstream
from tests.serving import provider_environment, running

PRICES = [
    {
        "id": "openai/gpt-4o",
        "price_input_usd_per_mtok": "2.5",
        "price_output_usd_per_mtok": "10",
        "output_tokens": 16384,
        "context_tokens": 128000,
    }
]
ASKED: dict[str, Any] = {"model": "openai/gpt-4o", "messages": [{"role": "user", "content": "Hello there"}]}


async def test_the_estimate_counts_prices_and_bounds(sqlite_url: str, tmp_path: Path) -> None:
    flags = {"data_dir": tmp_path, "models": PRICES}
    async with (
        FakeUpstream() as fake,
        running(sqlite_url, provider_environment(fake), flags) as chimera,
        httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as http,
    ):
        asked_before = len(fake.requests)
        told = (await http.post("/api/v1/estimate", json=ASKED | {"max_tokens": 100})).json()
        longer = (await http.post("/api/v1/estimate", json=ASKED | {"n": 3})).json()
        unpriced = (await http.post("/api/v1/estimate", json=ASKED | {"model": "ollama/some"})).json()
        unknown = await http.post("/api/v1/estimate", json=ASKED | {"model": "nobody/knows"})
        assert len(fake.requests) == asked_before
    assert told["exact"] is True
    assert (told["input_tokens"], told["worst_output_tokens"]) == (9, 100)
    assert told["worst_usd"] == "0.0010225"  # 9 x 2.5 + 100 x 10 for a million
    assert told["likely_usd"] == told["worst_usd"]
    assert told["price"].startswith("configuration | ")
    assert longer["worst_output_tokens"] == 3 * 16384
    assert (longer["likely_output_tokens"], longer["likely_usd"]) == (1200, "0.0120225")
    assert (unpriced["worst_usd"], unpriced["price"]) == (None, "")
    assert unknown.status_code == 404
    assert unknown.json()["code"] == "model_not_found"
