"""One Chimera in front of one fake upstream for each test."""

from collections.abc import AsyncGenerator

import pytest
from openai import AsyncOpenAI
from tests.fakes.server import FakeUpstream
from tests.serving import Running, provider_environment, running


@pytest.fixture
async def fake() -> AsyncGenerator[FakeUpstream]:
    async with FakeUpstream(keys={"good-key"}, retry_after_s=0.05) as upstream:
        yield upstream


@pytest.fixture
async def chimera(fake: FakeUpstream, sqlite_url: str, tmp_path) -> AsyncGenerator[Running]:
    async with running(sqlite_url, provider_environment(fake), {"data_dir": tmp_path}) as server:
        yield server


@pytest.fixture
async def client(chimera: Running) -> AsyncGenerator[AsyncOpenAI]:
    """The official SDK, with only its base URL and key changed, and without its own retries."""
    async with AsyncOpenAI(base_url=f"{chimera.url}/v1", api_key=chimera.key, max_retries=0) as sdk:
        yield sdk
