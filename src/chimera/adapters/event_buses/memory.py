"""Wake-ups within one process: the embedded bus."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from pydantic import BaseModel, ConfigDict

from chimera.conversations.bus import Bell, Bells


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MemoryBus:
    def __init__(self) -> None:
        self._bells = Bells()

    async def publish(self, topic: str, note: str = "") -> bool:
        self._bells.ring(topic, note)
        return True

    @asynccontextmanager
    async def subscribe(self, topic: str) -> AsyncGenerator[Bell]:
        bell = self._bells.hang(topic)
        try:
            yield bell
        finally:
            self._bells.take_down(topic, bell)


@asynccontextmanager
async def connect(settings: Settings) -> AsyncGenerator[MemoryBus]:
    yield MemoryBus()
