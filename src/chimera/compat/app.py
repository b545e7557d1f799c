"""Other people's APIs as one ASGI application: their routes, and their errors each in its own shape."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from chimera.compat.exchange import Endpoint, Shape, error_response
from chimera.kit.errors import AppError
from chimera.web.edge import has_started
from chimera.web.problems import INTERNAL_MESSAGE
from chimera.web.refusals import refusal, refusal_headers


@dataclass(frozen=True, slots=True)
class CompatApp:
    """Exact addresses are looked up; a router has the rest: parameters, 404, 405.

    Frameworks wrap `send` in layer after layer, and each costs every chunk of every stream.

    Attributes:
        shape_of: The shape of errors that belong to no endpoint.
    """

    exact: Mapping[tuple[str, str], "Endpoint | Shared"]
    router: Starlette
    shape_of: Callable[[Request], Shape]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        endpoint = self.exact.get((scope["method"], scope["path"]))
        if endpoint is None:
            await self.router(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            await endpoint(scope, receive, send)
        except HTTPException as error:
            await _refused(request, error, endpoint.shape)(scope, receive, send)
        except Exception:
            if not has_started(scope):
                await _unforeseen(request, endpoint.shape)(scope, receive, send)
            raise  # to be logged at the edge


@dataclass(frozen=True, slots=True)
class Shared:
    """An address that two APIs have: callers get the endpoint of the one that they speak.

    Attributes:
        endpoints: By the name of their wire; the first is for all who do not say.
    """

    endpoints: Mapping[str, Endpoint]
    shape_of: Callable[[Request], Shape]

    @property
    def shape(self) -> Shape:
        return next(iter(self.endpoints.values())).shape

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        spoken = self.shape_of(Request(scope, receive)).wire
        usual = next(iter(self.endpoints.values()))
        await self.endpoints.get(spoken, usual)(scope, receive, send)


def compat_app(routes: Sequence[tuple[str, str, Endpoint]], shape_of: Callable[[Request], Shape]) -> CompatApp:
    """Make the application.

    Args:
        routes: Method, path (with `{parameters}` as Starlette writes them) and endpoint.
        shape_of: The shape of errors at addresses and methods that there are not.
    """

    def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return _refused(request, error, shape_of(request))

    def unforeseen(request: Request, _error: Exception) -> Response:
        return _unforeseen(request, shape_of(request))

    served: dict[tuple[str, str], dict[str, Endpoint]] = {}
    for method, path, endpoint in routes:
        served.setdefault((method, path), {})[endpoint.shape.wire] = endpoint
    doors = {
        address: Shared(endpoints, shape_of) if len(endpoints) > 1 else next(iter(endpoints.values()))
        for address, endpoints in served.items()
    }
    router = Starlette(
        routes=[Route(path, door, methods=[method]) for (method, path), door in doors.items()],
        exception_handlers={HTTPException: refused, Exception: unforeseen},
    )
    exact = {(method, path): door for (method, path), door in doors.items() if "{" not in path}
    return CompatApp(exact, router, shape_of)


def _refused(request: Request, error: HTTPException, shape: Shape) -> Response:
    response = error_response(refusal(error, request), request, shape)
    response.headers.update(refusal_headers(error, request))
    return response


def _unforeseen(request: Request, shape: Shape) -> Response:
    return error_response(AppError(INTERNAL_MESSAGE), request, shape)
