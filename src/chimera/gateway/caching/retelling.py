"""Tell other replicas what this one is answered, while it is written, if one of them wants to hear it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import structlog

from chimera.gateway.caching.entry import weight_of
from chimera.gateway.caching.joining import Flight, Flights, Listener, Spawn
from chimera.gateway.caching.passage import Asking, Passage, Passages, Source
from chimera.kit.errors import AppError

log = structlog.get_logger()

# So much of an answer is told, in bytes of memory.
LARGEST = 8 * 1_048_576


@dataclass(slots=True, eq=False)
class _Told:
    """An answer that is being told.

    Attributes:
        is_new: Whether nothing was told yet, not even that it will be.
    """

    asking: Asking
    flight: Flight
    listener: Listener
    is_new: bool = True
    weight: int = 0

    def news(self) -> Passage | None:
        begins_at, events = self.listener.position, self.flight.news(self.listener)
        self.weight += sum(map(weight_of, events))
        is_over = self.flight.is_done or self.weight > LARGEST
        if not (events or is_over or self.is_new):
            return None
        self.is_new = False
        return Passage(
            begins_at=begins_at,
            events=events,
            source=_source(self.flight) if events and begins_at == 0 else None,
            is_over=is_over,
            worth_nusd=self.flight.worth_nusd if is_over else 0,
        )


@dataclass(slots=True, kw_only=True)
class Retelling:
    """Listens to flights as callers do: whoever hears one from elsewhere keeps it in the air, too.

    Attributes:
        flights: Of this process.
        spawn: Runs what nobody waits for.
    """

    passages: Passages
    flights: Flights
    spawn: Spawn
    lasts_s: float
    _told: dict[bytes, _Told] = field(default_factory=dict[bytes, _Told])
    _flightless: set[bytes] = field(default_factory=set[bytes])

    def is_told(self, asking: Asking) -> bool:
        return asking.token in self._told

    async def tell(self, askings: Mapping[Asking, Flight | None]) -> Collection[Asking]:
        """Tell what is new to those who want to hear.

        Args:
            askings: All that this replica asks, with the flight that was seen of it first: of one asking never
                another is told, since who listens could not tell the two apart.

        Returns:
            Those that are told to their end.
        """
        try:
            wanted = dict(zip(askings, await self.passages.wanted(tuple(askings)), strict=True))
            told = self._begin({one: flight for one, flight in askings.items() if wanted[one]})
            for one in tuple(self._told.values()):
                if not wanted.get(one.asking):
                    self._end(one)
                elif (passage := one.news()) is not None:
                    told.append((one.asking, passage))
            if told:
                await self.passages.tell(told, self.lasts_s)
        except AppError as error:
            log.warning("cache.not_told", code=error.code)
            for one in tuple(self._told.values()):  # nobody here may have to wait for Redis
                self._end(one)
            return ()
        ended = [asking for asking, passage in told if passage.is_over and asking.token in self._told]
        for asking in ended:
            self._end(self._told[asking.token])
        return ended

    async def tell_whole(self, asking: Asking, flight: Flight) -> None:
        """Tell an answer that has come to its end from its beginning, to whoever missed some of it or all.

        Raises:
            AppError: of kind `unavailable`, if it cannot be told.
        """
        passage = _Told(asking, flight, Listener(leads=False)).news() if flight.is_done and flight.is_open else None
        if passage is not None:
            await self.passages.tell([(asking, passage)], self.lasts_s)

    def _begin(self, wanted: Mapping[Asking, Flight | None]) -> list[tuple[Asking, Passage]]:
        """Listen to what is wanted; say of the rest that it is not told."""
        refused, flightless = list[tuple[Asking, Passage]](), set[bytes]()
        for asking, flight in wanted.items():
            if asking.token in self._told:
                continue
            current = self.flights.of(asking.key)
            if current is None and asking.token not in self._flightless:  # begins in a moment, or has just ended
                flightless.add(asking.token)
            elif flight is not None and flight is current and flight.is_open:
                listener = Listener(leads=False)
                flight.listeners.add(listener)
                self._told[asking.token] = _Told(asking, flight, listener)
            else:
                refused.append((asking, Passage(begins_at=0, is_over=True)))
        self._flightless = flightless
        return refused

    def _end(self, told: _Told) -> None:
        del self._told[told.asking.token]
        self.spawn(self.flights.leave(told.asking.key, told.flight, told.listener))


def _source(flight: Flight) -> Source | None:
    answered = flight.trail.answered_by
    if answered is None:
        return None
    told = flight.trail.told
    headers = {name: value for name, value in told.headers.items() if name not in flight.above and name != "cache"}
    return Source(provider=answered.provider, model=answered.model, headers=headers, decision=told.decision)
