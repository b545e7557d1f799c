"""Queries of the watch over budgets."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import and_, or_

from chimera.spend.alerts.tables import AlertRow
from chimera.spend.tables import BudgetRow, BudgetWindowRow
from chimera.store import Repository, SystemRepository

LEAST_PERCENT = 10
# PostgreSQL takes 32,767 values in a statement.
_AT_ONCE = 10_000
Watched = tuple[BudgetRow, BudgetWindowRow]


class Alerts(Repository[AlertRow]):
    table = AlertRow


class AllAlerts(SystemRepository[AlertRow]):
    table = AlertRow

    async def given(self, ids: Collection[UUID]) -> set[UUID]:
        found, asked = set[UUID](), list(ids)
        for start in range(0, len(asked), _AT_ONCE):
            query = self.every().where(AlertRow.id.in_(asked[start : start + _AT_ONCE]))
            found |= set(await self._tx.scalars(query.with_only_columns(AlertRow.id)))
        return found


class AllWindows(SystemRepository[BudgetWindowRow]):
    table = BudgetWindowRow

    async def present(self, starts: dict[str, date]) -> Sequence[Watched]:
        """Present windows of all enabled budgets in which enough was spent to look at them."""
        begins = or_(
            BudgetRow.period == "total",
            *(and_(BudgetRow.period == period, BudgetWindowRow.starts_on == day) for period, day in starts.items()),
        )
        same = and_(BudgetRow.tenant_id == BudgetWindowRow.tenant_id, BudgetRow.id == BudgetWindowRow.id)
        query = self.every().join(BudgetRow, same).add_columns(BudgetRow)
        query = query.where(begins, BudgetRow.disabled_at.is_(None), BudgetWindowRow.settled > 0)
        enough = BudgetWindowRow.settled >= BudgetRow.limit / (100 // LEAST_PERCENT)
        return [(row[1], row[0]) for row in await self._tx.execute(query.where(enough))]

    async def earlier(self, window: BudgetWindowRow, *, most: int) -> Sequence[int]:
        """What was spent in the windows before, the last one first."""
        query = self.every().where(
            BudgetWindowRow.tenant_id == window.tenant_id,
            BudgetWindowRow.id == window.id,
            BudgetWindowRow.subject == window.subject,
            BudgetWindowRow.starts_on < window.starts_on,
        )
        ordered = query.order_by(BudgetWindowRow.starts_on.desc()).limit(most)
        return list(await self._tx.scalars(ordered.with_only_columns(BudgetWindowRow.settled)))
