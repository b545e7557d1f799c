"""How the budgets of an organisation stand, for those who see all of them and for those whom they bind."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, cast
from uuid import UUID

from chimera.kit.errors import InvalidRequestError
from chimera.kit.scope import Scope
from chimera.spend.budgets import EACH, Kind, Period, window_start
from chimera.spend.errors import BudgetNotFoundError
from chimera.spend.planning.repository import SeenBudgets, SeenWindows
from chimera.spend.planning.states import Standing
from chimera.spend.tables import BudgetRow, BudgetWindowRow
from chimera.store import Database, Transaction

EARLIER: Final = 4
"""So many windows before the present one tell what is usual."""
_LONGEST: Final[Mapping[Period, timedelta]] = {
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=31),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """A budget, and how it stands for each subject that it counts: the fullest first."""

    row: BudgetRow
    standings: Sequence[Standing]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """Reads only; budgets are made and changed by `keeping.KeptBudgets`."""

    database: Database
    clock: Callable[[], datetime]

    async def all(self, scope: Scope, *, mine: bool) -> Sequence[Stood]:
        """All budgets and how they stand; with `mine` those that bind the caller, and only how they stand for them."""
        async with self.database.reading(scope) as tx:
            rows = await SeenBudgets(tx, scope).all()
            subjects = _subjects(scope) if mine else None
            bound = [row for row in rows if subjects is None or _binds(row, subjects)]
            return await self._stood(tx, scope, bound, subjects)

    async def of(self, scope: Scope, id: UUID, *, mine: bool) -> Stood:
        """One of them.

        Raises:
            BudgetNotFoundError: if there is none of that id, or it does not bind the caller.
        """
        async with self.database.reading(scope) as tx:
            row = await SeenBudgets(tx, scope).get(id)
            subjects = _subjects(scope) if mine else None
            if row is None or (subjects is not None and not _binds(row, subjects)):
                raise BudgetNotFoundError("There is no such budget.")
            (stood,) = await self._stood(tx, scope, [row], subjects)
            return stood

    async def _stood(
        self, tx: Transaction, scope: Scope, rows: Sequence[BudgetRow], subjects: Collection[str] | None
    ) -> list[Stood]:
        now = self.clock()
        starts = {row.id: present_start(row, now) for row in rows}
        since = {row.id: earliest_start(row, starts[row.id]) for row in rows}
        windows: defaultdict[UUID, list[BudgetWindowRow]] = defaultdict(list)
        for window in await SeenWindows(tx, scope).since(since, subjects=subjects):
            windows[window.id].append(window)
        return [
            Stood(row=row, standings=standings(row, windows[row.id], starts[row.id], mine=subjects)) for row in rows
        ]


def present_start(row: BudgetRow, now: datetime) -> date:
    start = window_start(cast("Period", row.period), now, row.created_at)
    return start if start is not None else row.created_at.date()


def earliest_start(row: BudgetRow, present: date) -> date:
    """From when on windows tell what is usual."""
    longest = _LONGEST.get(cast("Period", row.period))
    return present if longest is None else present - EARLIER * longest


def standings(
    row: BudgetRow, windows: Sequence[BudgetWindowRow], start: date, *, mine: Collection[str] | None
) -> list[Standing]:
    """How a budget stands for each of its subjects, from its windows with the newest first."""
    of_subject: defaultdict[str, list[BudgetWindowRow]] = defaultdict(list)
    for window in windows:
        of_subject[window.subject].append(window)
    if row.subject != EACH:
        of_subject.setdefault(row.subject, [])
    found = [
        _standing(row, subject, some, start) for subject, some in of_subject.items() if not mine or subject in mine
    ]
    return sorted(found, key=lambda one: (-one.spent - one.held, one.subject))


def _standing(row: BudgetRow, subject: str, windows: Sequence[BudgetWindowRow], start: date) -> Standing:
    present = next((window for window in windows if window.starts_on == start), None)
    earlier = [window.settled for window in windows if window.starts_on < start]
    return standing_of(row, subject, start, present=present, earlier=earlier[:EARLIER])


def standing_of(
    row: BudgetRow, subject: str, start: date, *, present: BudgetWindowRow | None, earlier: Sequence[int]
) -> Standing:
    return Standing(
        subject=subject,
        starts_on=start,
        period=cast("Period", row.period),
        limit=row.limit,
        thresholds=row.thresholds,
        spent=present.settled if present else 0,
        held=present.held if present else 0,
        earlier=earlier,
    )


def subject_of(scope: Scope, kind: Kind, given: str | None) -> str:
    """The subject of a budget in its one spelling.

    Raises:
        InvalidRequestError: if it is none of its kind.
    """
    if kind == "tenant":
        if given not in {None, str(scope.tenant_id)}:
            raise InvalidRequestError("A budget of the whole organisation names no subject.", field="subject")
        return str(scope.tenant_id)
    if given is None or given == EACH:
        return EACH
    if kind == "model":
        provider, slash, model = given.partition("/")
        if provider and slash and model:
            return given
        raise InvalidRequestError("Name the model as provider/model, or * for each.", field="subject")
    try:
        return str(UUID(given))
    except ValueError:
        raise InvalidRequestError(f"Give the id of the {kind}, or * for each.", field="subject") from None


def _subjects(scope: Scope) -> Collection[str]:
    """As whom the caller is counted."""
    own = {str(scope.tenant_id), str(scope.actor_id), *map(str, scope.team_ids)}
    return own | ({str(scope.key_id)} if scope.key_id else set())


def _binds(row: BudgetRow, subjects: Collection[str]) -> bool:
    """Models and conversations are anybody's, so what they count is nobody's to see but the owners'."""
    return row.subject in subjects or (row.subject == EACH and row.kind in {"user", "team", "key"})
