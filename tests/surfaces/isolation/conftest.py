"""The first organisation with its things, and the owner of another."""

import shutil
from collections.abc import AsyncGenerator, Generator
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from tests.fakes.server import FakeUpstream
from tests.postgres import run_apart
from tests.serving import OWNER_EMAIL, Running, provider_environment, running
from tests.surfaces.isolation.belongings import Belongings, bring
from tests.surfaces.people import stranger_to

from chimera.tenancy.repository import AllUsers
from chimera.tenancy.tables import UserRow


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.full)])
def engine_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """An empty, migrated database for a module: on SQLite, and if everything is asked for on PostgreSQL too."""
    if request.param == "postgres":
        server = request.getfixturevalue("postgres_server")
        name = run_apart(server.create(template=request.getfixturevalue("postgres_template")))
        yield server.url(name)
        run_apart(server.drop(name))
    else:
        file = tmp_path_factory.mktemp("isolation") / "chimera.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def standing(engine_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Running]:
    """As for the other surfaces, but on both engines."""
    flags = {"data_dir": tmp_path_factory.mktemp("standing")}
    patch = pytest.MonkeyPatch()
    # What was written before a rotation would be sealed anew while others' footprints are looked for.
    patch.setattr("chimera.bootstrap.access.encryption._CONTENT_EVERY_S", 86_400)
    async with (
        FakeUpstream(keys={"good-key"}, retry_after_s=0.05) as upstream,
        running(engine_url, provider_environment(upstream), flags) as server,
    ):
        yield server
    patch.undo()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def belongings(caller: httpx2.AsyncClient) -> Belongings:
    return await bring(caller)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stranger(standing: Running) -> AsyncGenerator[httpx2.AsyncClient]:
    """The owner of another organisation, with a key that may do everything there."""
    headers = {"Authorization": f"Bearer {await stranger_to(standing)}"}
    async with httpx2.AsyncClient(base_url=standing.url, headers=headers, timeout=20) as http:
        yield http


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(standing: Running) -> UUID:
    """The first organisation."""
    async with standing.house.database.system_transaction() as tx:
        (owner,) = await tx.scalars(AllUsers(tx).every().where(UserRow.email == OWNER_EMAIL))
    return owner.tenant_id
