"""The runner: finds batches that nobody leads on, and leads them to their end; one on every replica."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeAlias
from uuid import UUID

import structlog

from chimera.batches.errors import LeaseLostError
from chimera.batches.repository import WaitingBatches
from chimera.batches.service.files import Files
from chimera.batches.service.leading import Leader
from chimera.batches.service.lease import Lease
from chimera.batches.service.pace import BatchPace, Execute
from chimera.batches.tables import BatchRow
from chimera.kit.lifetimes import while_it_lives
from chimera.kit.scope import Scope
from chimera.store import Database, DatabaseUnavailableError

log = structlog.get_logger()

_MOST_BATCHES: Final = 64
_RELEASE_S: Final = 2.0

Acting: TypeAlias = Callable[[Scope], Awaitable[Scope | None]]
"""What somebody may do now of what they might do once, with that key; `None` if they or it were shut out."""


@dataclass(slots=True, kw_only=True, eq=False)
class BatchRunner:
    """Claims batches under a lease and gives it back when it stops; of a replica that dies, the lease runs out.

    Attributes:
        replica: Name of this process, for whoever wonders who leads a batch.
        dead_before: Holders that were not seen since are known to be dead, however short that is ago.
    """

    database: Database
    files: Files
    execute: Execute
    acting: Acting
    clock: Callable[[], datetime]
    pace: BatchPace
    replica: str
    dead_before: datetime | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _led: Counter[UUID] = field(default_factory=Counter[UUID])
    _places: dict[UUID, asyncio.Semaphore] = field(default_factory=dict[UUID, asyncio.Semaphore])

    def wake(self) -> None:
        """Look for batches now."""
        self._news.set()

    async def run(self) -> None:
        """Lead batches on until cancelled; then their leases are given back."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._news.clear()
                batch = await self._claimed()
                if batch is not None:
                    self._led[batch.tenant_id] += 1
                    group.create_task(self._led_on(batch))
                    continue
                try:
                    async with asyncio.timeout(self.pace.look_s):
                        await self._news.wait()
                except TimeoutError:
                    continue

    async def _claimed(self) -> BatchRow | None:
        if self._led.total() >= _MOST_BATCHES:
            return None
        now = self.clock()
        unseen_since = now - timedelta(seconds=self.pace.stale_s)
        if self.dead_before is not None:
            unseen_since = max(unseen_since, self.dead_before)
        enough = [tenant for tenant, led in self._led.items() if led >= self.pace.batches]
        try:
            async with self.database.system_transaction() as tx:
                return await WaitingBatches(tx).claim(
                    replica=self.replica, now=now, unseen_since=unseen_since, but=enough
                )
        except DatabaseUnavailableError:
            log.warning("batches.database_unavailable")
        except Exception:  # the outermost edge of this task; the next look tries again
            log.exception("batches.claim_failed")
        return None

    async def _led_on(self, batch: BatchRow) -> None:
        tenant = batch.tenant_id
        places = self._places.setdefault(tenant, asyncio.Semaphore(self.pace.concurrency))
        try:
            await self._lead(batch, places)
        finally:
            self._led[tenant] -= 1
            if self._led[tenant] == 0:
                del self._led[tenant], self._places[tenant]
            self._news.set()

    async def _lead(self, batch: BatchRow, places: asyncio.Semaphore) -> None:
        lease = Lease(database=self.database, clock=self.clock, pace=self.pace, batch=batch)
        leader = Leader(
            lease=lease,
            files=self.files,
            pace=self.pace,
            execute=self.execute,
            acting=partial(self.acting, _maker_of(batch)),
            places=places,
        )
        try:
            await _led(leader, lease)
        except LeaseLostError:
            log.warning("batch.lease_lost", batch_id=str(batch.id))
        except asyncio.CancelledError:
            # Bounded, because the database may be away.
            with suppress(TimeoutError):
                async with asyncio.timeout(_RELEASE_S):
                    await lease.release()
            raise
        except Exception:  # one batch that cannot be led on must not keep the others from it; its lease runs out
            log.exception("batch.failed", batch_id=str(batch.id))


def _maker_of(batch: BatchRow) -> Scope:
    return Scope(
        tenant_id=batch.tenant_id,
        actor_id=batch.owner_id,
        permissions=frozenset(batch.permissions),
        key_id=batch.key_id,
    )


async def _led(leader: Leader, lease: Lease) -> None:
    try:
        await while_it_lives(leader.run(), lease.beat())
    except BaseExceptionGroup as group:
        raise _bare(group) from None


def _bare(error: BaseException) -> BaseException:
    """The one error that matters of those that a task group gathered: a lost lease, else the first."""
    if not isinstance(error, BaseExceptionGroup):
        return error
    lost = error.subgroup(LeaseLostError)
    return _bare((lost or error).exceptions[0])
