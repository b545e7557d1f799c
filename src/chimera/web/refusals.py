"""What is refused before any endpoint sees it, as errors of ours, for the surfaces to word in their own shapes."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute, Match

from chimera.kit.errors import AppError, InvalidRequestError, Kind
from chimera.web.bodies import BodyRefusedError


class UnknownEndpointError(AppError):
    code = "unknown_endpoint"
    kind = Kind.NOT_FOUND


class MethodNotAllowedError(AppError):
    """A surface adds the `Allow` header of the exception that this was made from."""

    code = "method_not_allowed"
    kind = Kind.INVALID


class VersionMismatchError(AppError):
    code = "version_mismatch"
    kind = Kind.CONFLICT


class HostNotAllowedError(AppError):
    """The request says a host that is none, or not ours."""

    code = "host_not_allowed"
    kind = Kind.INVALID


class UnsupportedMediaTypeError(AppError):
    code = "unsupported_media_type"
    kind = Kind.INVALID


class IdempotencyKeyReusedError(AppError):
    """The key came with another request before."""

    code = "idempotency_key_reused"
    kind = Kind.INVALID


def refusal(error: HTTPException, request: Request) -> AppError:
    """The error of ours that the framework's own exception stands for."""
    where = f"{request.method} {request.scope['path']}"
    if isinstance(error, BodyRefusedError):
        return error.cause
    match error.status_code:
        case 404:
            return UnknownEndpointError(f"{where}: there is no such endpoint. See /docs.")
        case 405:
            taken = " or ".join(method for method in _allowed(request) if method != "HEAD")
            return MethodNotAllowedError(f"{where}: this endpoint takes {taken or 'another method'}.")
        case 400:
            return malformed()
        case status:
            raise AssertionError(f"nothing here raises {status}") from error


def refusal_headers(error: HTTPException, request: Request) -> dict[str, str]:
    """The exception's own headers; for 405 with every method that the address takes, not those of one route.

    Who refuses for others, and knows what they take, says it as `allow`; routes say `Allow`.
    """
    headers = dict(error.headers or {})
    if error.status_code == 405 and "allow" not in headers:
        headers["allow"] = ", ".join(_allowed(request)) or headers.pop("Allow", "")
        headers.pop("Allow", None)
    return headers


def _allowed(request: Request) -> list[str]:
    every = request.app.router.routes
    like = [route for route in every if _path(route) and route.matches(request.scope)[0] is not Match.NONE]
    # An address of its own is none of those with parameters that it looks like, and more words win over fewer.
    closest = max(map(_path, like), key=lambda path: (path == request.scope["path"], len(path)), default=None)
    routes = [route for route in like if _path(route) == closest] if closest else every
    taken = [
        method
        for method in ("DELETE", "GET", "PATCH", "POST", "PUT")
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes)
    ]
    return [*taken, "HEAD"] if "GET" in taken else taken  # web.edge answers HEAD wherever GET is


def _path(route: BaseRoute) -> str:
    """Return the template of the route's path; routers within routers have none."""
    return str(getattr(route, "path", ""))


def malformed() -> InvalidRequestError:
    return InvalidRequestError("The body is not valid JSON in UTF-8, or it is nested too deeply.")


def header_of(request: Request, name: str) -> str | None:
    """A header by its name in lower case, the first where there are several; quicker than a view of all of them."""
    value = dict(request.scope["headers"][::-1]).get(name.encode())
    return None if value is None else value.decode("latin-1")


def check_json(request: Request) -> None:
    """Let a request pass that says that its body is JSON, or says nothing.

    Raises:
        UnsupportedMediaTypeError: if it says that it is something else.
    """
    media_type = (header_of(request, "content-type") or "").partition(";")[0].strip().lower()
    if media_type and media_type != "application/json" and not media_type.endswith("+json"):
        raise unsupported_media_type()


def unsupported_media_type() -> UnsupportedMediaTypeError:
    return UnsupportedMediaTypeError("Send the body as JSON, with the header `content-type: application/json`.")
