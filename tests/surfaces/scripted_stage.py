"""One Chimera before one scriptable upstream for all tests of a module: `tests.surfaces.conftest` has one for each."""

import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.fakes.answer import Answer
from tests.fakes.server import FakeUpstream
from tests.serving import HOSTED, Running, provider_environment, running

MODELS = {kind: f"{kind}/some-model" for kind in HOSTED} | {"azure": "azure/gpt-4o"}
EVERY_PROVIDER = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
# One whose words are passed on, and two whose words are translated.
SOME_PROVIDERS = pytest.mark.parametrize("kind", ["gemini", "ollama", "openai", "anthropic"])


@dataclass(frozen=True, slots=True)
class Stage:
    """What a test plays with: the upstream of every provider, and the server."""

    fake: FakeUpstream
    chimera: Running

    def set(self) -> "Stage":
        """Let the upstream echo again."""
        self.fake.say(Answer())
        return self


@asynccontextmanager
async def scripted_stage(template: Path, folder: Path) -> AsyncGenerator[Stage]:
    shutil.copy(template, folder / "chimera.db")
    async with FakeUpstream(keys={"good-key"}, retry_after_s=0.05) as fake:
        variables = provider_environment(fake)
        async with running(f"sqlite:///{folder / 'chimera.db'}", variables, {"data_dir": folder}) as chimera:
            yield Stage(fake, chimera)
