"""`/api/v1/budgets`: so much and no more, and how it stands."""

from datetime import datetime
from functools import partial
from typing import Annotated, cast
from uuid import UUID

from fastapi import APIRouter, Query, status
from pydantic import Field, WithJsonSchema

from chimera.kit.clock import utc_now
from chimera.kit.errors import InvalidRequestError
from chimera.kit.money import nusd
from chimera.spend.alerts.tables import AlertRow
from chimera.spend.alerts.watching import Warnings, shown
from chimera.spend.budgets import Kind, Period, Unit
from chimera.spend.endpoints.asking import Administrator, Auditor, sees_all
from chimera.spend.planning.budgets import Standings, Stood, subject_of
from chimera.spend.planning.keeping import KeptBudgets, Subject, Terms
from chimera.spend.planning.states import Standing
from chimera.spend.schemas.budgets import (
    AlertPage,
    AlertRead,
    BudgetCreate,
    BudgetList,
    BudgetRead,
    BudgetUpdate,
    StandingRead,
)
from chimera.spend.tables import BudgetRow
from chimera.web.caller import Caller
from chimera.web.openapi import refusals
from chimera.web.routers import LateRouter

MOST_STANDINGS = 100
_LARGEST = 9 * 10**18
_NOT_MADE = refusals({404: "Nobody has the id that it names.", 409: "There are too many budgets."})
Cursor = Annotated[
    Annotated[str, Field(max_length=200)] | None,
    Query(description="`next_cursor` of the page before."),
    WithJsonSchema({"type": "string", "maxLength": 200}),
]


def router(budgets: KeptBudgets, standings: Standings, warnings: Warnings) -> APIRouter:
    api = LateRouter(prefix="/api/v1/budgets", tags=["spend"])
    _add_reading(api, standings, warnings)
    _add_writing(api, budgets, standings)
    return api


def _add_reading(api: APIRouter, standings: Standings, warnings: Warnings) -> None:
    @api.get("")
    async def list_budgets(caller: Caller) -> BudgetList:
        """With `spend:read` all budgets, else those that bind the caller, as they stand for them. Oldest first."""
        found = await standings.all(caller, mine=not sees_all(caller))
        now = utc_now()
        return BudgetList(data=[_budget(stood, now) for stood in found])

    @api.get("/{budget_id}")
    async def read_budget(budget_id: UUID, caller: Caller) -> BudgetRead:
        """One budget, and how it stands."""
        return _budget(await standings.of(caller, budget_id, mine=not sees_all(caller)), utc_now())

    @api.get("/{budget_id}/alerts")
    async def list_alerts(
        budget_id: UUID, caller: Auditor, limit: Annotated[int, Query(ge=1, le=100)] = 30, cursor: Cursor = None
    ) -> AlertPage:
        """Thresholds that it reached, each once in a window, newest first."""
        unit = cast("Unit", (await standings.of(caller, budget_id, mine=False)).row.unit)
        page = await warnings.of(caller, budget_id, cursor=cursor, limit=limit)
        return AlertPage(data=[_alert(row, unit) for row in page.rows], next_cursor=page.next_cursor)


def _add_writing(api: APIRouter, budgets: KeptBudgets, standings: Standings) -> None:
    @api.post("", status_code=status.HTTP_201_CREATED, responses=_NOT_MADE)
    async def create_budget(body: BudgetCreate, caller: Administrator) -> BudgetRead:
        """Make a budget. It binds at once and counts what was spent in its window before."""
        subject = Subject(
            kind=body.kind,
            subject=subject_of(caller, body.kind, body.subject),
            period=body.period,
            unit=body.unit,
        )
        limit, thresholds = _limit(body.limit, body.unit), sorted(set(body.thresholds))
        terms = Terms(name=body.name, limit=limit, hard=body.hard, thresholds=thresholds)
        made = await budgets.create(caller, subject, terms)
        return _budget(await standings.of(caller, made.id, mine=False), utc_now())

    @api.patch("/{budget_id}")
    async def change_budget(budget_id: UUID, body: BudgetUpdate, caller: Administrator) -> BudgetRead:
        """Change its terms; whom it binds and what it counts stays."""
        await budgets.change(caller, budget_id, partial(_terms, body))
        return _budget(await standings.of(caller, budget_id, mine=False), utc_now())

    @api.delete("/{budget_id}", status_code=status.HTTP_204_NO_CONTENT)
    async def delete_budget(budget_id: UUID, caller: Administrator) -> None:
        """Delete it and what it counted; the ledger stays as it is."""
        await budgets.remove(caller, budget_id)


def _terms(body: BudgetUpdate, present: BudgetRow) -> Terms:
    unit, thresholds = cast("Unit", present.unit), body.thresholds
    return Terms(
        name=present.name if body.name is None else body.name,
        limit=present.limit if body.limit is None else _limit(body.limit, unit),
        hard=present.hard if body.hard is None else body.hard,
        enabled=present.disabled_at is None if body.enabled is None else body.enabled,
        thresholds=present.thresholds if thresholds is None else sorted(set(thresholds)),
    )


def _limit(text: str, unit: Unit) -> int:
    """A limit in the unit in which it is kept.

    Raises:
        InvalidRequestError: if it is none of this unit.
    """
    if unit != "usd" and "." in text:
        raise InvalidRequestError(f"A limit of {unit} is a whole number.", field="limit")
    limit = nusd(text) if unit == "usd" else int(text)
    if limit > _LARGEST:
        raise InvalidRequestError("No limit can be that high.", field="limit")
    return limit


def _budget(stood: Stood, now: datetime) -> BudgetRead:
    row = stood.row
    unit = cast("Unit", row.unit)
    return BudgetRead(
        id=row.id,
        name=row.name,
        kind=cast("Kind", row.kind),
        subject=row.subject,
        period=cast("Period", row.period),
        unit=unit,
        limit=shown(row.limit, unit),
        hard=row.hard,
        enabled=row.disabled_at is None,
        thresholds=row.thresholds,
        created_at=row.created_at,
        standings=[_standing(one, unit, now) for one in stood.standings[:MOST_STANDINGS]],
    )


def _standing(standing: Standing, unit: Unit, now: datetime) -> StandingRead:
    projected = standing.projected(now)
    return StandingRead(
        subject=standing.subject,
        starts_on=standing.starts_on,
        renews_at=standing.renews_at,
        spent=shown(standing.spent, unit),
        held=shown(standing.held, unit),
        left=shown(standing.left, unit),
        percent=standing.percent,
        level=standing.level,
        projected=None if projected is None else shown(projected, unit),
    )


def _alert(row: AlertRow, unit: Unit) -> AlertRead:
    return AlertRead(
        subject=row.subject,
        starts_on=row.starts_on,
        threshold_percent=row.threshold or None,
        spent=shown(row.spent, unit),
        at=row.created_at,
    )
