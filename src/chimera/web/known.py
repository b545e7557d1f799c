"""Who calls is asked before the body is read: a stranger's is never held nor parsed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from chimera.kit.errors import AppError
from chimera.web.problems import as_problem, request_id_of


@dataclass(frozen=True, slots=True)
class Known:
    """Lets only requests with valid credentials through to `app`; others are refused with a problem."""

    authenticate: Callable[[HTTPConnection], Awaitable[object]]
    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.authenticate(HTTPConnection(scope))
        except AppError as error:
            await as_problem(error, request_id_of(Request(scope)))(scope, receive, send)
            return
        await self.app(scope, receive, send)
