"""Make identical calls in flight once."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass

from chimera.gateway.caching.joining import Flight, Flights, Listener, MadeShortError, followed
from chimera.gateway.caching.savings import Savings
from chimera.gateway.call import Call, Handler
from chimera.kit.errors import AppError, Kind
from chimera.llm import ProviderError, Stream

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
            except MadeShortError:
                continue
            except AppError as error:
                if listener.leads or given or not _is_personal(error, flight):
                    raise
            else:
                return
            finally:
                await self.flights.leave(call.likeness, flight, listener)

    def _heard(self, call: Call, flight: Flight, listener: Listener) -> Stream:
        events = flight.heard_by(listener)
        return events if listener.leads else followed(call, flight, events, self.savings)


def _is_personal(error: AppError, flight: Flight) -> bool:
    if asyncio.get_running_loop().time() >= flight.deadline:
        return True
    return error.kind in _PERSONAL and not isinstance(error, ProviderError)
