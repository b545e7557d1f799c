"""The port by which a turn wakes its readers, here and on other replicas.

A wake-up carries nothing and may be lost: the truth is in the database, where readers look from time to
time anyway.
"""

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID


class Bell:
    """Rung by a bus, waited for by one reader. Several rings before a look are one."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, timeout_s: float) -> bool:
        """Wait for a ring, at most so long, and forget it. Returns whether it rang."""
        if not self._rung.is_set():
            try:
                async with asyncio.timeout(timeout_s):
                    await self._rung.wait()
            except TimeoutError:
                return False
        self._rung.clear()
        return True


class Bells:
    """The bells of one process, by topic. What every implementation of the port keeps."""

    def __init__(self) -> None:
        self._by_topic: dict[str, set[Bell]] = {}

    def hang(self, topic: str) -> Bell:
        bell = Bell()
        self._by_topic.setdefault(topic, set()).add(bell)
        return bell

    def take_down(self, topic: str, bell: Bell) -> None:
        bells = self._by_topic.get(topic, set())
        bells.discard(bell)
        if not bells:
            self._by_topic.pop(topic, None)

    def ring(self, topic: str) -> None:
        for bell in self._by_topic.get(topic, ()):
            bell.ring()

    def ring_all(self) -> None:
        for topic in self._by_topic:
            self.ring(topic)

    def topics(self) -> list[str]:
        return list(self._by_topic)

    def __contains__(self, topic: str) -> bool:
        return topic in self._by_topic


class EventBus(Protocol):
    """Carries wake-ups. Implementations differ in how far: one process (`memory`) or all replicas (`redis`)."""

    async def publish(self, topic: str) -> None:
        """Ring every bell that is subscribed to the topic. Never raises for a bus that is out of order."""
        ...

    def subscribe(self, topic: str) -> AbstractAsyncContextManager[Bell]:
        """A bell that rings for every later `publish`, until the block is left.

        Where wake-ups may have been lost (a broken connection), the bell rings once when the bus is back.
        """
        ...


def journal_topic(turn_id: UUID) -> str:
    """Published when entries were added to the turn's journal."""
    return f"turn.{turn_id.hex}.journal"


def end_topic(turn_id: UUID) -> str:
    """Published when the turn has ended."""
    return f"turn.{turn_id.hex}.end"


def stop_topic(turn_id: UUID) -> str:
    """Published when the turn's writer should look whether it is still wanted."""
    return f"turn.{turn_id.hex}.stop"
