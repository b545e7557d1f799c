"""Queries of budgets and of what they count."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import or_

from chimera.kit.clock import utc_now
from chimera.spend.budgets import Window
from chimera.spend.repository import window_rows
from chimera.spend.tables import BookRow, BudgetRow, BudgetWindowRow, EntryRow, HoldRow
from chimera.store import Repository, insert_into


class ChangedBooks(Repository[BookRow]):
    table = BookRow

    async def begin(self) -> None:
        """Lock the tenant's books until the transaction ends, and let every cashier read its budgets again."""
        if not await self._raise_version():
            tenant = self._scope.tenant_id
            opening = insert_into(self._tx, BookRow).values(
                tenant_id=tenant, id=tenant, created_at=utc_now(), version=0
            )
            await self._tx.execute(opening.on_conflict_do_nothing())
            await self._raise_version()

    async def _raise_version(self) -> bool:
        return await self.run(self.changing().values(version=BookRow.version + 1)) > 0


class SeenBudgets(Repository[BudgetRow]):
    table = BudgetRow

    async def all(self) -> Sequence[BudgetRow]:
        return list(await self._tx.scalars(self.mine().order_by(BudgetRow.id)))


class SeenWindows(Repository[BudgetWindowRow]):
    table = BudgetWindowRow

    async def since(
        self, starts: Mapping[UUID, date], *, subjects: Collection[str] | None
    ) -> Sequence[BudgetWindowRow]:
        """Windows of budgets from a day of each on, newest first; only of some subjects, or of all."""
        if not starts:
            return []
        own, starts_on = BudgetWindowRow.id, BudgetWindowRow.starts_on
        query = self.mine().where(or_(*((own == budget) & (starts_on >= day) for budget, day in starts.items())))
        if subjects is not None:
            query = query.where(BudgetWindowRow.subject.in_(subjects))
        return list(await self._tx.scalars(query.order_by(starts_on.desc())))

    async def fill(self, counters: Mapping[Window, tuple[int, int]]) -> None:
        """Add the counters of a new budget."""
        self._tx.add_all(window_rows(self._scope.tenant_id, counters))
        await self._tx.flush()


class SeenEntries(Repository[EntryRow]):
    table = EntryRow


class SeenHolds(Repository[HoldRow]):
    table = HoldRow
