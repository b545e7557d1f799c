"""Queries of when an organisation's conversations are due, and the lock between deletions and new holds."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Function, func

from chimera.conversations.keeping.tables import RestRow
from chimera.kit.clock import utc_now
from chimera.store import Repository, SystemRepository, insert_into

LEAST_PAUSE: Final = timedelta(minutes=5)
"""No policy lets conversations rest sooner."""


class Rests(Repository[RestRow]):
    table = RestRow

    async def foresee(self, now: datetime) -> None:
        """A conversation is active from now on: let it be looked at in time."""
        due_at = now + LEAST_PAUSE
        known = await self._tx.scalar(self.mine().with_only_columns(RestRow.due_at))
        if known is None or known > due_at:
            tenant_id = self._scope.tenant_id
            statement = insert_into(self._tx, RestRow)
            statement = statement.values(tenant_id=tenant_id, id=tenant_id, created_at=utc_now(), due_at=due_at)
            sooner = RestRow.due_at > statement.excluded.due_at
            await self._tx.execute(
                statement.on_conflict_do_update(
                    index_elements=("tenant_id", "id"), set_={"due_at": statement.excluded.due_at}, where=sooner
                )
            )

    async def locked(self) -> RestRow | None:
        return (await self._tx.scalars(self.mine().with_for_update())).one_or_none()

    async def let_nobody_hold(self) -> None:
        """Whoever places a hold waits until this transaction ends; other deletions do not."""
        await self._lock(func.pg_advisory_xact_lock_shared)

    async def let_nobody_delete(self) -> None:
        """Wait until deletions that checked the holds are over; further ones wait for this transaction."""
        await self._lock(func.pg_advisory_xact_lock)

    async def _lock(self, how: Callable[[int], Function[Any]]) -> None:
        # SQLite has one writer at a time.
        if self._tx.get_bind().dialect.name == "postgresql":
            key = int.from_bytes(self._scope.tenant_id.bytes[-8:], signed=True)
            await self._tx.execute(how(key).select())  # of no table: it is locked where nothing rests, too


class AllRests(SystemRepository[RestRow]):
    """Those of every organisation."""

    table = RestRow

    async def due(self, now: datetime, *, limit: int, after: UUID | None = None) -> Sequence[UUID]:
        """Organisations of which something is due, in the order of their ids."""
        query = self.every().with_only_columns(RestRow.tenant_id).where(RestRow.due_at <= now)
        query = query if after is None else query.where(RestRow.tenant_id > after)
        return list(await self._tx.scalars(query.order_by(RestRow.tenant_id).limit(limit)))
