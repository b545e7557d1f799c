"""A house for each engine."""

import pytest
from tests.batches.house import House

from chimera.store import Database


@pytest.fixture
def house(database: Database) -> House:
    return House(database)
