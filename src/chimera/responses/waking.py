"""What this package needs of a bus: wake-ups that carry nothing and may be lost."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID


class Bell(Protocol):
    """Rings for one reader."""

    async def wait(self, timeout_s: float) -> bool:
        """Wait for a ring, at most so long, and forget it. Returns whether it rang."""
        ...


class Bus(Protocol):
    """Carries wake-ups between writers and readers, here or between replicas."""

    async def publish(self, topic: str) -> object: ...

    def subscribe(self, topic: str) -> AbstractAsyncContextManager[Bell]: ...


def events_topic(response_id: UUID) -> str:
    """Published when events were added, or the response has ended."""
    return f"response.{response_id.hex}.events"


def stop_topic(response_id: UUID) -> str:
    """Published when the response's writer should look whether it is still wanted."""
    return f"response.{response_id.hex}.stop"
