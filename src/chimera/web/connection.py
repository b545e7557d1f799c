"""Noticing that a client has left, and keeping a silent connection open."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from types import TracebackType

from starlette.types import Receive

# A task that listens costs 20 us; most answers are there before anybody needs one.
_AT_ONCE_S = 0.05


def while_connected(
    receive: Receive, *, on_silence: Callable[[], Awaitable[None]] | None = None, every_s: float = 15.0
) -> AbstractAsyncContextManager[None]:
    """Run the block; cancel it, and leave quietly, when the client goes away.

    The request's body must have been read. `on_silence` is called every `every_s` seconds, for keep-alive comments.
    """
    return _Watch(receive, on_silence, every_s)


class _Watch:
    """Begins to listen when the block has run for a moment."""

    def __init__(self, receive: Receive, on_silence: Callable[[], Awaitable[None]] | None, every_s: float) -> None:
        self._receive = receive
        self._on_silence = on_silence
        self._every_s = every_s
        self._gone = False
        self._watcher: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None, "a block runs in a task"
        self._task = task
        self._timer = asyncio.get_running_loop().call_later(_AT_ONCE_S, self._begin)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._timer.cancel()
        if self._watcher is not None:
            self._watcher.cancel()
            # What a task was cancelled with leads back to us: without this only the collector finds the two.
            self._watcher = None
        return isinstance(error, asyncio.CancelledError) and self._gone and self._task.uncancel() == 0

    def _begin(self) -> None:
        self._watcher = asyncio.ensure_future(self._watch())

    async def _watch(self) -> None:
        while not self._gone:
            if self._on_silence is None:
                self._gone = (await self._receive())["type"] == "http.disconnect"
                continue
            try:
                async with asyncio.timeout(self._every_s):
                    self._gone = (await self._receive())["type"] == "http.disconnect"
            except TimeoutError:
                await self._on_silence()
        self._task.cancel()
