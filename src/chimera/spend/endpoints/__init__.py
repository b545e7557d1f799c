"""HTTP API of money: `/api/v1/budgets`, `/api/v1/usage`, `/api/v1/ledger`, `/api/v1/invoices`."""

from dataclasses import dataclass

from fastapi import APIRouter

from chimera.spend.agreement import Agreeing
from chimera.spend.alerts.watching import Warnings
from chimera.spend.analytics.metering import Metering
from chimera.spend.analytics.reading import Ledger
from chimera.spend.analytics.recommending import Recommending
from chimera.spend.analytics.usage import Usage
from chimera.spend.endpoints import budgets, ledger, usage
from chimera.spend.planning.budgets import Standings
from chimera.spend.planning.keeping import KeptBudgets
from chimera.web.routers import LateRouter, join


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """What the endpoints ask."""

    budgets: KeptBudgets
    standings: Standings
    warnings: Warnings
    usage: Usage
    ledger: Ledger
    agreeing: Agreeing
    recommending: Recommending
    metering: Metering


def router(money: Money) -> APIRouter:
    api = LateRouter()
    join(api, budgets.router(money.budgets, money.standings, money.warnings))
    join(api, usage.router(money.usage, money.recommending, money.metering))
    join(api, ledger.router(money.usage, money.ledger, money.agreeing))
    return api
