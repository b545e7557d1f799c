"""Who is asking, and whether they may, as a dependency.

`bootstrap` decides how both are found out: it sets `app.state.authenticate` and `app.state.demand`.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeAlias

from fastapi import Depends, Security
from fastapi.openapi.models import HTTPBearer as HTTPBearerModel
from fastapi.security import SecurityScopes
from fastapi.security.base import SecurityBase
from starlette.requests import HTTPConnection

from chimera.kit.errors import AppError, Kind
from chimera.kit.scope import Scope
from chimera.web.openapi import KEY

Authenticate: TypeAlias = Callable[[HTTPConnection], Awaitable[Scope]]
Demand: TypeAlias = Callable[[Scope, str], None]


async def caller_of(connection: HTTPConnection) -> Scope:
    """The caller of a request or WebSocket; for raw ASGI endpoints, which have no dependencies.

    Raises:
        AppError: of kind `unauthenticated` or `forbidden`, as the application's `authenticate` says.
    """
    authenticate: Authenticate = connection.app.state.authenticate
    return await authenticate(connection)


async def visitor_of(connection: HTTPConnection) -> Scope | None:
    """The caller where they are known, for what strangers may see, too: bad credentials are as good as none.

    Raises:
        AppError: if it cannot be told now.
    """
    try:
        return await caller_of(connection)
    except AppError as error:
        if error.kind is Kind.UNAVAILABLE:
            raise
        return None


class _ApiKeyOrSession(SecurityBase):
    """`caller_of`, told to OpenAPI as a bearer token, so that `/docs` can be tried."""

    def __init__(self) -> None:
        self.model = HTTPBearerModel(description="An API key; the web app's session cookie does as well.")
        self.scheme_name = KEY

    async def __call__(self, connection: HTTPConnection, needed: SecurityScopes) -> Scope:
        caller = await caller_of(connection)
        demand: Demand = connection.app.state.demand
        for permission in needed.scopes:
            demand(caller, permission)
        return caller


_WHO = _ApiKeyOrSession()
Caller = Annotated[Scope, Depends(_WHO)]
Visitor = Annotated[Scope | None, Depends(visitor_of)]


def needs(*permissions: str) -> Any:
    """Say who may call an endpoint, by annotating its caller.

    Checked before the body is read any further, and told in the OpenAPI description as the operation's requirement.
    Without permissions anybody who is known may.
    """
    return Security(_WHO, scopes=list(permissions))
