"""Fixtures of conversations as files."""

from collections.abc import AsyncGenerator

import pytest
from tests.sealing import connect_with_keys

from chimera.store import Database


@pytest.fixture
async def sqlite_database(sqlite_url: str) -> AsyncGenerator[Database]:
    """For what no database has a say in."""
    async with connect_with_keys(sqlite_url) as opened:
        yield opened
