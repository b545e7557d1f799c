"""Errors as RFC 9457 problems: the one place where a kind becomes a status."""

import json
from collections.abc import Mapping
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from chimera.crypto.sealing import KeyDestroyedError
from chimera.kit.errors import AppError, BodyTooLargeError, InvalidRequestError, Kind
from chimera.web.refusals import (
    HostNotAllowedError,
    IdempotencyKeyReusedError,
    MethodNotAllowedError,
    UnsupportedMediaTypeError,
    VersionMismatchError,
    malformed,
    refusal,
    refusal_headers,
    unsupported_media_type,
)

log = structlog.get_logger()

STATUS: dict[Kind, int] = {
    Kind.INVALID: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.RATE_LIMITED: 429,
    Kind.EXHAUSTED: 402,
    Kind.TIMEOUT: 504,
    Kind.UNAVAILABLE: 503,
    Kind.INTERNAL: 500,
}
# Where HTTP has a word of its own for one error of a kind.
OWN_STATUS: dict[type[AppError], int] = {
    BodyTooLargeError: 413,
    MethodNotAllowedError: 405,
    UnsupportedMediaTypeError: 415,
    HostNotAllowedError: 421,
    VersionMismatchError: 412,
    IdempotencyKeyReusedError: 422,
    KeyDestroyedError: 410,
}
# Where a refusal finds what else it tells.
_TOLD = "chimera.refusal_headers"
# Of a body with a million faults nobody reads more.
_MOST_FAULTS = 20
INTERNAL_MESSAGE = "Something went wrong on our side. The request id finds it in the server's log."


def status_of(error: AppError) -> int:
    return OWN_STATUS.get(type(error)) or STATUS[error.kind]


def problem(error: AppError, request_id: str) -> dict[str, object]:
    """Body of an `application/problem+json` answer."""
    status = status_of(error)
    body: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": error.message,
        "code": error.code,
        "request_id": request_id,
    }
    if error.retry_after_s is not None:
        body["retry_after_s"] = round(error.retry_after_s, 3)
    if isinstance(error, InvalidRequestError) and error.field:
        body["errors"] = [{"field": error.field, "message": error.message}]
    return body


def error_headers(error: AppError) -> dict[str, str]:
    """`retry-after` in whole seconds, rounded up, where the error knows when to come back; how to prove who one is."""
    if error.kind is Kind.UNAUTHENTICATED:
        return {"www-authenticate": "Bearer"}  # demanded by RFC 9110, section 15.5.2
    if error.retry_after_s is None:
        return {}
    return {"retry-after": str(max(1, -int(-error.retry_after_s // 1)))}


def request_id_of(request: Request) -> str:
    return str(request.scope.get("chimera.request_id", ""))


class ProblemResponse(JSONResponse):
    """In ASCII: a problem may quote half of a surrogate pair, which JSON can say and UTF-8 cannot."""

    media_type = "application/problem+json"

    def render(self, content: object) -> bytes:
        return json.dumps(content, separators=(",", ":")).encode("ascii")


def told_with(request: Request, headers: Mapping[str, str]) -> None:
    """Have a refusal of this request tell these headers, whoever refuses it."""
    request.scope[_TOLD] = headers


def as_problem(error: AppError, request_id: str) -> ProblemResponse:
    return ProblemResponse(problem(error, request_id), status_of(error), error_headers(error))


def _app_error(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, AppError)
    if error.kind is Kind.INTERNAL:
        log.error("web.internal_error", code=error.code, exc_info=error)
    response = as_problem(error, request_id_of(request))
    response.headers.update(request.scope.get(_TOLD, {}))
    return response


def _validation_error(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, RequestValidationError)
    told = error.errors()[:_MOST_FAULTS]
    if any(isinstance(item["input"], bytes) for item in told):  # FastAPI took it for no JSON
        return as_problem(unsupported_media_type(), request_id_of(request))
    if any(item["type"] == "json_invalid" for item in told):
        return as_problem(malformed(), request_id_of(request))
    found = [
        {
            "field": ".".join(str(step)[:100] for step in item["loc"] if step != "body"),
            "message": _worded(str(item["type"]), str(item["msg"])),
        }
        for item in told
    ]
    first = found[0] if found else {"field": "", "message": "The request does not have the promised shape."}
    where = f"{first['field']}: " if first["field"] else ""
    answer = problem(InvalidRequestError(f"{where}{first['message']}"), request_id_of(request))
    return ProblemResponse(answer | {"status": 422, "title": HTTPStatus(422).phrase, "errors": found}, 422)


def _worded(kind: str, message: str) -> str:
    """What is wrong, in the words of whoever wrote the body rather than of the library that read it."""
    return "There is no such field." if kind == "extra_forbidden" else message.removeprefix("Value error, ")[:500]


def _http_exception(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, HTTPException)
    response = as_problem(refusal(error, request), request_id_of(request))
    response.headers.update(refusal_headers(error, request))
    return response


def internal_problem(request_id: str) -> dict[str, object]:
    """Body for a failure that nobody foresaw; says nothing of its cause."""
    return problem(AppError(INTERNAL_MESSAGE), request_id)


def _unforeseen(request: Request, _error: Exception) -> ProblemResponse:
    return as_problem(AppError(INTERNAL_MESSAGE), request_id_of(request))


def install(app: FastAPI) -> None:
    """Answer every error of `app` as a problem; `web.edge.Edge` logs the unforeseen ones."""
    app.add_exception_handler(Exception, _unforeseen)
    app.add_exception_handler(AppError, _app_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_exception)
