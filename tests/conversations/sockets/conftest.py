"""One server for a module, before an upstream that does as each test says."""

import shutil
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from tests.fakes.server import FakeUpstream
from tests.serving import Running, provider_environment, running


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A Chimera, its upstream, and a client of the owner's."""

    chimera: Running
    fake: FakeUpstream
    http: httpx2.AsyncClient

    @property
    def url(self) -> str:
        return self.chimera.url

    @property
    def headers(self) -> dict[str, str]:
        return self.chimera.headers

    async def conversation(self) -> str:
        return str((await self.http.post("/api/v1/conversations")).json()["id"])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Stage]:
    folder = tmp_path_factory.mktemp("sockets")
    shutil.copy(sqlite_template, folder / "chimera.db")
    flags = {"data_dir": folder, "sockets": {"per_person": 12, "stall_s": 0.5}}
    async with (
        FakeUpstream(keys={"good-key"}, retry_after_s=0.05) as fake,
        running(f"sqlite:///{folder / 'chimera.db'}", provider_environment(fake, "openai"), flags) as chimera,
        httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers, timeout=20) as http,
    ):
        yield Stage(chimera=chimera, fake=fake, http=http)
