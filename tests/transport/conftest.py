"""Whatever opens connections is tested on both loops: servers run on uvloop, the other is what Python promises."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import Any

import pytest
import uvloop

from chimera.transport import Pool


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> Mapping[str, Any]:
    if item.path.name == "test_hearing.py":
        return {"asyncio": asyncio.new_event_loop}  # no I/O, so no difference
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture
async def pool() -> AsyncGenerator[Pool]:
    pool = Pool()
    yield pool
    await pool.close()
