"""The first organisation with its things, and the owner of another."""

from collections.abc import AsyncGenerator
from uuid import UUID

import httpx2
import pytest_asyncio
from tests.serving import OWNER_EMAIL, Running
from tests.surfaces.isolation.belongings import Belongings, bring
from tests.surfaces.people import stranger_to

from chimera.tenancy.repository import AllUsers
from chimera.tenancy.tables import UserRow


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
