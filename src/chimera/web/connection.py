"""Noticing that a client has left, and keeping a silent connection open."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.types import Receive


@asynccontextmanager
async def while_connected(
    receive: Receive, *, on_silence: Callable[[], Awaitable[None]] | None = None, every_s: float = 15.0
) -> AsyncGenerator[None]:
    """Run the block; cancel it, and leave quietly, when the client goes away.

    The request's body must have been read. `on_silence` is called every `every_s` seconds, for keep-alive comments.
    """
    task = asyncio.current_task()
    assert task is not None
    gone = False

    async def watch() -> None:
        nonlocal gone
        while not gone:
            if on_silence is None:
                gone = (await receive())["type"] == "http.disconnect"
                continue
            try:
                async with asyncio.timeout(every_s):
                    gone = (await receive())["type"] == "http.disconnect"
            except TimeoutError:
                await on_silence()
        task.cancel()

    watcher = asyncio.ensure_future(watch())
    try:
        yield
    except asyncio.CancelledError:
        if not gone or task.uncancel() > 0:
            raise
    finally:
        watcher.cancel()
