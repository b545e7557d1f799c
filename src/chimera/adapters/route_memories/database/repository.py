"""Queries of what `auto` learned."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from chimera.adapters.route_memories.database.tables import RouteSampleRow, RouteTallyRow
from chimera.store import Repository, add_up, insert_into


class KeptRouteTallies(Repository[RouteTallyRow]):
    table = RouteTallyRow

    async def all(self) -> Sequence[RouteTallyRow]:
        return list(await self._tx.scalars(self.mine()))

    async def add_up(self, week: date, task: str, model: str, counts: Mapping[str, float]) -> None:
        """Add to the row of the same week, work and model."""
        key = {"tenant_id": self._scope.tenant_id, "week": week, "task": task, "model": model}
        await add_up(self._tx, RouteTallyRow, key, counts)

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
        statement = insert_into(self._tx, RouteSampleRow).values(tenant_id=self._scope.tenant_id, **values)
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
