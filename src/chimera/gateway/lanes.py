"""Bounded room for calls in flight, one lane a key: what one key's calls do cannot starve the others."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from msgspec import Struct
from msgspec import field as member


class LaneFullError(Exception):
    """No room within the wait allowed; the bulkhead stages translate it."""


class _Lane(Struct):
    running: int = 0
    waiting: deque[asyncio.Future[None]] = member(default_factory=deque)


@dataclass(slots=True, kw_only=True)
class Lanes:
    """At most `limit` at once a key, and `queue` more waiting in order for at most `patience_s` seconds."""

    limit: int
    queue: int
    patience_s: float
    _lanes: dict[object, _Lane] = field(default_factory=dict[object, _Lane])

    async def enter(self, key: object) -> None:
        """Take a place; give it back with `leave`. A caller cancelled while it waits holds none.

        Raises:
            LaneFullError: when the queue is full, or no place became free in time.
        """
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = _Lane()
        if lane.running < self.limit:
            lane.running += 1
            return
        if len(lane.waiting) >= self.queue:
            raise LaneFullError
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        lane.waiting.append(place)
        try:
            async with asyncio.timeout(self.patience_s):
                await place
        except TimeoutError as error:
            self._give_up(key, lane, place)
            raise LaneFullError from error
        except asyncio.CancelledError:
            self._give_up(key, lane, place)
            raise

    def leave(self, key: object) -> None:
        lane = self._lanes[key]
        while lane.waiting:
            place = lane.waiting.popleft()
            if not place.done():
                place.set_result(None)  # the place passes on; `running` stays
                return
        lane.running -= 1
        if lane.running == 0:
            del self._lanes[key]

    def in_flight(self, key: object) -> int:
        lane = self._lanes.get(key)
        return lane.running if lane else 0

    def _give_up(self, key: object, lane: _Lane, place: asyncio.Future[None]) -> None:
        if place.done() and not place.cancelled():
            self.leave(key)  # the place came in the very moment of giving up
        elif place in lane.waiting:
            lane.waiting.remove(place)
