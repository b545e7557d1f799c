"""Answers that were given before, in two tiers: the memory of this process, and what all replicas share."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeAlias
from uuid import UUID

import structlog

from chimera.gateway.caching.entry import Entry
from chimera.gateway.caching.memory import Memory
from chimera.kit.clock import utc_now
from chimera.kit.errors import AppError, Kind
from chimera.kit.scope import Scope

log = structlog.get_logger()

Spawn: TypeAlias = Callable[[Coroutine[None, None, None]], "asyncio.Task[None]"]
# So long a copy in memory is believed; what was evicted elsewhere is given out no longer than that.
RECHECK_S = 5.0
_MOST_WAITING = 1000
# Answers of so long are written together where one of them alone would cost a transaction.
GATHERED_S = 0.05


class CacheAwayError(AppError):
    """The shared tier cannot be asked."""

    code = "cache_unavailable"
    kind = Kind.UNAVAILABLE


class ResponseCache(Protocol):
    """What replicas share. It finds nothing but answers of the scope's tenant, and none that expired.

    Every method raises an `AppError` of kind `unavailable` where it cannot be asked.
    """

    async def get(self, scope: Scope, key: bytes) -> Entry | None:
        """The answer to a question."""
        ...

    async def by_id(self, scope: Scope, entry_id: UUID) -> Entry | None: ...

    async def put(self, scope: Scope, entries: Sequence[Entry]) -> None:
        """Keep answers, each instead of any other to the same question. No question stands there twice."""
        ...

    async def drop(self, scope: Scope, entry: Entry) -> None:
        """Forget an answer; nothing happens if it is gone."""
        ...

    async def clear(self, scope: Scope) -> None:
        """Forget all of the tenant's answers."""
        ...


@dataclass(slots=True, kw_only=True)
class Answers:
    """Reading never fails: a shared tier that is away is a miss. Evicting does, for it must be known to hold.

    Attributes:
        shared: The second tier; `None` where this process is all there is.
        spawn: Runs what nobody waits for.
        gathered_s: Answers of so long are written together. Until then other replicas ask a model for what is known.
    """

    memory: Memory
    shared: ResponseCache | None
    spawn: Spawn
    clock: Callable[[], datetime] = utc_now
    recheck_s: float = RECHECK_S
    gathered_s: float = 0.0
    _waiting: list[tuple[Scope, Entry]] = field(default_factory=list[tuple[Scope, Entry]])
    _writing: "asyncio.Task[None] | None" = None
    _hurry: asyncio.Event = field(default_factory=asyncio.Event)

    def known(self, scope: Scope, key: bytes) -> Entry | None:
        """The answer to a question, if it is in memory and was confirmed a moment ago. Waits for nothing."""
        found = self.memory.get(scope.tenant_id, key)
        if found is None:
            return None
        entry, confirmed_s = found
        if entry.expires_at <= self.clock():
            self.memory.drop(scope.tenant_id, key)
            return None
        if self.shared is not None and self._now_s() - confirmed_s > self.recheck_s:
            return None
        return entry

    async def get(self, scope: Scope, key: bytes) -> Entry | None:
        """The answer to a question, if there is one that may still be given."""
        entry = self.known(scope, key)
        if entry is not None or self.shared is None:
            return entry
        asked_s = self._now_s()
        try:
            entry = await self.shared.get(scope, key)
        except AppError as error:
            log.warning("cache.not_read", code=error.code)
            return self.known(scope, key)
        found = self.memory.get(scope.tenant_id, key)
        if found is not None and found[1] >= asked_s:
            return found[0]  # given by a call that ended meanwhile, and still on its way there
        if entry is None:
            self.memory.drop(scope.tenant_id, key)
        else:
            self.memory.put(entry, self._now_s())
        return entry

    async def by_id(self, scope: Scope, entry_id: UUID) -> Entry | None:
        """One answer, whoever asked for it; `None` if it is gone, or another tenant's.

        Raises:
            AppError: of kind `unavailable`, if nobody can say.
        """
        if self.shared is not None:
            await self.settled()
            found = await self.shared.by_id(scope, entry_id)
        else:
            found = self.memory.by_id(scope.tenant_id, entry_id)
        return found if found is not None and found.expires_at > self.clock() else None

    def keep(self, scope: Scope, entry: Entry) -> None:
        """Have an answer ready from now on; others get it as soon as it is written."""
        self.memory.put(entry, self._now_s())
        if self.shared is None or len(self._waiting) >= _MOST_WAITING:
            return
        self._waiting.append((scope, entry))
        if self._writing is None:
            self._write_soon(self.shared)

    async def drop(self, scope: Scope, entry: Entry) -> None:
        """Forget an answer: here at once, on other replicas within `recheck_s`.

        Raises:
            AppError: of kind `unavailable`, if others may still have it.
        """
        await self.settled()
        self.memory.drop(scope.tenant_id, entry.key)
        if self.shared is not None:
            await self.shared.drop(scope, entry)

    async def clear(self, scope: Scope) -> None:
        """Forget all of the tenant's answers; see `drop`."""
        await self.settled()
        self.memory.clear(scope.tenant_id)
        if self.shared is not None:
            await self.shared.clear(scope)

    async def settled(self) -> None:
        """Have all that was kept until now written, as far as it can be."""
        for _ in range(2):  # those that are being written, and those that came meanwhile
            if self._writing is not None:
                self._hurry.set()
                await asyncio.wait({self._writing})

    def _write_soon(self, shared: ResponseCache) -> None:
        self._hurry.clear()
        self._writing = self.spawn(self._write(shared))

    async def _write(self, shared: ResponseCache) -> None:
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.gathered_s):
                    await self._hurry.wait()
            waiting, self._waiting = self._waiting, []
            for scope, entries in _by_tenant(waiting):
                await self._put(shared, scope, entries)
        finally:
            self._writing = None
        if self._waiting:
            self._write_soon(shared)

    async def _put(self, shared: ResponseCache, scope: Scope, entries: Sequence[Entry]) -> None:
        try:
            await shared.put(scope, entries)
        except AppError as error:
            log.warning("cache.not_kept", code=error.code, answers=len(entries))
        except Exception:  # an answer that cannot be kept must not take down what runs beside it
            log.exception("cache.keeping_failed", answers=len(entries))

    def _now_s(self) -> float:
        return asyncio.get_running_loop().time()


def _by_tenant(waiting: Iterable[tuple[Scope, Entry]]) -> Iterator[tuple[Scope, Sequence[Entry]]]:
    """The newest answer to each question, by tenant."""
    scopes: dict[UUID, Scope] = {}
    newest: dict[UUID, dict[bytes, Entry]] = {}
    for scope, entry in waiting:
        scopes[scope.tenant_id] = scope
        newest.setdefault(scope.tenant_id, {})[entry.key] = entry
    return ((scopes[tenant], tuple(entries.values())) for tenant, entries in newest.items())
