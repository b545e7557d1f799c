"""Who is asking, as a dependency. `bootstrap` decides how that is found out: it sets `app.state.authenticate`."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeAlias

from fastapi import Depends
from fastapi.openapi.models import HTTPBearer as HTTPBearerModel
from fastapi.security.base import SecurityBase
from starlette.requests import HTTPConnection

from chimera.kit.scope import Scope
from chimera.web.openapi import KEY

Authenticate: TypeAlias = Callable[[HTTPConnection], Awaitable[Scope]]


async def caller_of(connection: HTTPConnection) -> Scope:
    """The caller of a request or WebSocket; for raw ASGI endpoints, which have no dependencies.

    Raises:
        AppError: of kind `unauthenticated` or `forbidden`, as the application's `authenticate` says.
    """
    authenticate: Authenticate = connection.app.state.authenticate
    return await authenticate(connection)


class _ApiKeyOrSession(SecurityBase):
    """`caller_of`, told to OpenAPI as a bearer token, so that `/docs` can be tried."""

    def __init__(self) -> None:
        self.model = HTTPBearerModel(description="An API key; the web app's session cookie does as well.")
        self.scheme_name = KEY

    async def __call__(self, connection: HTTPConnection) -> Scope:
        return await caller_of(connection)


Caller = Annotated[Scope, Depends(_ApiKeyOrSession())]
