"""A model that speaks as slowly as a test wants, and databases for real server processes."""

from collections.abc import AsyncGenerator

import pytest
from tests.fakes.server import FakeUpstream


@pytest.fixture
async def fake() -> AsyncGenerator[FakeUpstream]:
    async with FakeUpstream(keys={"good-key"}, retry_after_s=0.05) as upstream:
        yield upstream
