"""The watch: looks at every budget's present window again and again, and tells what was reached, once."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final, Literal, TypeAlias, cast
from uuid import UUID, uuid5

from chimera.kit.money import usd
from chimera.kit.rounds import rounds
from chimera.kit.scope import Scope
from chimera.spend.alerts.repository import Alerts, AllAlerts, AllWindows
from chimera.spend.alerts.tables import AlertRow
from chimera.spend.budgets import PERIODS, Unit, window_start
from chimera.spend.planning.budgets import EARLIER, standing_of
from chimera.spend.planning.states import Standing
from chimera.spend.tables import BudgetRow, BudgetWindowRow
from chimera.store import Database, Page, Transaction

EVERY_S: Final = 10.0
OVERAGE: Final = 0
_LEAST_PASSED: Final = Fraction(1, 10)

Named: TypeAlias = Literal["budget.threshold_reached", "budget.exhausted", "budget.overage_projected", "usage.metered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that others should hear of.

    Attributes:
        id: The same, however often it is noticed.
    """

    type: Named
    id: UUID
    at: datetime
    data: Mapping[str, object]


Announce: TypeAlias = Callable[[Transaction, Scope, Happening], Awaitable[object]]
"""Let everybody know who listens, if the transaction is committed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Runs on every replica. Who writes a warning down first gives it, in the same transaction."""

    database: Database
    clock: Callable[[], datetime]
    announce: Announce

    async def run(self) -> None:
        """Watch for ever, until cancelled."""
        await rounds(self.look, every_s=EVERY_S, named="budget alerts")

    async def look(self) -> int:
        """Look at every budget once; return how many warnings were given."""
        now = self.clock()
        due = await self._due(now)
        if not due:
            return 0
        async with self.database.system_reading() as tx:
            given = await AllAlerts(tx).given([alert_id(row, standing, mark) for row, standing, mark in due])
        new = [one for one in due if alert_id(*one) not in given]
        return sum([await self._warn(*one, now) for one in new])

    async def _due(self, now: datetime) -> list[tuple[BudgetRow, Standing, int]]:
        starts = {period: window_start(period, now, now) for period in PERIODS if period != "total"}
        async with self.database.system_reading() as tx:
            windows = AllWindows(tx)
            watched = await windows.present({period: day for period, day in starts.items() if day})
            found = [(row, await _standing(windows, row, window)) for row, window in watched]
        return [(row, standing, mark) for row, standing in found for mark in _marks(standing, now)]

    async def _warn(self, row: BudgetRow, standing: Standing, mark: int, now: datetime) -> bool:
        scope = Scope(tenant_id=row.tenant_id, actor_id=row.created_by, permissions=frozenset())
        warning = alert_id(row, standing, mark)
        alert = AlertRow(
            tenant_id=row.tenant_id,
            id=warning,
            created_at=now,
            budget_id=row.id,
            subject=standing.subject,
            starts_on=standing.starts_on,
            threshold=mark,
            spent=standing.spent,
        )
        async with self.database.transaction(scope) as tx:
            if not await Alerts(tx, scope).add_if_absent(alert):
                return False
            told = Happening(type=_type(mark), id=warning, at=now, data=_told(row, standing, mark, now))
            await self.announce(tx, scope, told)
        return True


def alert_id(row: BudgetRow, standing: Standing, mark: int) -> UUID:
    return uuid5(row.id, f"{standing.subject} {standing.starts_on} {mark}")


async def _standing(windows: AllWindows, row: BudgetRow, window: BudgetWindowRow) -> Standing:
    earlier = await windows.earlier(window, most=EARLIER) if row.period != "total" else ()
    return standing_of(row, window.subject, window.starts_on, present=window, earlier=earlier)


def _marks(standing: Standing, now: datetime) -> Iterator[int]:
    """The thresholds that were reached, and whether the window's end is foreseen to be beyond the limit."""
    yield from (percent for percent in standing.thresholds if standing.has_reached(percent))
    passed, projected = standing.passed(now), standing.projected(now)
    if passed is not None and projected is not None and passed >= _LEAST_PASSED and projected > standing.limit:
        yield OVERAGE


def _type(mark: int) -> Named:
    if mark == OVERAGE:
        return "budget.overage_projected"
    return "budget.exhausted" if mark >= 100 else "budget.threshold_reached"


def shown(amount: int, unit: Unit) -> str:
    """An amount of a budget as people read it: USD as decimals."""
    return usd(amount) if unit == "usd" else str(amount)


def _told(row: BudgetRow, standing: Standing, mark: int, now: datetime) -> dict[str, object]:
    unit, renews_at, projected = cast("Unit", row.unit), standing.renews_at, standing.projected(now)
    return {
        "budget_id": str(row.id),
        "name": row.name,
        "kind": row.kind,
        "subject": standing.subject,
        "period": row.period,
        "unit": unit,
        "hard": row.hard,
        "threshold_percent": mark or None,
        "limit": shown(standing.limit, unit),
        "spent": shown(standing.spent, unit),
        "held": shown(standing.held, unit),
        "projected": None if projected is None else shown(projected, unit),
        "level": standing.level.value,
        "starts_on": standing.starts_on.isoformat(),
        "renews_at": None if renews_at is None else renews_at.isoformat().replace("+00:00", "Z"),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Warnings:
    """The warnings that were given."""

    database: Database

    async def of(self, scope: Scope, budget_id: UUID, *, cursor: str | None, limit: int) -> Page[AlertRow]:
        """Of one budget, newest first."""
        async with self.database.reading(scope) as tx:
            alerts = Alerts(tx, scope)
            query = alerts.mine().where(AlertRow.budget_id == budget_id)
            return await alerts.page(query, by=AlertRow.created_at, cursor=cursor, limit=limit)
