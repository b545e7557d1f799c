"""One Chimera before one scriptable upstream for a whole module, and Anthropic's SDK before it."""

import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from anthropic import AsyncAnthropic
from tests.fakes.answer import Answer, ToolUse
from tests.fakes.server import FakeUpstream
from tests.serving import HOSTED, Running, provider_environment, running

MODELS = {kind: f"{kind}/some-model" for kind in HOSTED} | {"azure": "azure/gpt-4o"}
EVERY_PROVIDER = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
CLAUDE = "anthropic/claude-haiku-5-5"
ALIAS = "fast"
HELLO = [{"role": "user", "content": "Hello you there"}]
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = {"name": "weather", "description": "Tells the weather.", "input_schema": CITY}
CLOCK = {"name": "clock", "input_schema": {"type": "object", "properties": {}}}
TWO_CALLS = Answer(
    text="I look.",
    tool_calls=(ToolUse(name="weather", arguments='{"city":"Oslo"}'), ToolUse(name="clock")),
)


def asking(model: str = CLAUDE, **more: Any) -> dict[str, Any]:
    return {"model": model, "max_tokens": 100, "messages": HELLO, **more}


class Stage:
    """What a test plays with.

    Attributes:
        fake: The upstream of every provider.
        claude: The official SDK, with only its address and key changed, and without retries of its own.
    """

    def __init__(self, fake: FakeUpstream, chimera: Running, claude: AsyncAnthropic) -> None:
        self.fake = fake
        self.chimera = chimera
        self.claude = claude


@asynccontextmanager
async def stage(template: Path, folder: Path) -> AsyncGenerator[Stage]:
    shutil.copy(template, folder / "chimera.db")
    async with FakeUpstream(keys={"good-key"}, retry_after_s=0.05) as fake:
        variables = provider_environment(fake)
        flags = {"data_dir": folder, "aliases": {ALIAS: CLAUDE}}
        async with (
            running(f"sqlite:///{folder / 'chimera.db'}", variables, flags) as chimera,
            AsyncAnthropic(base_url=chimera.url, api_key=chimera.key, max_retries=0) as claude,
        ):
            yield Stage(fake, chimera, claude)
