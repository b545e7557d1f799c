"""The lease of one batch: all that its holder writes goes through here, and nothing once another has taken it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Never

import structlog

from chimera.batches.errors import LeaseLostError
from chimera.batches.repository import BatchResults, KeptBatches
from chimera.batches.service.pace import BatchPace
from chimera.batches.states import BatchStatus
from chimera.batches.tables import BatchResultRow, BatchRow
from chimera.kit.lifetimes import beat
from chimera.kit.scope import Scope
from chimera.store import Database, DatabaseUnavailableError, Transaction

log = structlog.get_logger()

_FIRST_REST_S: Final = 0.1


@dataclass(slots=True, kw_only=True, eq=False)
class Lease:
    """Held from its claim until it is lost or released.

    Attributes:
        batch: As it was when it was claimed.
        scope: Of the batch's owner, for the batch's own rows; may do nothing else.
        stopping: Set when no further line should be asked: cancelled, or out of time.
        is_cancelled: Whether its owner wants its end.
    """

    database: Database
    clock: Callable[[], datetime]
    pace: BatchPace
    batch: BatchRow
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    is_cancelled: bool = False

    def __post_init__(self) -> None:
        self.heed(self.batch)

    @property
    def scope(self) -> Scope:
        return Scope(tenant_id=self.batch.tenant_id, actor_id=self.batch.owner_id, permissions=frozenset())

    @property
    def has_expired(self) -> bool:
        return self.clock() >= self.batch.expires_at

    @asynccontextmanager
    async def held(self) -> AsyncGenerator[tuple[Transaction, BatchRow]]:
        """A transaction in which nobody else changes the batch; what is changed in the row is written.

        Raises:
            LeaseLostError: if another has the lease, or the batch is gone.
        """
        async with self.database.transaction(self.scope) as tx:
            row = await KeptBatches(tx, self.scope).held(self.batch.id, fence=self.batch.fence)
            if row is None:
                raise LeaseLostError("Another replica has taken this batch over.")
            row.heartbeat_at = self.clock()
            self.heed(row)
            yield tx, row

    def heed(self, row: BatchRow) -> None:
        """Take note of what others have changed."""
        self.is_cancelled = self.is_cancelled or row.status == BatchStatus.CANCELLING.value
        if self.is_cancelled or self.has_expired:
            self.stopping.set()

    async def beat(self) -> Never:
        """Show that the holder lives and hear whether the batch is cancelled, for ever.

        Raises:
            LeaseLostError: when the lease is lost, or may be, because the database was away for too long.
        """
        away = LeaseLostError("The database was away for too long.")
        await beat(self._show, every_s=self.pace.heartbeat_s, lasts_s=self.pace.stale_s, lost=away)

    async def _show(self) -> None:
        async with self.held():
            pass

    async def enter(self, status: BatchStatus, *, total: int | None = None) -> None:
        """Go on to a state, unless the batch was cancelled meanwhile."""
        async with self.held() as (_, row):
            if total is not None:
                row.total = total
            if row.status != BatchStatus.CANCELLING.value:
                row.status = status.value
                row.moments = row.moments | {status.value: int(self.clock().timestamp())}

    async def keep(self, results: list[BatchResultRow]) -> None:
        """Keep what became of some lines. Tries for as long as the lease may be ours while the database is away."""
        last_try_at = asyncio.get_running_loop().time() + self.pace.stale_s
        rest_s = _FIRST_REST_S
        while True:
            try:
                await self._keep_once(results)
            except DatabaseUnavailableError:
                if asyncio.get_running_loop().time() > last_try_at:
                    raise
                await asyncio.sleep(rest_s)
                rest_s = min(2 * rest_s, self.pace.heartbeat_s)
            else:
                return

    async def _keep_once(self, results: list[BatchResultRow]) -> None:
        async with self.held() as (tx, row):
            kept = BatchResults(tx, self.scope)
            for result in results:
                await kept.add(
                    BatchResultRow(id=self.batch.id, number=result.number, good=result.good, line=result.line)
                )
            good = sum(result.good for result in results)
            row.completed += good
            row.failed += len(results) - good

    async def release(self) -> None:
        """Let another replica take the batch at once."""
        try:
            async with self.held() as (_, row):
                row.heartbeat_at = None
        except LeaseLostError:
            return
        except DatabaseUnavailableError:
            log.warning("batch.lease_left_to_time", batch_id=str(self.batch.id))
