"""Fixtures of the conversations' tests."""

from collections.abc import AsyncGenerator

import pytest
from tests.conversations.house import Tasks, someone

from chimera.kit.scope import Scope


@pytest.fixture
async def tasks() -> AsyncGenerator[Tasks]:
    running = Tasks()
    yield running
    await running.cancel()


@pytest.fixture
def ada() -> Scope:
    return someone()
