"""Now, as all replicas agree on it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeAlias, cast

from sqlalchemy import func, select

from chimera.kit.clock import utc_now
from chimera.store.database import Transaction

Now: TypeAlias = Callable[[Transaction], Awaitable[datetime]]


async def shared_now(tx: Transaction) -> datetime:
    """The moment by the database server's clock; by the machine's own on SQLite, whose processes all share it.

    For leases: who takes one over must not be early because a clock is wrong.
    """
    if tx.get_bind().dialect.name == "postgresql":
        return cast("datetime", await tx.scalar(select(func.clock_timestamp())))
    return utc_now()
