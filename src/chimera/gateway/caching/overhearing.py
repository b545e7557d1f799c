"""Hear from another replica what it is answered: looked for once for all who want to hear it here."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field

from chimera.gateway.caching.joining import Flight, Flights, Spawn
from chimera.gateway.caching.passage import Asking, Heard, Passage, Passages
from chimera.gateway.call import Trail
from chimera.gateway.catalogue import Catalogue
from chimera.gateway.errors import CallInterruptedError
from chimera.gateway.telling import Charge
from chimera.kit.errors import AppError
from chimera.kit.scope import Scope
from chimera.llm import Event, Finished, Stream

LOOK_S = 0.03
# Who stops to look is not told for longer, and the last one's call ends.
_LISTENS_S = 1.5
# Both in looks, not in seconds: while this process is held up, nobody has fallen silent.
# A replica that tells says so at once, even while its model thinks.
_DEAF = 60
# Who has begun to read is not cut off for a moment without Redis.
_AWAY = 60


@dataclass(slots=True, eq=False)
class _Followed:
    """An answer that is listened for.

    Attributes:
        in_vain: How often nothing was told yet; -1 once something was.
        news: What was told; `None` for a look that failed, or was one too many in vain.
    """

    asking: Asking
    taken: int = 0
    in_vain: int = 0
    news: "asyncio.Queue[Heard | None]" = field(default_factory=asyncio.Queue)

    def take(self, heard: Heard) -> None:
        self.taken = heard.taken
        if heard.passages or not heard.is_asked:
            self.in_vain = -1
            self.news.put_nowait(heard)
        elif self.in_vain >= 0:
            self.in_vain += 1
            if self.in_vain > _DEAF:
                self.news.put_nowait(None)


@dataclass(slots=True, kw_only=True)
class Overhearing:
    """What is heard from elsewhere is a flight like those of this process, whose callers all follow.

    Attributes:
        flights: Of what is heard; apart from the calls that are made here.
        catalogue: Gives the snapshot in force.
        spawn: Runs what nobody waits for.
    """

    passages: Passages
    flights: Flights
    catalogue: Callable[[Scope], Catalogue]
    spawn: Spawn
    _followed: dict[bytes, _Followed] = field(default_factory=dict[bytes, _Followed])
    _listening: set[_Followed] = field(default_factory=set[_Followed])
    _is_looking: bool = False

    def followed(self, name: bytes) -> Asking | None:
        """Whose answer to a question is being heard."""
        one = self._followed.get(name)
        return one.asking if one else None

    @asynccontextmanager
    async def heard(self, asking: Asking, deadline: float) -> AsyncGenerator[tuple[Flight, Stream]]:
        """Hear an answer from its beginning, with all who hear it here. It fails if it cannot be heard to its end."""
        trail, name = Trail(), asking.name

        def flight_of() -> Flight:
            return Flight(work=lambda: self._told(asking, trail), deadline=deadline, trail=trail, above=frozenset())

        flight, listener = self.flights.enter(name, flight_of)
        try:
            async with aclosing(flight.heard_by(listener)) as events:
                yield flight, events
        finally:
            await self.flights.leave(name, flight, listener)

    async def _told(self, asking: Asking, trail: Trail) -> Stream:
        """The answer, as it is told; what is known of it goes to the trail.

        Raises:
            CallInterruptedError: if it is not told, or not to its end.
        """
        followed = self._follow(asking)
        position, is_whole, is_over = 0, False, False
        try:
            while not is_over:
                heard = await _next(followed, position)
                for passage in heard.passages:
                    for event in self._fresh(passage, position, trail, asking.scope):
                        position += 1
                        is_whole = type(event) is Finished
                        yield event
                    is_over |= passage.is_over
                is_over |= not heard.is_asked
            if not is_whole:
                raise _interrupted()
        finally:
            self._listening.discard(followed)
            if self._followed.get(asking.name) is followed:
                del self._followed[asking.name]

    def _fresh(self, passage: Passage, position: int, trail: Trail, scope: Scope) -> tuple[Event, ...]:
        """What of a passage comes after what was heard; what else it tells goes to the trail."""
        if passage.source is not None:
            told = passage.source
            trail.answered_by = self.catalogue(scope).answered(told.provider, told.model)
            trail.told.headers.update(told.headers)
            trail.told.decision = told.decision
        if passage.begins_at > position or (passage.events and trail.answered_by is None):
            raise _interrupted()  # what comes before was lost
        if passage.is_over:
            trail.told.charges.append(Charge(cost_nusd=passage.worth_nusd))
        return passage.events[position - passage.begins_at :]

    def _follow(self, asking: Asking) -> _Followed:
        followed = self._followed[asking.name] = _Followed(asking)
        self._listening.add(followed)
        if not self._is_looking:
            self._is_looking = True
            self.spawn(self._look())
        return followed

    async def _look(self) -> None:
        """Look for all, again and again, while somebody listens."""
        try:
            while self._listening:
                listened = tuple(self._listening)
                try:
                    looks = await self.passages.heard([(one.asking, one.taken) for one in listened], _LISTENS_S)
                except AppError:
                    for one in listened:
                        one.news.put_nowait(None)
                else:
                    for one, heard in zip(listened, looks, strict=True):
                        one.take(heard)
                await asyncio.sleep(LOOK_S)
        finally:
            self._is_looking = False


async def _next(followed: _Followed, position: int) -> Heard:
    """What is told next."""
    failed = 0
    while (heard := await followed.news.get()) is None:
        failed += 1
        if position == 0 or failed > _AWAY:
            raise _interrupted()
    return heard


def _interrupted() -> CallInterruptedError:
    return CallInterruptedError("The answer was interrupted. Ask again.")
