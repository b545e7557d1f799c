"""Questions that another replica is asking just now: whoever wants a whole answer waits for that one.

Streams do not wait: their first words matter, and what another replica hears is kept only when it is complete.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import structlog

from chimera.gateway.caching.answers import Answers, CacheAwayError
from chimera.gateway.caching.entry import Entry
from chimera.gateway.call import Call
from chimera.kit.scope import Scope
from chimera.llm import Request

log = structlog.get_logger()

Spawn: TypeAlias = Callable[[Coroutine[None, None, None]], "asyncio.Task[None]"]
# A replica that died keeps nobody waiting for longer.
LASTS_S = 6.0
RENEWED_EVERY_S = 2.0
_LOOK_S = 0.02
_LONGEST_LOOK_S = 0.25


class Announcements(Protocol):
    """What is being asked, for all replicas to see.

    Every method raises an `AppError` of kind `unavailable` where it cannot be asked.
    """

    async def announce(self, scope: Scope, key: bytes, lasts_s: float) -> bool:
        """Say that a question is being asked; false, and nothing happens, if somebody said so before."""
        ...

    async def renew(self, questions: Sequence[tuple[Scope, bytes]], lasts_s: float) -> None:
        """Say it for another while."""
        ...

    async def withdraw(self, scope: Scope, key: bytes) -> None:
        """Say that it is not being asked any more."""
        ...


@dataclass(slots=True)
class _Asking:
    """A question that this replica asks, and for how many callers."""

    scope: Scope
    key: bytes
    callers: int = 0


@dataclass(slots=True, kw_only=True)
class Elsewhere:
    """Costs a question that is new one more trip to Redis; without Redis every replica asks for itself.

    Attributes:
        spawn: Runs what nobody waits for.
    """

    announcements: Announcements
    answers: Answers
    spawn: Spawn
    _asking: dict[bytes, _Asking] = field(default_factory=dict[bytes, _Asking])
    _looking: dict[bytes, asyncio.Event] = field(default_factory=dict[bytes, asyncio.Event])

    async def answer(self, call: Call, key: bytes) -> Entry | None:
        """What another replica was told, as soon as it was; `None` for whoever has to ask, and must `leave` then.

        Waits for no longer than half of the time that the caller has.
        """
        name = _name(call.scope, key)
        if name not in self._asking:
            if _is_streamed(call):
                self.spawn(self._announce_only(call.scope, key))
            elif (entry := await self._awaited(call, key)) is not None:
                return entry
        self._asking.setdefault(name, _Asking(call.scope, key)).callers += 1
        return None

    def leave(self, scope: Scope, key: bytes) -> None:
        """Go, when the answer has come to its end or will not come."""
        asking = self._asking[_name(scope, key)]
        asking.callers -= 1
        if asking.callers == 0:
            del self._asking[_name(scope, key)]
            self.spawn(self._withdraw(scope, key))

    async def renew(self) -> None:
        """Say again what is being asked: to be called every `RENEWED_EVERY_S`."""
        asking = [(one.scope, one.key) for one in self._asking.values()]
        if asking:
            try:
                await self.announcements.renew(asking, LASTS_S)
            except CacheAwayError as error:
                log.warning("cache.not_announced", code=error.code)

    async def _awaited(self, call: Call, key: bytes) -> Entry | None:
        name, patience_s, look_s = _name(call.scope, key), call.remaining_s / 2, _LOOK_S
        while call.remaining_s > patience_s and name not in self._asking:
            if (entry := self.answers.known(call.scope, key)) is not None:
                return entry
            if (looking := self._looking.get(name)) is not None:
                await looking.wait()  # one caller looks for all
                continue
            self._looking[name] = looking = asyncio.Event()
            try:
                if await self._is_free(call.scope, key):
                    return await self._kept_meanwhile(call.scope, key)
                await asyncio.sleep(look_s)
                look_s = min(2 * look_s, _LONGEST_LOOK_S)
            finally:
                del self._looking[name]
                looking.set()
        return None

    async def _kept_meanwhile(self, scope: Scope, key: bytes) -> Entry | None:
        """The answer of the one who went just now. Otherwise it is for us to ask: the announcement is ours."""
        entry = await self.answers.get(scope, key)
        if entry is not None:
            self.spawn(self._withdraw(scope, key))
        else:
            self._asking.setdefault(_name(scope, key), _Asking(scope, key))
        return entry

    async def _is_free(self, scope: Scope, key: bytes) -> bool:
        try:
            return await self.announcements.announce(scope, key, LASTS_S)
        except CacheAwayError:
            return True  # nobody can say

    async def _announce_only(self, scope: Scope, key: bytes) -> None:
        if _name(scope, key) in self._asking:
            await self._is_free(scope, key)

    async def _withdraw(self, scope: Scope, key: bytes) -> None:
        await self.answers.settled()
        if _name(scope, key) in self._asking:
            return  # asked anew meanwhile
        try:
            await self.announcements.withdraw(scope, key)
        except CacheAwayError as error:
            log.warning("cache.not_withdrawn", code=error.code)


def _name(scope: Scope, key: bytes) -> bytes:
    return scope.tenant_id.bytes + key


def _is_streamed(call: Call) -> bool:
    asked = call.request
    return not isinstance(asked, Request) or asked.original is None or asked.original.stream
