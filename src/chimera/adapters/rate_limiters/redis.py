"""Limits counted in Redis, so that replicas share them: one script a call, over all of its buckets, by Redis' clock."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from pydantic import BaseModel, ConfigDict

from chimera.adapters.redis_link import RedisAwayError, RedisLink
from chimera.adapters.redis_script import Script
from chimera.gateway.limits.buckets import Bucket, LimiterAwayError, Verdict

# A level is kept as "level microsecond". All numbers are whole and below 2**53, so that doubles are exact.
_SHARED: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local function level_of(held, rule, amount)
  if not held then return 0 end
  local level, at = string.match(held, '^(%d+) (%d+)$')
  level = tonumber(level)
  if rule == 'rate' or rule == 'slow' then level = level - amount * math.max(0, now - tonumber(at)) end
  return math.max(0, level)
end
local function put(key, rule, bucket, level, units)
  local lasts_ms
  if rule == 'rate' or rule == 'slow' then
    level = math.max(0, level + units * bucket.period)
    lasts_ms = math.floor(level / bucket.amount / 1000) + 1000
  else
    level = math.max(0, level + units)
    lasts_ms = math.max(1000, bucket.ends * 1000 - math.floor(now / 1000) + 60000)
  end
  redis.call('SET', key, string.format('%.0f %.0f', level, now), 'PX', string.format('%.0f', lasts_ms))
  return level
end
local function bucket_of(index)
  local first = index * 5 - 4
  return ARGV[first], {
    amount = tonumber(ARGV[first + 1]), period = tonumber(ARGV[first + 2]),
    ends = tonumber(ARGV[first + 3]), units = tonumber(ARGV[first + 4])
  }
end
local held = #KEYS > 0 and redis.call('MGET', unpack(KEYS)) or {}
"""

# Gives the index of the bucket that refuses (0 for none), how long to wait, and the levels.
_TAKE: Final = (
    _SHARED
    + """
local rules, buckets, answer = {}, {}, {0, 0}
local is_slow = false
for index = 1, #KEYS do
  local rule, bucket = bucket_of(index)
  local level = level_of(held[index], rule, bucket.amount)
  local wait = 0
  if rule == 'rate' or (rule == 'slow' and is_slow) then
    wait = math.ceil((level + (bucket.units - bucket.amount) * bucket.period) / bucket.amount)
  elseif rule ~= 'slow' and level + bucket.units > bucket.amount then
    if rule == 'soft' then is_slow = true else wait = math.max(1, bucket.ends * 1000000 - now) end
  end
  if wait > answer[2] then answer[1], answer[2] = index, wait end
  rules[index], buckets[index], answer[index + 2] = rule, bucket, level
end
if answer[1] == 0 then
  for index = 1, #KEYS do
    if rules[index] ~= 'slow' or is_slow then
      answer[index + 2] = put(KEYS[index], rules[index], buckets[index], answer[index + 2], buckets[index].units)
    end
  end
end
return answer
"""
)

_SETTLE: Final = (
    _SHARED
    + """
for index = 1, #KEYS do
  local rule, bucket = bucket_of(index)
  put(KEYS[index], rule, bucket, level_of(held[index], rule, bucket.amount), bucket.units)
end
"""
)


class Settings(BaseModel):
    """How corrections are gathered.

    Attributes:
        flush_s: Corrections wait so long for others, to be sent together.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    flush_s: float = 0.05


@dataclass(slots=True, eq=False)
class RedisLimiter:
    """Takes with one round trip; corrections are summed up by bucket and sent by `run`."""

    link: RedisLink
    settings: Settings
    _take: Script = field(default_factory=lambda: Script(_TAKE))
    _settle: Script = field(default_factory=lambda: Script(_SETTLE))
    _owed: dict[str, tuple[Bucket, int]] = field(default_factory=dict[str, tuple[Bucket, int]])
    _is_owing: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, buckets: Sequence[Bucket], tokens: int) -> Verdict:
        keys = [self.link.key("limits", bucket.key) for bucket in buckets]
        arguments = [part for bucket in buckets for part in _told(bucket, bucket.cost(tokens))]
        try:
            refused_by, wait_us, *levels = await self.link.ask(lambda client: self._take.run(client, keys, arguments))
        except RedisAwayError as error:
            raise LimiterAwayError from error
        return Verdict(refused_by - 1 if refused_by else None, wait_us, levels)

    def settle(self, buckets: Sequence[Bucket], reserved: int, used: int) -> None:
        for bucket in buckets:
            if bucket.unit == "tokens":
                _, owed = self._owed.get(bucket.key, (bucket, 0))
                self._owed[bucket.key] = (bucket, owed + used - bucket.cost(reserved))
        self._is_owing.set()

    async def run(self) -> None:
        """Send corrections until cancelled, and then what is left."""
        try:
            while True:
                await self._is_owing.wait()
                await asyncio.sleep(self.settings.flush_s)
                await self.flush()
        finally:
            await self.flush()

    async def flush(self) -> None:
        """Send what is owed; what cannot be sent is forgotten, as are the levels of a Redis that lost its memory."""
        owed, self._owed = [item for item in self._owed.values() if item[1]], {}
        self._is_owing.clear()
        organisations: dict[str, list[tuple[Bucket, int]]] = {}
        for bucket, units in owed:
            organisations.setdefault(bucket.key.partition("}")[0], []).append((bucket, units))
        for items in organisations.values():
            keys = [self.link.key("limits", bucket.key) for bucket, _ in items]
            arguments = [part for bucket, units in items for part in _told(bucket, units)]
            with suppress(RedisAwayError):
                await self.link.ask(lambda client, k=keys, a=arguments: self._settle.run(client, k, a))  # type: ignore[misc]  # mypy gives lambdas with defaults no types


def _told(bucket: Bucket, units: int) -> tuple[str, int, int, int, int]:
    return bucket.rule.value, bucket.amount, bucket.period_us, bucket.ends_s, units


@asynccontextmanager
async def connect(link: RedisLink, settings: Settings) -> AsyncGenerator[RedisLimiter]:
    """Count over the link; leaving sends what is still owed."""
    limiter = RedisLimiter(link, settings)
    sender = asyncio.create_task(limiter.run(), name="rate-limiter")
    try:
        yield limiter
    finally:
        sender.cancel()
        await asyncio.gather(sender, return_exceptions=True)
