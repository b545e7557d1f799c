"""Open circuits in Redis, by its clock: one hash of them, and a key with an end for each probe."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ConfigDict

from chimera.adapters.redis_link import RedisAwayError, RedisLink
from chimera.adapters.redis_script import Script
from chimera.gateway.resilience.sharing import BreakerMemoryAwayError, Rest

if TYPE_CHECKING:  # see `redis_link`
    from redis.asyncio import Redis

# KEYS: the hash, then the probe's. A rest is kept as "millisecond of its end, how many".
_NOW: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
"""
_OPEN: Final = Script(
    _NOW
    + """
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f %s', now + ARGV[2], ARGV[3]))
redis.call('DEL', KEYS[2])
"""
)
_CLOSE: Final = Script("redis.call('HDEL', KEYS[1], ARGV[1]) redis.call('DEL', KEYS[2])")
_RESTING: Final = Script(
    _NOW
    + """
local answer, held = {}, redis.call('HGETALL', KEYS[1])
for index = 1, #held, 2 do
  local ends, rests = string.match(held[index + 1], '^(%d+) (%d+)$')
  local left = tonumber(ends) - now
  if left + ARGV[1] <= 0 then
    redis.call('HDEL', KEYS[1], held[index])
  else
    answer[#answer + 1] = held[index]
    answer[#answer + 1] = math.max(0, left)
    answer[#answer + 1] = tonumber(rests)
  end
end
return answer
"""
)
_PROBE: Final = Script(
    _NOW
    + """
local held = redis.call('HGET', KEYS[1], ARGV[1])
local left = held and tonumber(string.match(held, '^%d+')) - now or 0
if left > 0 then return left end
if redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[2]) then return 0 end
return math.min(500, redis.call('PTTL', KEYS[2]))
"""
)


class Settings(BaseModel):
    """How long what is heard once holds; as in the embedded memory."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    probe_s: float = 15.0
    forget_s: float = 600.0


@dataclass(frozen=True, slots=True)
class RedisBreakers:
    link: RedisLink
    settings: Settings

    async def open(self, target_id: str, rest: Rest) -> None:
        told = (target_id, round(rest.left_s * 1000), rest.rests)
        await self._ask(lambda client: _OPEN.run(client, self._keys(target_id), told))

    async def close(self, target_id: str) -> None:
        await self._ask(lambda client: _CLOSE.run(client, self._keys(target_id), (target_id,)))

    async def resting(self) -> Mapping[str, Rest]:
        forget_ms = round(self.settings.forget_s * 1000)
        held = await self._ask(lambda client: _RESTING.run(client, self._keys()[:1], (forget_ms,)))
        rests = zip(held[::3], held[1::3], held[2::3], strict=True)
        return {name.decode("utf-8", "replace"): Rest(left_ms / 1000, count) for name, left_ms, count in rests}

    async def probe(self, target_id: str) -> float:
        told = (target_id, round(self.settings.probe_s * 1000))
        wait_ms = await self._ask(lambda client: _PROBE.run(client, self._keys(target_id), told))
        return float(wait_ms) / 1000

    def _keys(self, target_id: str = "") -> tuple[str, str]:
        return self.link.key("{breakers}", "resting"), self.link.key("{breakers}", "probe", target_id)

    async def _ask(self, work: "Callable[[Redis], Awaitable[Any]]") -> Any:
        try:
            return await self.link.ask(work)
        except RedisAwayError as error:
            raise BreakerMemoryAwayError from error


@asynccontextmanager
async def connect(link: RedisLink, settings: Settings) -> AsyncGenerator[RedisBreakers]:
    yield RedisBreakers(link, settings)
