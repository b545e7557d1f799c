"""An organisation, and a replica that seals for it."""

import pytest

from chimera.kit.scope import Scope
from chimera.store import Database
from tests.encryption.house import Replica, organisation


@pytest.fixture
def replica(database: Database) -> Replica:
    return Replica(database)


@pytest.fixture
async def scope(database: Database) -> Scope:
    return await organisation(database)
