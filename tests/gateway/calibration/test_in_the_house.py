"""The whole server learns from its calls, forwarded or translated, and remembers after a restart."""

from pathlib import Path

import httpx2
import pytest
from tests.fakes import FakeUpstream
from tests.serving import Running, provider_environment, running

from chimera.gateway.calibration import Learning

PLAIN = "The weather is nice today and everyone has the right to life and liberty. "
MODELS = {"deepseek": "deepseek-chat", "anthropic": "claude-sonnet-5-5"}


async def talk(server: Running, model: str) -> None:
    async with httpx2.AsyncClient(base_url=server.url, headers=server.headers, timeout=20) as http:
        for stream in (False, True) * 3:
            body = {"model": model, "messages": [{"role": "user", "content": PLAIN * 20}], "stream": stream}
            answer = await http.post("/v1/chat/completions", json=body)
            assert answer.status_code == 200


def learned(learning: Learning, provider: str) -> dict[str, float]:
    return dict(learning.calibration.factors(provider, MODELS[provider]))


@pytest.mark.parametrize("provider", MODELS)
async def test_estimates_learn_from_calls_and_survive_a_restart(provider: str, sqlite_url: str, tmp_path: Path) -> None:
    async with FakeUpstream(keys={"good-key"}) as fake:
        variables = provider_environment(fake, provider, "openai")
        async with running(sqlite_url, variables, {"data_dir": tmp_path}) as server:
            learning = server.house.gateway.learning
            assert learned(learning, provider) == {}
            await talk(server, f"{provider}/{MODELS[provider]}")
            await learning.look()
            before = learned(learning, provider)
            # The fake counts words, a little fewer than the estimate has tokens.
            assert 0.5 < before["ascii"] < 1.0
        async with running(sqlite_url, variables, {"data_dir": tmp_path}) as server:
            await server.house.gateway.learning.keep()
            assert learned(server.house.gateway.learning, provider) == pytest.approx(before)
