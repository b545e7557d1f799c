"""The queue: an order, kept in the transaction of what it is about."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from chimera.jobs.job import Order
from chimera.jobs.repository import KeptJobs
from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.store import Transaction

TOPIC: Final = "jobs"


class Bell(Protocol):
    """Tells that it may be worth a look."""

    async def wait(self, timeout_s: float) -> bool:
        """Wait for a ring, at most so long."""
        ...


class Wakes(Protocol):
    """Carries wake-ups to the workers of all replicas. They may be lost."""

    async def publish(self, topic: str) -> object: ...

    def subscribe(self, topic: str) -> AbstractAsyncContextManager[Bell]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Jobs:
    """What is put here is done after its transaction is committed, and never if it is not."""

    wakes: Wakes
    clock: Callable[[], datetime] = utc_now

    async def put(self, tx: Transaction, scope: Scope, order: Order) -> UUID:
        """Keep an order. Of one key only one is alive: one that waits is replaced, one that runs is done once more.

        Call it after what it is about: it locks the job of its key until the commit.
        """
        return await KeptJobs(tx, scope).put(order, order.due_at or self.clock())

    async def ensure(self, tx: Transaction, scope: Scope, order: Order) -> bool:
        """Keep an order unless one of its key is alive, and stays as it is; tell whether it was kept."""
        return await KeptJobs(tx, scope).put_if_absent(order, order.due_at or self.clock())

    async def cancel(self, tx: Transaction, scope: Scope, kind: str, key: str) -> bool:
        """Let nothing of a key be done any more: whoever is at it writes nothing more."""
        return await KeptJobs(tx, scope).cancel_key(kind, key)

    async def cancel_own(self, tx: Transaction, scope: Scope, kind: str, *, lane: str | None = None) -> int:
        """Let nothing of a kind be done any more on the caller's behalf, or of a lane of it; tell how much that was.

        What is dead goes, too; whoever is at any of it writes nothing more.
        """
        return await KeptJobs(tx, scope).cancel_own(kind, lane)

    async def wake(self) -> None:
        """Let workers look at once: something was put that is due."""
        await self.wakes.publish(TOPIC)
