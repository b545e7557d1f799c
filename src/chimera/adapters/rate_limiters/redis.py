"""Limits counted in Redis, so that replicas share them: one script a call, over all of its buckets, by Redis' clock."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Never

from pydantic import BaseModel, ConfigDict

from chimera.adapters.redis_link import RedisAwayError, RedisLink
from chimera.adapters.redis_script import Run, Script, run_all
from chimera.gateway.limits.buckets import Bucket, LimiterAwayError, Verdict
from chimera.kit.rounds import rounds

# Of one round trip; a longer queue makes several.
_AT_ONCE: Final = 256
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
_TAKE: Final = Script(
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

_SETTLE: Final = Script(
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


class _Take(NamedTuple):
    keys: Sequence[str]
    arguments: Sequence[object]
    answer: asyncio.Future[list[int]]


@dataclass(slots=True, eq=False)
class RedisLimiter:
    """What is asked while Redis answers others goes out together: one connection serves any number of callers.

    Corrections are summed up by bucket and wait a moment for others.
    """

    link: RedisLink
    settings: Settings
    _takes: list[_Take] = field(default_factory=list[_Take])
    _owed: dict[str, tuple[Bucket, int]] = field(default_factory=dict[str, tuple[Bucket, int]])
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _is_due: bool = False

    async def take(self, buckets: Sequence[Bucket], tokens: int) -> Verdict:
        keys = [self.link.key("limits", bucket.key) for bucket in buckets]
        arguments = [part for bucket in buckets for part in _told(bucket, bucket.cost(tokens))]
        answer: asyncio.Future[list[int]] = asyncio.get_running_loop().create_future()
        self._takes.append(_Take(keys, arguments, answer))
        self._wake.set()
        refused_by, wait_us, *levels = await answer
        return Verdict(refused_by - 1 if refused_by else None, wait_us, levels)

    def settle(self, buckets: Sequence[Bucket], reserved: int, used: int) -> None:
        if not self._owed:
            asyncio.get_running_loop().call_later(self.settings.flush_s, self._correct)
        for bucket in buckets:
            if bucket.unit == "tokens":
                _, owed = self._owed.get(bucket.key, (bucket, 0))
                self._owed[bucket.key] = (bucket, owed + used - bucket.cost(reserved))

    def _correct(self) -> None:
        self._is_due = True
        self._wake.set()

    async def run(self) -> Never:
        """Ask and correct until cancelled, and then correct what is left."""
        try:
            await rounds(self._next, every_s=0.0, named="redis limits")
        finally:
            await self.flush()

    async def _next(self) -> None:
        await self._wake.wait()
        self._wake.clear()
        await self._send()

    async def flush(self) -> None:
        """Correct now. What cannot be sent is forgotten, as a Redis that restarts forgets levels."""
        self._is_due = True
        await self._send()

    async def _send(self) -> None:
        takes, self._takes = self._takes[:_AT_ONCE], self._takes[_AT_ONCE:]
        if self._takes:
            self._wake.set()
        corrections = self._corrections() if self._is_due else []
        runs: list[Run] = [*corrections, *((_TAKE, take.keys, take.arguments) for take in takes)]
        if not runs:
            return
        cause: Exception | None = None
        try:
            answers = await self.link.ask(lambda client: run_all(client, runs))
            for take, answer in zip(takes, answers[len(corrections) :], strict=True):
                if not take.answer.done():
                    take.answer.set_result(answer)
        except RedisAwayError as error:
            cause = error
        finally:  # nobody waits for an answer that does not come, whatever ended this
            _fail(takes, cause)

    def _corrections(self) -> list[Run]:
        """One for each organisation: only its keys lie together on a cluster."""
        owed, self._owed, self._is_due = [item for item in self._owed.values() if item[1]], {}, False
        organisations: dict[str, list[tuple[Bucket, int]]] = {}
        for bucket, units in owed:
            organisations.setdefault(bucket.key.partition("}")[0], []).append((bucket, units))
        return [
            (
                _SETTLE,
                [self.link.key("limits", bucket.key) for bucket, _ in items],
                [part for bucket, units in items for part in _told(bucket, units)],
            )
            for items in organisations.values()
        ]


def _fail(takes: Sequence[_Take], cause: Exception | None) -> None:
    """Tell those who have no answer yet that there is none."""
    for take in takes:
        if not take.answer.done():
            error = LimiterAwayError()
            error.__cause__ = cause
            take.answer.set_exception(error)


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
