"""The port by which a turn wakes its readers, here and on other replicas.

A wake-up may be lost: the truth is in the database, where readers look from time to time anyway. What is kept nowhere,
such as who is typing, comes along as a note, and may be lost with it.
"""

import asyncio
from collections import deque
from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol
from uuid import UUID

from chimera.kit.scope import Scope

MOST_NOTES: Final = 64
TURN_NOTE: Final = "turn"
CHANGE_NOTE: Final = "changed"
SHELVES_NOTE: Final = "shelves"


class Bell:
    """Rung by a bus, waited for by one reader. Several rings before a look are one."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self._notes: deque[str] | None = None

    def ring(self, note: str = "") -> None:
        if note:
            if self._notes is None:
                self._notes = deque(maxlen=MOST_NOTES)
            self._notes.append(note)
        self._rung.set()

    def notes(self) -> list[str]:
        """What came along since the last look, the oldest first; of very many only the last."""
        notes, self._notes = self._notes, None
        return list(notes or ())

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

    def ring(self, topic: str, note: str = "") -> None:
        for bell in self._by_topic.get(topic, ()):
            bell.ring(note)

    def ring_all(self) -> None:
        for topic in self._by_topic:
            self.ring(topic)

    def topics(self) -> list[str]:
        return list(self._by_topic)

    def __contains__(self, topic: str) -> bool:
        return topic in self._by_topic


class EventBus(Protocol):
    """Carries wake-ups. Implementations differ in how far: one process (`memory`) or all replicas (`redis`)."""

    async def publish(self, topic: str, note: str = "") -> bool:
        """Ring every bell that is subscribed to the topic, and hand it the note if there is one.

        Never raises for a bus that is out of order.

        Returns:
            Whether it reached the bus; `False`: perhaps only this process heard of it.
        """
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


def room_topic(conversation_id: UUID) -> str:
    """Published with `TURN_NOTE` when a turn of the conversation began or it was deleted, else with who is there."""
    return f"conversation.{conversation_id.hex}"


def person_topic(user_id: UUID) -> str:
    """Published with a conversation's id when one of the person's changed, or its place; see `tell_person`."""
    return f"person.{user_id.hex}"


async def tell_person(bus: EventBus, scope: Scope, *conversation_ids: UUID) -> None:
    """Have the caller's own sockets look again: at these, or at what lies where if none is named."""
    for note in [one.hex for one in conversation_ids] or [SHELVES_NOTE]:
        await bus.publish(person_topic(scope.actor_id), note)
