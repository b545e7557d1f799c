"""Tasks beside the requests, which live as long as whoever opened them."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager


class Background:
    """Tasks that live as long as the house, or a part of it."""

    def __init__(self, group: asyncio.TaskGroup) -> None:
        self._group = group
        self.running: set[asyncio.Task[None]] = set()

    def create_task(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = self._group.create_task(work)
        self.running.add(task)
        task.add_done_callback(self.running.discard)
        return task


@asynccontextmanager
async def open_background() -> AsyncGenerator[Background]:
    """Leaving cancels what still runs, and waits for it."""
    async with asyncio.TaskGroup() as group:
        background = Background(group)
        try:
            yield background
        finally:
            for task in tuple(background.running):
                task.cancel()
