"""Answers in Redis, which forgets them itself when their time is over."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar
from uuid import UUID

from chimera.adapters.redis_link import RedisAwayError, RedisLink
from chimera.crypto.sealing import Sealers, UnsealableError
from chimera.gateway.caching.answers import CacheAwayError
from chimera.gateway.caching.entry import Entry, packed, unpacked
from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope

if TYPE_CHECKING:  # see `redis_link`
    from redis.asyncio import Redis

T = TypeVar("T")
_AT_ONCE: Final = 500
_PURPOSE: Final = "cached_answer"


@dataclass(frozen=True, slots=True)
class RedisCache:
    """Two keys an answer: its question names its id, and its id the answer, sealed."""

    link: RedisLink
    sealers: Sealers

    async def get(self, scope: Scope, key: bytes) -> Entry | None:
        async def read(client: "Redis") -> bytes | None:
            entry_id = await _bytes(client, self._question(scope, key))
            return None if entry_id is None else await _bytes(client, self._answer(scope, entry_id.decode()))

        return await self._opened(scope, await self._ask(read))

    async def by_id(self, scope: Scope, entry_id: UUID) -> Entry | None:
        return await self._opened(
            scope, await self._ask(lambda client: _bytes(client, self._answer(scope, str(entry_id))))
        )

    async def put(self, scope: Scope, entries: Sequence[Entry]) -> None:
        now, sealer = utc_now(), await self.sealers.bound(scope.tenant_id)

        async def write(client: "Redis") -> None:
            async with client.pipeline(transaction=False) as pipe:
                for entry in entries:
                    lasts_ms = round((entry.expires_at - now).total_seconds() * 1000)
                    if lasts_ms > 0:
                        sealed = sealer.seal(packed(entry), purpose=_PURPOSE)
                        pipe.set(self._answer(scope, str(entry.id)), sealed, px=lasts_ms)
                        pipe.set(self._question(scope, entry.key), str(entry.id), px=lasts_ms)
                await pipe.execute()

        await self._ask(write)

    async def drop(self, scope: Scope, entry: Entry) -> None:
        # The question's key stays: it names an answer that is gone, or by now a newer one.
        await self._ask(lambda client: client.delete(self._answer(scope, str(entry.id))))

    async def clear(self, scope: Scope) -> None:
        async def remove(client: "Redis") -> None:
            pattern = self._name(scope, "*")
            gathered: list[bytes] = []
            async for name in client.scan_iter(match=pattern, count=_AT_ONCE):
                gathered.append(name)
                if len(gathered) == _AT_ONCE:
                    await client.unlink(*gathered)
                    gathered.clear()
            if gathered:
                await client.unlink(*gathered)

        await self._ask(remove)

    async def _opened(self, scope: Scope, sealed: bytes | None) -> Entry | None:
        if sealed is None:
            return None
        try:
            entry = unpacked((await self.sealers.bound(scope.tenant_id)).open(sealed, purpose=_PURPOSE))
        except UnsealableError:  # its key was destroyed meanwhile
            return None
        return entry if entry is not None and entry.tenant_id == scope.tenant_id else None

    async def _ask(self, work: "Callable[[Redis], Awaitable[T]]") -> T:
        try:
            return await self.link.ask(work)
        except RedisAwayError as error:
            raise CacheAwayError("Redis does not answer just now.", retry_after_s=1) from error

    def _question(self, scope: Scope, key: bytes) -> str:
        return self._name(scope, f"q:{key.hex()}")

    def _answer(self, scope: Scope, entry_id: str) -> str:
        return self._name(scope, f"a:{entry_id}")

    def _name(self, scope: Scope, what: str) -> str:
        return self.link.key("answers", str(scope.tenant_id), what)


async def _bytes(client: "Redis", name: str) -> bytes | None:
    found = await client.get(name)
    assert not isinstance(found, str), "the link does not decode"
    return found
