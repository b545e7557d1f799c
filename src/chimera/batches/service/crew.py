"""The lines of a batch that are in flight: so many at once, and brought to an end when the batch is."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Literal


@dataclass(slots=True, kw_only=True, eq=False)
class Crew:
    """Tasks in a group, each in a place that other batches of the tenant want too.

    Attributes:
        stopping: From when on nobody begins.
        parting_s: How long those that are in flight then still have.
    """

    group: asyncio.TaskGroup
    places: asyncio.Semaphore
    stopping: asyncio.Event
    parting_s: float
    _tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    async def place(self) -> bool:
        """Wait for a place; false when nobody should begin any more, and then there is none to give back."""
        if not self.places.locked():
            await self.places.acquire()
        elif not await self._place_in_time():
            return False
        if self.stopping.is_set():
            self.places.release()
            return False
        return True

    def begin(self, work: Coroutine[None, None, None]) -> None:
        """Start work in the place that was just taken; it is given back at the end, whatever that is."""
        task = self.group.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def settle(self) -> None:
        """Wait for all who are in flight; cut them off when they must stop and their time is over."""
        stopped = asyncio.ensure_future(self.stopping.wait())
        try:
            while self._tasks and not stopped.done():
                await asyncio.wait({*self._tasks, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=self.parting_s)
        finally:
            stopped.cancel()
        for task in self._tasks:
            task.cancel()

    async def _place_in_time(self) -> bool:
        stopped, taken = asyncio.ensure_future(self.stopping.wait()), asyncio.ensure_future(self.places.acquire())
        try:
            await asyncio.wait({stopped, taken}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            taken.add_done_callback(self._give_back)
            raise
        finally:
            stopped.cancel()
            is_taken = taken.done()
            taken.cancel()
        return is_taken

    def _give_back(self, taken: asyncio.Task[Literal[True]]) -> None:
        if not taken.cancelled():
            self.places.release()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self.places.release()
