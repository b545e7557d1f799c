"""Queries of what `auto` learned."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite

from chimera.adapters.route_memories.database.tables import RouteSampleRow, RouteTallyRow
from chimera.kit.ids import new_id
from chimera.store import Repository

_DIALECTS: Final = {"postgresql": postgresql, "sqlite": sqlite}
_COUNTS: Final = ("good", "bad", "ok", "failed")


class KeptRouteTallies(Repository[RouteTallyRow]):
    table = RouteTallyRow

    async def all(self) -> Sequence[RouteTallyRow]:
        return list(await self._tx.scalars(self.mine()))

    async def add_up(self, week: date, task: str, model: str, *, now: datetime, counts: Mapping[str, float]) -> None:
        """Add to the row of the same week, work and model."""
        dialect = _DIALECTS[self._tx.get_bind().dialect.name]
        statement = dialect.insert(RouteTallyRow).values(
            tenant_id=self._scope.tenant_id, id=new_id(), created_at=now, week=week, task=task, model=model, **counts
        )
        added = {name: getattr(RouteTallyRow, name) + statement.excluded[name] for name in _COUNTS}
        await self._tx.execute(
            statement.on_conflict_do_update(index_elements=["tenant_id", "week", "task", "model"], set_=added)
        )

    async def forget_before(self, week: date) -> None:
        await self.run(self.removing().where(RouteTallyRow.week < week))


class KeptRouteSamples(Repository[RouteSampleRow]):
    table = RouteSampleRow

    async def locked(self, call_id: UUID) -> RouteSampleRow | None:
        """One row, which nobody else changes until the transaction ends."""
        query = self.mine().where(RouteSampleRow.id == call_id)
        return (await self._tx.scalars(query.with_for_update())).one_or_none()

    async def put(self, values: Mapping[str, object]) -> None:
        """Keep one, unless it is kept already."""
        dialect = _DIALECTS[self._tx.get_bind().dialect.name]
        statement = dialect.insert(RouteSampleRow).values(tenant_id=self._scope.tenant_id, **values)
        await self._tx.execute(statement.on_conflict_do_nothing())

    async def latest(self, limit: int) -> Sequence[RouteSampleRow]:
        """Newest first."""
        return list(await self._tx.scalars(self.mine().order_by(RouteSampleRow.created_at.desc()).limit(limit)))

    async def keep_latest(self, count: int) -> None:
        """Forget all but so many."""
        oldest = self.mine().order_by(RouteSampleRow.created_at.desc()).offset(count).limit(1)
        moment = await self._tx.scalar(oldest.with_only_columns(RouteSampleRow.created_at))
        if moment is not None:
            await self.run(self.removing().where(RouteSampleRow.created_at <= moment))
