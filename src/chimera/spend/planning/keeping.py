"""Budgets: made, changed and removed. What they count is written by the cashiers."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.kit.trail import Act, Detail
from chimera.spend.budgets import EACH, Kind, Period, Unit
from chimera.spend.counting import budget_of, counted
from chimera.spend.errors import BudgetNotFoundError, SubjectNotFoundError, TooManyBudgetsError
from chimera.spend.planning.repository import ChangedBooks, SeenBudgets, SeenEntries, SeenHolds, SeenWindows
from chimera.spend.planning.states import DEFAULT_THRESHOLDS
from chimera.spend.tables import BudgetRow
from chimera.store import Database
from chimera.store.recording import Recorder, Unrecorded

MOST: Final = 200
"""Budgets of one organisation: every call is held against all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What may be changed of a budget.

    Attributes:
        limit: In its unit; money in nano-USD.
    """

    name: str
    limit: int
    hard: bool = True
    enabled: bool = True
    thresholds: Sequence[int] = DEFAULT_THRESHOLDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What stays: whom a budget binds, for how long, and what it counts."""

    kind: Kind
    subject: str
    period: Period
    unit: Unit = "usd"


Knows: TypeAlias = Callable[[Scope, UUID], Awaitable[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBudgets:
    """The budgets of organisations. A change holds from the next transaction of every cashier on.

    Attributes:
        knows: Whether the organisation has somebody of an id, by kind; of other kinds any id is taken.
    """

    database: Database
    knows: Mapping[Kind, Knows]
    recorder: Recorder = field(default_factory=Unrecorded)
    clock: Callable[[], datetime] = utc_now

    async def create(self, scope: Scope, subject: Subject, terms: Terms) -> BudgetRow:
        """Make one. It counts at once what was spent in its window before; `total` begins now.

        Raises:
            SubjectNotFoundError: if the organisation has nobody of that id.
            TooManyBudgetsError: if the organisation has as many as it may.
        """
        await self._check(scope, subject)
        now = self.clock()
        async with self.database.transaction(scope) as tx:
            await ChangedBooks(tx, scope).begin()
            budgets = SeenBudgets(tx, scope)
            if await budgets.count() >= MOST:
                raise TooManyBudgetsError(f"An organisation may have {MOST} budgets; delete one first.")
            row = BudgetRow(
                created_at=now,
                kind=subject.kind,
                subject=subject.subject,
                period=subject.period,
                unit=subject.unit,
                created_by=scope.actor_id,
            )
            _set(row, terms, now)
            await budgets.add(row)
            entries, holds = SeenEntries(tx, scope).mine(), SeenHolds(tx, scope).mine()
            await SeenWindows(tx, scope).fill(await counted(tx, budget_of(row), scope.tenant_id, entries, holds))
            await self.recorder.record(tx, scope, _act("budget.created", row))
        return row

    async def _check(self, scope: Scope, subject: Subject) -> None:
        knows = self.knows.get(subject.kind)
        if knows is not None and subject.subject != EACH and not await knows(scope, UUID(subject.subject)):
            raise SubjectNotFoundError(f"The organisation has no {subject.kind} of the id {subject.subject}.")

    async def change(self, scope: Scope, id: UUID, terms_of: Callable[[BudgetRow], Terms]) -> BudgetRow:
        """Set its terms, given as it stands while nobody else changes it.

        Raises:
            BudgetNotFoundError: if there is none of that id.
            AppError: what `terms_of` raises.
        """
        async with self.database.transaction(scope) as tx:
            await ChangedBooks(tx, scope).begin()
            row = await SeenBudgets(tx, scope).get(id)
            if row is None:
                raise BudgetNotFoundError("There is no such budget.")
            _set(row, terms_of(row), self.clock())
            await self.recorder.record(tx, scope, _act("budget.changed", row))
        return row

    async def remove(self, scope: Scope, id: UUID) -> None:
        """Forget it and what it counted; the ledger stays as it is.

        Raises:
            BudgetNotFoundError: if there is none of that id.
        """
        async with self.database.transaction(scope) as tx:
            await ChangedBooks(tx, scope).begin()
            row = await SeenBudgets(tx, scope).get(id)
            if row is None:
                raise BudgetNotFoundError("There is no such budget.")
            await SeenBudgets(tx, scope).delete(id)
            await self.recorder.record(tx, scope, _act("budget.removed", row))


def _act(name: str, row: BudgetRow) -> Act:
    terms: dict[str, Detail] = {"kind": row.kind, "subject": row.subject, "period": row.period, "unit": row.unit}
    terms["limit"] = row.limit
    return Act(name=name, target_kind="budget", target_id=str(row.id), details=terms)


def _set(row: BudgetRow, terms: Terms, now: datetime) -> None:
    row.name, row.limit, row.hard = terms.name, terms.limit, terms.hard
    row.thresholds, row.updated_at = list(terms.thresholds), now
    row.disabled_at = None if terms.enabled else row.disabled_at or now
