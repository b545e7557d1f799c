"""The small house, founded or not."""

import pytest

from chimera.store import Database
from tests.tenancy.house import House, build


@pytest.fixture
def empty_house(database: Database) -> House:
    return build(database)


@pytest.fixture
async def house(empty_house: House) -> House:
    await empty_house.found()
    return empty_house
