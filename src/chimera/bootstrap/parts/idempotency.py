"""Requests with an `Idempotency-Key`: what carries them out, and the doors that look for one."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from chimera.bootstrap.settings import Settings
from chimera.compat.exchange import error_response
from chimera.compat.shapes import shape_of
from chimera.idempotency.layer import Idempotent
from chimera.idempotency.runs import Runs, Spawn
from chimera.idempotency.service import FirstResults
from chimera.kit.errors import AppError
from chimera.store import Database
from chimera.web.caller import Authenticate
from chimera.web.problems import as_problem, request_id_of

# Beyond the longest time of a call, for what surrounds it.
_MARGIN_S = 60.0
_DRAIN_GRACE_S = 5.0


@asynccontextmanager
async def open_runs(
    database: Database, spawn: Spawn, settings: Settings, dead_before: datetime | None
) -> AsyncGenerator[Runs]:
    """Begin to renew leases and to sweep; leaving lets the runs come to their end, for a while."""
    results = FirstResults(database=database)
    runs = Runs(results=results, spawn=spawn, longest_s=settings.request_timeout_s + _MARGIN_S, dead_before=dead_before)
    spawn(runs.run())
    try:
        yield runs
    finally:
        await runs.drain(grace_s=_DRAIN_GRACE_S)


def doors(runs: Runs, authenticate: Authenticate, patience_s: float) -> tuple[Callable[[ASGIApp], ASGIApp], ...]:
    """What stands before other people's APIs, and before our own: each refuses in its own shape."""

    def before(app: ASGIApp, refuse: Callable[[AppError, Request], Response]) -> ASGIApp:
        return Idempotent(app=app, runs=runs, authenticate=authenticate, refuse=refuse, patience_s=patience_s)

    return (
        lambda app: before(app, lambda error, request: error_response(error, request, shape_of(request))),
        lambda app: before(app, lambda error, request: as_problem(error, request_id_of(request))),
    )
