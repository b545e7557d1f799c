"""Questions that another replica is asking just now: whoever asks the same hears what that one is answered.

Nothing is lost by it but a call: without Redis, or where the other one falls silent, every replica asks for itself.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

import structlog

from chimera.gateway.caching.answers import Answers, CacheAwayError
from chimera.gateway.caching.entry import Entry
from chimera.gateway.caching.joining import Flight, Flights, followed
from chimera.gateway.caching.overhearing import Overhearing
from chimera.gateway.caching.passage import Asking, Passages, name_of
from chimera.gateway.caching.retelling import Retelling
from chimera.gateway.caching.savings import Savings
from chimera.gateway.call import Call
from chimera.gateway.catalogue import Catalogue
from chimera.kit.errors import AppError
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Event, Finished, Request, Stream

log = structlog.get_logger()

Spawn: TypeAlias = Callable[[Coroutine[None, None, None]], "asyncio.Task[None]"]
# A replica that died keeps nobody waiting for longer.
LASTS_S = 6.0
RENEWED_EVERY_S = 2.0
_TOLD_EVERY_S = 0.05


class Announcements(Protocol):
    """What is being asked, for all replicas to see.

    Every method raises an `AppError` of kind `unavailable` where it cannot be asked.
    """

    async def announce(self, asking: Asking, lasts_s: float) -> bytes:
        """Say that a question is being asked; give the token of who asks it now.

        That is another replica if one was first; whoever finds it so is noted as somebody who listens to it.
        """
        ...

    async def renew(self, askings: Sequence[Asking], lasts_s: float) -> None:
        """Say it for another while, unless another replica said so meanwhile."""
        ...

    async def withdraw(self, asking: Asking) -> None:
        """Say that it is not being asked any more; nothing happens to what was said anew."""
        ...

    async def withdraw_unwanted(self, asking: Asking) -> bool:
        """The same, if nobody listens; false if somebody does. Whoever listens has found the announcement before."""
        ...


@dataclass(slots=True)
class _Mine:
    """A question that this replica asks, and for how many callers.

    Attributes:
        flight: The first one that was seen of it.
        told: How much others heard of it.
    """

    asking: Asking
    callers: int = 0
    flight: Flight | None = None
    told: Literal["nothing", "some", "all"] = "nothing"


@dataclass(slots=True, kw_only=True)
class Elsewhere:
    """Costs a question that is new two more trips to Redis.

    Attributes:
        flights: Of this process.
        spawn: Runs what nobody waits for.
    """

    announcements: Announcements
    answers: Answers
    flights: Flights
    retelling: Retelling
    overhearing: Overhearing
    savings: Savings
    spawn: Spawn
    _replica: bytes = field(default_factory=lambda: new_id().bytes)
    _asking: dict[bytes, _Mine] = field(default_factory=dict[bytes, _Mine])
    _announcing: dict[bytes, asyncio.Event] = field(default_factory=dict[bytes, asyncio.Event])
    _is_telling: bool = False

    async def find(self, call: Call, key: bytes, *, keeps: bool) -> Entry | Asking | None:
        """Who answers: an answer kept a moment ago (if any is kept at all), another replica, or we: then `leave`."""
        name = name_of(call.scope, key)
        while name not in self._asking:
            if keeps and (entry := self.answers.known(call.scope, key)) is not None:
                return entry
            if (asking := self.overhearing.followed(name)) is not None:
                return asking
            if (announcing := self._announcing.get(name)) is not None:
                await announcing.wait()  # one caller announces for all
                continue
            self._announcing[name] = announcing = asyncio.Event()
            try:
                return await self._announce(call.scope, key, keeps=keeps)
            finally:
                del self._announcing[name]
                announcing.set()
        self.ask(call.scope, key)
        return None

    async def heard(self, call: Call, asking: Asking) -> Stream:
        """What another replica is answered. Nothing, if that cannot be heard or is not for others: then ask.

        A stream begins with its second event; a whole answer is waited for to its end, so that it can still be asked
        for here. For neither anybody waits for longer than half of the time that the caller has.

        Raises:
            CallInterruptedError: if it breaks off later.
        """
        async with self.overhearing.heard(asking, call.deadline) as (flight, events):
            head = await _head(call, events)
            if head and not flight.is_made_short:
                async with aclosing(followed(call, flight, _one_by_one(head, events), self.savings)) as told:
                    async for event in told:
                        yield event

    def ask(self, scope: Scope, key: bytes) -> None:
        """Ask here. Whoever asks must `leave`."""
        self._begin(self._asking_of(scope, key))

    def leave(self, scope: Scope, key: bytes) -> None:
        """Go, when the answer has come to its end or will not come."""
        mine = self._asking[name_of(scope, key)]
        mine.callers -= 1
        self._end_if_last(mine)

    async def renew(self) -> None:
        """Say again what is being asked: to be called every `RENEWED_EVERY_S`."""
        asking = [mine.asking for mine in self._asking.values()]
        if asking:
            try:
                await self.announcements.renew(asking, LASTS_S)
            except CacheAwayError as error:
                log.warning("cache.not_announced", code=error.code)

    async def _announce(self, scope: Scope, key: bytes, *, keeps: bool) -> Entry | Asking | None:
        asking = self._asking_of(scope, key)
        try:
            token = await self.announcements.announce(asking, LASTS_S)
        except CacheAwayError:
            token = asking.token  # nobody can say
        if token != asking.token:
            return Asking(scope, key, token)
        # What was answered between the look before and the announcement.
        entry = await self.answers.get(scope, key) if keeps else None
        if entry is None:
            self._begin(asking)
        else:
            self.spawn(self._withdraw(asking))
        return entry

    def _asking_of(self, scope: Scope, key: bytes) -> Asking:
        return Asking(scope, key, self._replica + new_id().bytes)

    def _begin(self, asking: Asking) -> None:
        self._asking.setdefault(asking.name, _Mine(asking)).callers += 1
        if not self._is_telling:
            self._is_telling = True
            self.spawn(self._tell())

    async def _tell(self) -> None:
        """Tell other replicas what they want to hear, again and again, while anything is asked."""
        try:
            while self._asking:
                await asyncio.sleep(_TOLD_EVERY_S)
                mine = tuple(self._asking.values())
                for one in mine:
                    one.flight = one.flight or self.flights.of(one.asking.key)
                ended = await self.retelling.tell({one.asking: one.flight for one in mine}) if mine else ()
                for one in mine:
                    if one.asking in ended:
                        one.told = "all"
                    elif self.retelling.is_told(one.asking):
                        one.told = "some"
                    self._end_if_last(one)
        finally:
            self._is_telling = False

    def _end_if_last(self, mine: _Mine) -> None:
        name = mine.asking.name
        if mine.callers == 0 and self._asking.get(name) is mine and not self.retelling.is_told(mine.asking):
            del self._asking[name]
            self.spawn(self._withdraw(mine.asking, mine))

    async def _withdraw(self, asking: Asking, mine: _Mine | None = None) -> None:
        await self.answers.settled()
        try:
            if mine is not None and mine.flight is not None and self._is_missed(mine):
                if await self.announcements.withdraw_unwanted(asking):
                    return
                await self.retelling.tell_whole(asking, mine.flight)
            await self.announcements.withdraw(asking)
        except CacheAwayError as error:
            log.warning("cache.not_withdrawn", code=error.code)

    def _is_missed(self, mine: _Mine) -> bool:
        """Whether somebody may have read the beginning alone, or may look in vain for what is not kept."""
        if mine.told == "nothing":
            return self.answers.known(mine.asking.scope, mine.asking.key) is None
        return mine.told == "some"


def elsewhere_of(
    announcements: Announcements,
    passages: Passages,
    *,
    answers: Answers,
    flights: Flights,
    savings: Savings,
    catalogue: Callable[[Scope], Catalogue],
) -> Elsewhere:
    """Put it together, over the flights of this process."""
    spawn = answers.spawn
    heard = Flights(spawn=spawn)
    return Elsewhere(
        announcements=announcements,
        answers=answers,
        flights=flights,
        retelling=Retelling(passages=passages, flights=flights, spawn=spawn, lasts_s=LASTS_S),
        overhearing=Overhearing(passages=passages, flights=heard, catalogue=catalogue, spawn=spawn),
        savings=savings,
        spawn=spawn,
    )


async def _head(call: Call, events: Stream) -> list[Event]:
    """As much of an answer as the caller has to be sure of before it is given; nothing, if that does not come."""
    least = 2 if _is_streamed(call) else None
    head = list[Event]()
    try:
        async with asyncio.timeout(call.remaining_s / 2):
            async for event in events:
                head.append(event)
                if type(event) is Finished or len(head) == least:
                    return head
    except (AppError, TimeoutError):
        return []
    return []


async def _one_by_one(head: Sequence[Event], rest: Stream) -> Stream:
    for event in head:
        yield event
    async for event in rest:
        yield event


def _is_streamed(call: Call) -> bool:
    asked = call.request
    return isinstance(asked, Request) and (asked.original is None or asked.original.stream)
