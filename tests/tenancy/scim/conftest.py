"""One Chimera for all tests of a module, its owner, and a directory that keeps its users."""

import shutil
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from tests.serving import Running, running
from tests.tenancy.scim.directory import directory_of, stranger


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chimera(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Running]:
    folder = tmp_path_factory.mktemp("scim")
    shutil.copy(sqlite_template, folder / "chimera.db")
    async with running(f"sqlite:///{folder / 'chimera.db'}", {}, {"data_dir": folder}) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def owner(chimera: Running) -> AsyncGenerator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers, timeout=20) as http:
        yield http


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def directory(chimera: Running, owner: httpx2.AsyncClient) -> AsyncGenerator[httpx2.AsyncClient]:
    async with directory_of(chimera, owner) as http:
        yield http


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def elsewhere(chimera: Running) -> AsyncGenerator[httpx2.AsyncClient]:
    """Another organisation's directory."""
    headers = {"Authorization": f"Bearer {await stranger(chimera)}"}
    async with (
        httpx2.AsyncClient(base_url=chimera.url, headers=headers, timeout=20) as other,
        directory_of(chimera, other) as http,
    ):
        yield http
