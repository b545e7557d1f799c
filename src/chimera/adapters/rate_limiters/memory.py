"""Limits counted in the process: exact where there is one, and what replicas fall back to without Redis."""

import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager

from pydantic import BaseModel, ConfigDict

from chimera.gateway.limits.buckets import MICROSECONDS, Bucket, Rule, Verdict

_FIRST_SWEEP = 4096
_RATE, _SLOW = Rule.RATE, Rule.SLOW
_RATES = (_RATE, _SLOW)


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MemoryLimiter:
    """Levels by key, each with the microsecond in which it held. What has run out is swept now and then."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._held: dict[str, tuple[int, int, int]] = {}
        self._sweep_at = _FIRST_SWEEP

    async def take(self, buckets: Sequence[Bucket], tokens: int) -> Verdict:
        now = int(self._clock() * MICROSECONDS)
        levels: list[int] = []
        is_slow, wait_us, refused_by = False, 0, None
        for bucket in buckets:
            level = self._level(bucket, now)
            rule, over = bucket.rule, bucket.cost(tokens) - bucket.amount
            levels.append(level)
            if rule is _RATE or (rule is _SLOW and is_slow):
                wait = -((-level - over * bucket.period_us) // bucket.amount)
            elif rule is _SLOW or level + over <= 0:
                continue
            elif rule is Rule.SOFT:
                is_slow = True
                continue
            else:
                wait = max(1, bucket.ends_s * MICROSECONDS - now)
            if wait > wait_us:
                wait_us, refused_by = wait, len(levels) - 1
        if refused_by is None:
            for index, bucket in enumerate(buckets):
                if is_slow or bucket.rule is not _SLOW:
                    levels[index] = self._put(bucket, levels[index], bucket.cost(tokens), now)
        return Verdict(refused_by, wait_us, levels)

    def settle(self, buckets: Sequence[Bucket], reserved: int, used: int) -> None:
        now = int(self._clock() * MICROSECONDS)
        for bucket in buckets:
            if bucket.unit == "tokens":
                self._put(bucket, self._level(bucket, now), used - bucket.cost(reserved), now)

    def __len__(self) -> int:
        return len(self._held)

    def _level(self, bucket: Bucket, now: int) -> int:
        held = self._held.get(bucket.key)
        if held is None:
            return 0
        level, at, _ = held
        if bucket.rule in _RATES:
            level -= bucket.amount * max(0, now - at)
        return max(0, level)

    def _put(self, bucket: Bucket, level: int, units: int, now: int) -> int:
        if bucket.rule in _RATES:
            level = max(0, level + units * bucket.period_us)
            until = now + level // bucket.amount
        else:
            level, until = max(0, level + units), bucket.ends_s * MICROSECONDS
        self._held[bucket.key] = (level, now, until)
        if len(self._held) >= self._sweep_at:
            self._held = {key: held for key, held in self._held.items() if held[2] > now}
            self._sweep_at = max(_FIRST_SWEEP, 2 * len(self._held))
        return level


@asynccontextmanager
async def connect(settings: Settings) -> AsyncGenerator[MemoryLimiter]:
    yield MemoryLimiter()
