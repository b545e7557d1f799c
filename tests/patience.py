"""Bounds of time that hold on a busy machine, too: moments in which the event loop was kept waiting do not count."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

_TICK_S = 0.02


@asynccontextmanager
async def within(seconds: float) -> AsyncGenerator[None]:
    """Run the block. Raises TimeoutError where it takes longer."""
    limit = asyncio.timeout(None)

    async def count_down() -> None:
        for _ in range(round(seconds / _TICK_S)):
            await asyncio.sleep(_TICK_S)
        limit.reschedule(asyncio.get_running_loop().time())

    counting = asyncio.ensure_future(count_down())
    try:
        async with limit:
            yield
    finally:
        counting.cancel()
