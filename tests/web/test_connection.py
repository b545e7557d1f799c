"""Watching for a client that leaves: what was watched is gone with it."""

import asyncio
import gc
from typing import Never
from weakref import ref

from starlette.types import Message

from chimera.web.connection import while_connected


async def test_a_watch_that_was_needed_leaves_nothing_for_the_collector_to_find() -> None:
    listening = asyncio.Event()

    async def receive() -> Message:
        listening.set()
        return await stay()

    async def stay() -> Never:
        while True:
            await asyncio.Event().wait()

    gc.disable()
    try:
        watch = while_connected(receive)
        async with watch:
            await listening.wait()
        known = ref(watch)
        del watch
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert known() is None
    finally:
        gc.enable()


async def test_who_leaves_ends_the_block_and_no_more() -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async with while_connected(receive):
        await asyncio.Event().wait()
        raise AssertionError("nobody was there any more")
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
