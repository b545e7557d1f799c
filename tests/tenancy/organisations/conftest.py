"""The small house with everything about people and organisations in it."""

import pytest
from tests.tenancy.house import House
from tests.tenancy.people.town import Town, settle


@pytest.fixture
async def town(house: House) -> Town:
    return await settle(house)
