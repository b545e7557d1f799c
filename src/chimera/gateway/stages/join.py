"""Make identical calls in flight once."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from time import perf_counter

from msgspec.structs import replace as changed

from chimera.gateway.caching.joining import Flight, Flights, Listener
from chimera.gateway.caching.savings import Savings
from chimera.gateway.call import Call, Handler
from chimera.kit.errors import AppError, Kind
from chimera.kit.ids import new_id
from chimera.llm import Event, ProviderError, Started, Stream, Usage, UsageReported

# Said to the one whose call it is: of its own budget, its own rate, its own time.
_PERSONAL = {Kind.EXHAUSTED, Kind.RATE_LIMITED, Kind.TIMEOUT, Kind.FORBIDDEN}


@dataclass(frozen=True, slots=True)
class Join:
    """Calls of one `likeness` hear the answer to the first of them, which alone pays.

    An answer that fails fails for all; so each hears what the provider said, and it is not asked as often as there are
    listeners. What the gateway refused to the first caller alone is no answer for the others: the next one asks.
    """

    flights: Flights
    savings: Savings

    def __call__(self, call: Call, proceed: Handler) -> Stream:
        return self._joined(call, proceed) if call.likeness else proceed(call)

    async def _joined(self, call: Call, proceed: Handler) -> Stream:
        while True:
            flight, listener = self.flights.board(call, lambda: proceed(call))
            given = False
            try:
                async with aclosing(self._heard(call, flight, listener)) as events:
                    async for event in events:
                        given = True
                        yield event
            except AppError as error:
                if listener.leads or given or not _is_personal(error, flight):
                    raise
            else:
                return
            finally:
                await self.flights.leave(call, flight, listener)

    def _heard(self, call: Call, flight: Flight, listener: Listener) -> Stream:
        events = flight.heard_by(listener)
        return events if listener.leads else self._followed(call, flight, events)

    async def _followed(self, call: Call, flight: Flight, events: AsyncGenerator[Event]) -> Stream:
        begun = perf_counter()
        async with aclosing(events) as heard:
            async for event in heard:
                if type(event) is Started:
                    _tell(call, flight)
                    yield changed(event, id=new_id().hex, headers=())
                elif type(event) is UsageReported:
                    yield UsageReported(usage=Usage())
                else:
                    yield event
        target = flight.trail.answered_by
        assert target is not None, "whoever answered is known before the first event"
        worth = sum(charge.cost_nusd or 0 for charge in flight.trail.told.charges)
        self.savings.saved(call, target, "joined", worth_nusd=worth, begun=begun)


def _is_personal(error: AppError, flight: Flight) -> bool:
    if asyncio.get_running_loop().time() >= flight.deadline:
        return True
    return error.kind in _PERSONAL and not isinstance(error, ProviderError)


def _tell(call: Call, flight: Flight) -> None:
    """What was found out on the way of the call that is made holds for those who join it."""
    made, mine = flight.trail, call.trail
    mine.answered_by = made.answered_by
    mine.told.cache, mine.told.decision = "joined", made.told.decision
    for name, value in made.told.headers.items():
        if name not in flight.above:
            mine.told.headers.setdefault(name, value)
