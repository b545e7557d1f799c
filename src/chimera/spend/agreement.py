"""Whether the books of an organisation agree over its last days: what those who read them may see at any time.

Bounded, and nobody waits for it; `reconciling` proves all that ever was, and mends it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from chimera.kit.scope import Scope
from chimera.spend.analytics.proving import wrong_among
from chimera.spend.analytics.repository import UsageEntries, days_between
from chimera.spend.analytics.sums import Grouping, Sums, Wanted
from chimera.spend.analytics.usage import sums_of
from chimera.spend.budgets import Budget, Kind
from chimera.spend.counting import Counts, Difference, added, budget_of, differences, kept_in
from chimera.spend.planning.repository import SeenBudgets, SeenEntries, SeenHolds, SeenWindows
from chimera.spend.repository import holds_in, sums_by
from chimera.store import Database, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCompared:
    """A day whose report is not its lines: what these come to, and what is told."""

    day: date
    ledger: Sums
    reported: Sums


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What was found at one moment.

    Attributes:
        ledger: Sums of the lines, one by one.
        reported: Of the same days, as usage and invoices tell them.
        counters: How many counters of budgets were compared.
    """

    at: datetime
    since: date
    until: date
    ledger: Sums
    reported: Sums
    counters: int
    days: Sequence[DayCompared]
    budgets: Sequence[Difference]

    @property
    def is_exact(self) -> bool:
        return not self.days and not self.budgets


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreeing:
    """Reads only."""

    database: Database
    clock: Callable[[], datetime]

    async def compare(self, scope: Scope, *, days: int) -> Agreement:
        """Compare the days up to today, and the counters of the windows that began on them.

        Raises:
            DatabaseUnavailableError: if it cannot be reached.
        """
        at = self.clock()
        today = at.astimezone(UTC).date()
        chosen = days_between(today - timedelta(days=days - 1), today)
        # Up to tomorrow, since what begins while this is read belongs to it, or to nothing.
        wanted = Wanted(since=_midnight(chosen[0]), until=_midnight(today + timedelta(days=1)))
        async with self.database.reading(scope) as tx:
            ledger = await UsageEntries(tx, scope).grouped(wanted, Grouping())
            reported = await sums_of(tx, scope, wanted, Grouping())
            days_compared = [await _day(tx, scope, day) for day in await wrong_among(tx, scope, chosen)]
            counters, wrong_counters = await _compared(tx, scope, chosen[0])
        return Agreement(
            at=at,
            since=chosen[0],
            until=today,
            ledger=_total(ledger),
            reported=_total(reported),
            counters=counters,
            days=days_compared,
            budgets=wrong_counters,
        )


async def _day(tx: Transaction, scope: Scope, day: date) -> DayCompared:
    wanted = Wanted(since=_midnight(day), until=_midnight(day + timedelta(days=1)))
    ledger = await UsageEntries(tx, scope).grouped(wanted, Grouping())
    return DayCompared(day=day, ledger=_total(ledger), reported=_total(await sums_of(tx, scope, wanted, Grouping())))


async def _compared(tx: Transaction, scope: Scope, first: date) -> tuple[int, Sequence[Difference]]:
    """How many counters there are of windows that began on a day or later, and those that are wrong.

    Of budgets without an end, whose one window may have begun at any time, there are none.
    """
    budgets = {row.id: budget_of(row) for row in await SeenBudgets(tx, scope).all() if row.period != "total"}
    kept = kept_in(await SeenWindows(tx, scope).since(dict.fromkeys(budgets, first), subjects=None))
    return differences(scope.tenant_id, budgets, kept, await _true(tx, scope, budgets.values(), first))


async def _true(tx: Transaction, scope: Scope, budgets: Collection[Budget], first: date) -> Counts:
    """However many budgets there are, the lines are read once for each kind of subject."""
    entries, since = SeenEntries(tx, scope).mine(), _midnight(first)
    holds = await holds_in(tx, SeenHolds(tx, scope).mine())
    sums: Mapping[Kind, Sequence[tuple[Any, ...]]] = {
        kind: await sums_by(tx, entries, kind, since=since) for kind in sorted({budget.kind for budget in budgets})
    }
    found: Counts = {}
    for budget in budgets:
        found |= added(budget, scope.tenant_id, sums[budget.kind], holds)
    return {window: counted for window, counted in found.items() if window.starts_on >= first}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _total(found: Sequence[tuple[tuple[Any, ...], Sums]]) -> Sums:
    return sum((sums for _, sums in found), Sums())
