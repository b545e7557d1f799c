"""A person, and the tasks that a test starts."""

from collections.abc import AsyncGenerator

import pytest
from tests.conversations.house import Tasks, someone

from chimera.kit.scope import Scope


@pytest.fixture
async def tasks() -> AsyncGenerator[Tasks]:
    started = Tasks()
    yield started
    await started.cancel()


@pytest.fixture
def ada() -> Scope:
    return someone()
