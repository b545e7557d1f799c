"""The books put together: a cashier of this process, and the reaper of those that died."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime

from chimera.spend.cashier.cashier import Cashier, Pace
from chimera.spend.cashier.postgres import PostgresTill
from chimera.spend.cashier.reaper import Reaper
from chimera.spend.cashier.sqlite import SqliteTill
from chimera.store import Database

_DRAIN_GRACE_S = 5.0


@asynccontextmanager
async def open_books(
    database: Database, *, dead_before: datetime | None = None, pace: Pace | None = None
) -> AsyncGenerator[Cashier]:
    """Begin to keep the books; leaving writes what is still to be written, for a while.

    Args:
        database: Where they are kept.
        dead_before: Cashiers that were not seen since are known to be dead.
        pace: Other than the usual one.
    """
    cashier = Cashier(till=till_of(database), pace=pace or Pace())
    reaper = Reaper(database=database, cashier=cashier, dead_before=dead_before)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(cashier.run()), group.create_task(reaper.run())]
        try:
            yield cashier
        finally:
            await cashier.drain(grace_s=_DRAIN_GRACE_S)
            for task in tasks:
                task.cancel()
    await reaper.leave()


def till_of(database: Database) -> SqliteTill | PostgresTill:
    return PostgresTill(database) if database.dialect == "postgresql" else SqliteTill(database)
