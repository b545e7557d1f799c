"""A server before one provider, for tests that need the whole house to see a stage work."""

from collections.abc import AsyncGenerator
from pathlib import Path

import httpx2
import pytest
from tests.fakes.server import FakeUpstream
from tests.serving import Running, provider_environment, running


@pytest.fixture
async def fake() -> AsyncGenerator[FakeUpstream]:
    async with FakeUpstream(keys={"good-key"}, retry_after_s=0.01) as upstream:
        yield upstream


@pytest.fixture
async def chimera(fake: FakeUpstream, sqlite_url: str, tmp_path: Path) -> AsyncGenerator[Running]:
    async with running(sqlite_url, provider_environment(fake, "openai"), {"data_dir": tmp_path}) as server:
        yield server


@pytest.fixture
async def http(chimera: Running) -> AsyncGenerator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers, timeout=20) as client:
        yield client
