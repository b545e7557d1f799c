"""One call for all who ask the same at the same time: made once, and heard by each at their own pace.

The call runs in a task of its own. Whoever leaves disturbs nobody; when the last one leaves, it ends.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass, field
from time import perf_counter
from typing import TypeAlias

import structlog
from msgspec.structs import replace as changed

from chimera.gateway.caching.entry import weight_of
from chimera.gateway.caching.savings import Savings
from chimera.gateway.call import Call, Trail
from chimera.gateway.errors import CallInterruptedError
from chimera.gateway.metering.attempt import HEADER as SHRUNK
from chimera.kit.errors import AppError
from chimera.kit.ids import new_id
from chimera.llm import Event, Started, Stream, Usage, UsageReported

log = structlog.get_logger()

Spawn: TypeAlias = Callable[[Coroutine[None, None, None]], "asyncio.Task[None]"]
# So much of an answer is held for those who come later; and so many times as much for who reads slowly while somebody
# else waits for more. Whoever is still behind after a while is left behind: nobody may hold the others up.
LARGEST = 1_048_576
_BEHIND = 4
_PATIENCE_S = 5.0


class MadeShortError(Exception):
    """The answer is as short as its caller's budget wants it, and so for nobody else. Never leaves the stage."""


@dataclass(slots=True, eq=False)
class Listener:
    """Somebody who hears a flight.

    Attributes:
        position: How many events were heard.
        leads: Whether the call is this one's own.
    """

    leads: bool
    position: int = 0


@dataclass(slots=True, eq=False, kw_only=True)
class Flight:
    """A call under way.

    Attributes:
        deadline: Of the call that is made, in loop time: what is below holds to it.
        trail: Of the same.
        above: What had been told of it before it was joined.
        is_open: Whether newcomers still find the beginning.
    """

    work: Callable[[], Stream]
    deadline: float
    trail: Trail
    above: frozenset[str]
    limit: int = LARGEST
    is_open: bool = True
    is_done: bool = False
    failure: BaseException | None = None
    listeners: set[Listener] = field(default_factory=set[Listener])
    task: "asyncio.Task[None] | None" = None
    _events: list[Event] = field(default_factory=list[Event])
    _dropped: int = 0
    _weight: int = 0
    _news: list["asyncio.Future[None]"] = field(default_factory=list["asyncio.Future[None]"])
    _room: "asyncio.Future[None] | None" = None

    @property
    def worth_nusd(self) -> int:
        """What the answer cost, as far as is known."""
        return sum(charge.cost_nusd or 0 for charge in self.trail.told.charges)

    @property
    def is_made_short(self) -> bool:
        """Whether a budget let only a part of the answer be asked for; known before the first event."""
        return SHRUNK in self.trail.told.headers

    async def run(self) -> None:
        """Make the call. What goes wrong is for the listeners to hear."""
        try:
            async with aclosing(self.work()) as events:
                async for event in events:
                    self._events.append(event)
                    self._weight += weight_of(event)
                    self._wake()
                    if self._weight > self.limit:
                        await self._make_room()
        except asyncio.CancelledError:
            self.failure = CallInterruptedError("The answer was interrupted. Ask again.")
            raise
        except AppError as error:
            self.failure = error
        except Exception as error:
            log.exception("gateway.joined_call_failed")
            self.failure = error
        finally:
            self.is_done = True
            self.is_open &= self.failure is None
            self._wake()

    async def heard_by(self, listener: Listener) -> Stream:
        """What comes of the call, from the beginning.

        Raises:
            CallInterruptedError: for who reads so slowly that the others could not be kept waiting.
            BaseException: what the call failed with, after all that came before.
        """
        while True:
            self._check_follows(listener)
            while (index := listener.position - self._dropped) < len(self._events):
                listener.position += 1
                yield self._events[index]
                self._check_follows(listener)
            self._tell_of_room()
            if self.is_done:
                break
            news: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._news.append(news)
            await news
        if self.failure is not None:
            raise self.failure

    def news(self, listener: Listener) -> tuple[Event, ...]:
        """What the listener has not heard yet. Waits for nothing, and tells of no failure of the call.

        Raises:
            CallInterruptedError: as `heard_by`.
        """
        self._check_follows(listener)
        events = tuple(self._events[listener.position - self._dropped :])
        listener.position += len(events)
        self._tell_of_room()
        return events

    def leave(self, listener: Listener) -> None:
        self.listeners.discard(listener)
        self._tell_of_room()

    def _tell_of_room(self) -> None:
        if self._room is not None and not self._room.done():
            self._room.set_result(None)

    def _wake(self) -> None:
        for news in self._news:
            if not news.done():
                news.set_result(None)
        self._news.clear()

    async def _make_room(self) -> None:
        """Let go of what all have heard, and wait for the slowest while too much is left."""
        self.is_open = False
        while True:
            self._let_go()
            is_awaited = self._is_awaited()
            if self._weight <= self.limit * (_BEHIND if is_awaited else 1) or not self._events:
                return
            self._room = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(_PATIENCE_S if is_awaited else None):
                    await self._room
            except TimeoutError:
                if self._is_awaited():
                    slowest = min(listener.position for listener in self.listeners)
                    self.listeners = {listener for listener in self.listeners if listener.position > slowest}

    def _is_awaited(self) -> bool:
        """Whether somebody has heard all there is."""
        told = self._dropped + len(self._events)
        return any(listener.position == told for listener in self.listeners)

    def _let_go(self) -> None:
        heard = min((listener.position for listener in self.listeners), default=0) - self._dropped
        self._weight -= sum(weight_of(event) for event in self._events[:heard])
        del self._events[:heard]
        self._dropped += heard

    def _check_follows(self, listener: Listener) -> None:
        if listener.position < self._dropped:
            raise CallInterruptedError("This answer was read so slowly that it is not held any longer. Ask again.")


@dataclass(slots=True, kw_only=True)
class Flights:
    """The calls under way in this process, by what they ask.

    Attributes:
        spawn: Runs a call beside those who wait for it.
    """

    spawn: Spawn
    _by_key: dict[bytes, Flight] = field(default_factory=dict[bytes, Flight])

    def board(self, call: Call, work: Callable[[], Stream]) -> tuple[Flight, Listener]:
        """Join the flight that answers the same, or begin one. Whoever boards must `leave`."""
        trail = call.trail

        def flight_of() -> Flight:
            return Flight(work=work, deadline=call.deadline, trail=trail, above=frozenset(trail.told.headers))

        return self.enter(call.likeness, flight_of)

    def enter(self, key: bytes, flight_of: Callable[[], Flight]) -> tuple[Flight, Listener]:
        """Join the flight of that key, or begin the one given."""
        flight = self._by_key.get(key)
        if flight is not None and flight.is_open:
            listener = Listener(leads=False)
            flight.listeners.add(listener)
            return flight, listener
        flight, listener = flight_of(), Listener(leads=True)
        flight.listeners.add(listener)
        self._by_key[key] = flight
        flight.task = self.spawn(flight.run())
        return flight, listener

    def of(self, key: bytes) -> Flight | None:
        """The flight of that key, which may not be open any more."""
        return self._by_key.get(key)

    async def leave(self, key: bytes, flight: Flight, listener: Listener) -> None:
        """Go; the last one ends the flight, and waits until it has let go of what it held."""
        flight.leave(listener)
        if flight.listeners:
            return
        if self._by_key.get(key) is flight:
            del self._by_key[key]
        task = flight.task
        if task is not None and not task.done():
            task.cancel()
            await asyncio.wait({task})

    def in_flight(self) -> int:
        return len(self._by_key)


async def followed(call: Call, flight: Flight, events: Stream, savings: Savings) -> Stream:
    """The answer to somebody else's call, as another of its own, for which nobody is paid.

    Raises:
        MadeShortError: before anything is told, if it is as short as somebody else's budget wants it.
    """
    begun = perf_counter()
    async with aclosing(events) as heard:
        async for event in heard:
            if type(event) is Started:
                if flight.is_made_short:
                    flight.is_open = False
                    raise MadeShortError
                _tell(call, flight)
                yield changed(event, id=new_id().hex, headers=())
            elif type(event) is UsageReported:
                yield UsageReported(usage=Usage())
            else:
                yield event
    target = flight.trail.answered_by
    assert target is not None, "whoever answered is known before the first event"
    savings.saved(call, target, "joined", worth_nusd=flight.worth_nusd, begun=begun)


def _tell(call: Call, flight: Flight) -> None:
    """What was found out on the way of the call that is made holds for those who join it."""
    made, mine = flight.trail, call.trail
    mine.answered_by = made.answered_by
    mine.told.cache, mine.told.decision = "joined", made.told.decision
    for name, value in made.told.headers.items():
        if name not in flight.above and name != "cache":  # the cache missed it for the one that asks alone
            mine.told.headers.setdefault(name, value)
