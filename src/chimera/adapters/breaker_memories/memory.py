"""Open circuits known to this process only: the embedded memory."""

import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager

from pydantic import BaseModel, ConfigDict

from chimera.gateway.resilience.sharing import Rest

_ASK_AGAIN_S = 0.5


class Settings(BaseModel):
    """How long what is heard once holds.

    Attributes:
        probe_s: A probe of which nobody hears for so long is given to somebody else.
        forget_s: A target that nobody probes for so long after its rest is forgotten.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    probe_s: float = 15.0
    forget_s: float = 600.0


class InProcessMemory:
    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._until: dict[str, tuple[float, int]] = {}
        self._probes: dict[str, float] = {}

    async def open(self, target_id: str, rest: Rest) -> None:
        self._until[target_id] = (self._clock() + rest.left_s, rest.rests)
        self._probes.pop(target_id, None)

    async def close(self, target_id: str) -> None:
        self._until.pop(target_id, None)
        self._probes.pop(target_id, None)

    async def resting(self) -> Mapping[str, Rest]:
        now = self._clock()
        for target_id in [name for name, (until, _) in self._until.items() if until + self._settings.forget_s <= now]:
            await self.close(target_id)
        return {name: Rest(max(0.0, until - now), rests) for name, (until, rests) in self._until.items()}

    async def probe(self, target_id: str) -> float:
        now = self._clock()
        until, _ = self._until.get(target_id, (now, 0))
        if until > now:
            return until - now
        taken_until = self._probes.get(target_id, now)
        if taken_until > now:
            return min(_ASK_AGAIN_S, taken_until - now)
        self._probes[target_id] = now + self._settings.probe_s
        return 0.0


@asynccontextmanager
async def connect(settings: Settings) -> AsyncGenerator[InProcessMemory]:
    yield InProcessMemory(settings)
