"""Calls leave no cycles: what only the collector finds holds everybody up when it is looked for."""

import asyncio
import gc
from pathlib import Path

import httpx2
import pytest
from tests.fakes import FakeUpstream
from tests.serving import provider_environment, running
from tests.surfaces.requirements import requirement

CALLS = 4


@requirement("server.light")
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
async def test_a_call_leaves_nothing_of_ours_for_the_collector(sqlite_url: str, tmp_path: Path, stream: bool) -> None:
    asked = {"messages": [{"role": "user", "content": "hi"}], "max_tokens": 50, "stream": stream}
    async with (
        FakeUpstream() as fake,
        running(sqlite_url, provider_environment(fake, "openai", "anthropic"), {"data_dir": tmp_path}) as server,
        httpx2.AsyncClient(base_url=server.url, headers=server.headers) as http,
    ):

        async def ask() -> None:
            for path in ("/v1/chat/completions", "/v1/messages"):
                for model in ("openai/gpt-4o", "anthropic/claude-sonnet-4-5"):
                    answer = await http.post(path, json=asked | {"model": model})
                    assert answer.status_code == 200, answer.text

        await ask()  # the first ones load what is loaded late
        gc.collect()
        gc.disable()
        gc.set_debug(gc.DEBUG_SAVEALL)
        try:
            for _ in range(CALLS):
                await ask()
            await asyncio.sleep(0)
            gc.collect()
            found = [f"{type(one).__module__}.{type(one).__qualname__}" for one in gc.garbage]
        finally:
            gc.set_debug(0)
            gc.garbage.clear()
            gc.enable()
    assert [name for name in found if name.startswith("chimera.")] == []
