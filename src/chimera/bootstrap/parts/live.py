"""What goes on here, put together: its credentials are asked about in rounds, and what lost them ends."""

from collections.abc import Callable, Coroutine, Mapping
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from chimera.bootstrap.parts.people import People
from chimera.compat.exchange import error_response
from chimera.compat.shapes import shape_of
from chimera.kit.errors import AppError
from chimera.kit.rounds import rounds
from chimera.store import Database
from chimera.tenancy.live.detached import Detached, Running
from chimera.tenancy.live.requests import ROUND_S, Requests
from chimera.tenancy.lookups import acting_for_all
from chimera.web.problems import as_problem, request_id_of

_SWEPT_EVERY_S = 600.0


def open_live(
    database: Database,
    people: People,
    running: Mapping[str, Callable[[], Running]],
    spawn: Callable[[Coroutine[None, None, None]], object],
) -> Requests:
    """Begin to look at requests, at whatever runs in nobody's presence, and at the keys that sign tokens.

    Args:
        database: Where credentials are found.
        people: Who may come in.
        running: By its name, what runs here though nobody waits for it; batches look for themselves.
        spawn: Starts a task that the house owns.
    """
    requests = Requests(afresh=people.authenticate.afresh, refuse=_refuse)
    detached = Detached(acting=partial(acting_for_all, database), running=running)
    spawn(people.credentials.run())
    spawn(rounds(people.sso.sign_on.sweep, every_s=_SWEPT_EVERY_S, named="departures"))
    spawn(rounds(requests.look, every_s=ROUND_S, named="requests"))
    spawn(rounds(detached.look, every_s=ROUND_S, named="detached"))
    return requests


def _refuse(error: AppError, request: Request) -> Response:
    if request.scope["path"].startswith("/api/v1/"):
        return as_problem(error, request_id_of(request))
    return error_response(error, request, shape_of(request))
