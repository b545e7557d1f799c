"""Chimera in front of a fake upstream: one for each test, or one for a module."""

import shutil
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def standing(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Running]:
    """One Chimera before one echoing upstream for all tests of a module, for those that script nothing."""
    folder = tmp_path_factory.mktemp("standing")
    shutil.copy(sqlite_template, folder / "chimera.db")
    async with FakeUpstream(keys={"good-key"}, retry_after_s=0.05) as upstream:
        variables = provider_environment(upstream)
        async with running(f"sqlite:///{folder / 'chimera.db'}", variables, {"data_dir": folder}) as server:
            yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def caller(standing: Running) -> AsyncGenerator[httpx2.AsyncClient]:
    """A bare HTTP client with the owner's key."""
    async with httpx2.AsyncClient(base_url=standing.url, headers=standing.headers, timeout=20) as http:
        yield http


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripted:
    """A Chimera before an upstream that does as each test says."""

    fake: FakeUpstream
    chimera: Running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scripted(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Scripted]:
    """One for all tests of a module, for those that leave nothing of their script behind."""
    folder = tmp_path_factory.mktemp("scripted")
    shutil.copy(sqlite_template, folder / "chimera.db")
    async with FakeUpstream(keys={"good-key"}, retry_after_s=0.05) as upstream:
        variables = provider_environment(upstream)
        async with running(f"sqlite:///{folder / 'chimera.db'}", variables, {"data_dir": folder}) as server:
            yield Scripted(fake=upstream, chimera=server)
