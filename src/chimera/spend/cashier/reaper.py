"""Holds of processes that died become entries: money may have been spent, and nobody knows how much."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Never

import structlog

from chimera.kit.rounds import rounds
from chimera.spend.cashier.cashier import Cashier
from chimera.spend.cashier.operations import Bury
from chimera.spend.cashier.steps import HoldLine
from chimera.spend.repository import AllHolds, Cashiers
from chimera.store import Database, DatabaseUnavailableError
from chimera.store.moments import Now, shared_now

log = structlog.get_logger()

_MOST = 500
_LEAVING_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaper:
    """Looks for them. Several may look at once: a hold is settled by one.

    Attributes:
        dead_before: Cashiers that were not seen since are known to be dead.
    """

    database: Database
    cashier: Cashier
    now: Now = shared_now
    dead_before: datetime | None = None
    every_s: float = 10.0

    async def run(self) -> Never:
        """Look again and again, until cancelled."""
        await rounds(self.round, every_s=self.every_s, named="books.reaper")

    async def round(self) -> int:
        """Bury what the dead held; give how many holds that were."""
        if not self.cashier.is_steady:
            # The database was away: others, too, could not say that they live.
            return 0
        buried = 0
        while True:
            async with self.database.system_transaction() as tx:
                cutoff = await self.now(tx) - timedelta(seconds=self.cashier.pace.lease_s)
                if self.dead_before is not None:
                    cutoff = max(cutoff, self.dead_before)
                dead = await AllHolds(tx).dead(cutoff, besides=self.cashier.id, most=_MOST)
                if not dead:
                    await Cashiers(tx).forget(cutoff, besides=self.cashier.id)
            await self.cashier.bury([Bury(_line(row)) for row in dead])
            buried += len(dead)
            if len(dead) < _MOST:
                if buried:
                    log.warning("books.holds_reaped", holds=buried)
                return buried

    async def leave(self) -> None:
        """Say that our cashier is gone, so that what it left unwritten need not wait for a lease to end."""
        try:
            async with asyncio.timeout(_LEAVING_S), self.database.system_transaction() as tx:
                await Cashiers(tx).leave(self.cashier.id)
        except (DatabaseUnavailableError, TimeoutError):
            log.warning("books.not_left")


def _line(row: object) -> HoldLine:
    return HoldLine(*(getattr(row, name) for name in HoldLine._fields))
