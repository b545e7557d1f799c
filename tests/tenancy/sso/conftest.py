"""One Chimera that may ask this machine, and one real OpenID provider, for all tests of a module."""

import shutil
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from tests.identity_provider import IdentityProvider, identity_provider
from tests.identity_provider.forging import Forger, forger
from tests.serving import Running, running
from tests.tenancy.sso.signing_in import CALLBACK


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chimera(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Running]:
    folder = tmp_path_factory.mktemp("sso")
    shutil.copy(sqlite_template, folder / "chimera.db")
    flags = {"data_dir": folder, "private_networks": True, "trusted_proxies": ["127.0.0.1"]}
    async with running(f"sqlite:///{folder / 'chimera.db'}", {}, flags) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def owner(chimera: Running) -> AsyncGenerator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers, timeout=20) as http:
        yield http


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def idp(chimera: Running) -> AsyncGenerator[IdentityProvider]:
    async with identity_provider() as provider:
        await provider.know_client(f"{chimera.url}{CALLBACK}")
        yield provider


@pytest_asyncio.fixture(loop_scope="module")
async def evil() -> AsyncGenerator[Forger]:
    async with forger() as provider:
        yield provider


@pytest.fixture
async def forger_here() -> AsyncGenerator[Forger]:
    """For tests with a Chimera of their own."""
    async with forger() as provider:
        yield provider
