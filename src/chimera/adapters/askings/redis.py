"""What replicas are asking just now, and what they are answered, in Redis: both for seconds only."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from chimera.adapters.redis_link import RedisAwayError, RedisLink
from chimera.adapters.redis_script import Script, run_all
from chimera.crypto.sealing import Sealers, UnsealableError
from chimera.gateway.caching.answers import CacheAwayError
from chimera.gateway.caching.passage import Asking, Heard, Passage, packed, unpacked

if TYPE_CHECKING:  # see `redis_link`
    from redis.asyncio import Redis

T = TypeVar("T")
# What was told outlives those who listen by so much.
_KEPT: Final = 4
_ANNOUNCED_TO_S: Final = 1.5
_PURPOSE: Final = "passage"

# Its own earlier announcement is no reason for a replica to wait. Whoever finds another's listens from then on, so that
# the other one cannot miss it.
_ANNOUNCE: Final = Script("""
local known = redis.call('GET', KEYS[1])
if known and string.sub(known, 1, 16) ~= string.sub(ARGV[1], 1, 16) then
  redis.call('SET', KEYS[2], '1', 'PX', ARGV[3])
  return known
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]
""")
_RENEW: Final = Script("""
local known = redis.call('GET', KEYS[1])
if known and string.sub(known, 1, 16) ~= string.sub(ARGV[1], 1, 16) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
""")
_WITHDRAW_UNWANTED: Final = Script("""
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
""")
_WITHDRAW: Final = Script("""
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
""")


@dataclass(frozen=True, slots=True)
class RedisAskings:
    """Three keys a question, each with its tenant in its name: who asks, what was told, and whether somebody listens.

    What was told bears the token of the asking, so that no two answers are ever mixed.
    """

    link: RedisLink
    sealers: Sealers

    async def announce(self, asking: Asking, lasts_s: float) -> bytes:
        return bytes(await self._ask(lambda client: _ANNOUNCE.run(client, *self._announced(asking, lasts_s))))

    async def renew(self, askings: Sequence[Asking], lasts_s: float) -> None:
        runs = [(_RENEW, [self._asked(asking)], [asking.token, _ms(lasts_s)]) for asking in askings]
        await self._ask(lambda client: run_all(client, runs))

    async def withdraw(self, asking: Asking) -> None:
        await self._ask(lambda client: _WITHDRAW.run(client, [self._asked(asking)], [asking.token]))

    async def withdraw_unwanted(self, asking: Asking) -> bool:
        keys = [self._asked(asking), self._listens(asking)]
        return bool(await self._ask(lambda client: _WITHDRAW_UNWANTED.run(client, keys, [asking.token])))

    async def wanted(self, askings: Sequence[Asking]) -> Sequence[bool]:
        async def read(client: "Redis") -> Sequence[bool]:
            found = await client.mget([self._listens(asking) for asking in askings])
            return [one is not None for one in found]

        return await self._ask(read)

    async def tell(self, told: Sequence[tuple[Asking, Passage]], lasts_s: float) -> None:
        sealed = [(asking, await self._sealed(asking, passage)) for asking, passage in told]

        async def write(client: "Redis") -> None:
            async with client.pipeline(transaction=False) as pipe:
                for asking, passage in sealed:
                    pipe.rpush(self._told(asking), passage)
                    pipe.pexpire(self._told(asking), _ms(lasts_s))
                await pipe.execute()

        await self._ask(write)

    async def heard(self, wanted: Sequence[tuple[Asking, int]], lasts_s: float) -> Sequence[Heard]:
        sealers = [await self.sealers.bound(asking.scope.tenant_id) for asking, _ in wanted]

        async def read(client: "Redis") -> Sequence[Heard]:
            async with client.pipeline(transaction=False) as pipe:
                for asking, taken in wanted:
                    pipe.set(self._listens(asking), b"1", px=_ms(lasts_s))
                    pipe.pexpire(self._told(asking), _ms(_KEPT * lasts_s))
                    # Who asks is looked up before what was told: whoever is not asking any more has told all.
                    pipe.get(self._asked(asking))
                    pipe.llen(self._told(asking))
                    pipe.lrange(self._told(asking), taken, -1)
                answers = await pipe.execute()
            found: list[Heard] = []
            for index, (asking, taken) in enumerate(wanted):
                _, _, token, count, passages = answers[5 * index : 5 * index + 5]
                try:
                    heard = tuple(unpacked(sealers[index].open(one, purpose=_PURPOSE)) for one in passages)
                except UnsealableError:  # its key was destroyed meanwhile: of this asking no more is heard
                    found.append(Heard(passages=(), taken=0, is_asked=False))
                    continue
                # Fewer than before: it was lost, and what is told anew is read from its beginning.
                seen = 0 if count < taken else taken + len(heard)
                found.append(Heard(passages=heard, taken=seen, is_asked=token == asking.token))
            return found

        return await self._ask(read)

    async def _sealed(self, asking: Asking, passage: Passage) -> bytes:
        return (await self.sealers.bound(asking.scope.tenant_id)).seal(packed(passage), purpose=_PURPOSE)

    async def _ask(self, work: "Callable[[Redis], Awaitable[T]]") -> T:
        try:
            return await self.link.ask(work)
        except RedisAwayError as error:
            raise CacheAwayError("Redis does not answer just now.", retry_after_s=1) from error

    def _announced(self, asking: Asking, lasts_s: float) -> tuple[list[str], list[object]]:
        return [self._asked(asking), self._listens(asking)], [asking.token, _ms(lasts_s), _ms(_ANNOUNCED_TO_S)]

    def _asked(self, asking: Asking) -> str:
        return self._name(asking, "q")

    def _told(self, asking: Asking) -> str:
        return self._name(asking, f"told:{asking.token.hex()}")

    def _listens(self, asking: Asking) -> str:
        return self._name(asking, "listens")

    def _name(self, asking: Asking, what: str) -> str:
        # Apart from the answers, whose clearing is no reason to break those off that are being written.
        return self.link.key("asked", f"{{{asking.scope.tenant_id}:{asking.key.hex()}}}", what)


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
