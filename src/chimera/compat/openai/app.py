"""The surface as one ASGI application, to be mounted at `/v1`: its routes, and its errors in OpenAI's shape."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chimera.compat.openai.chat import chat_completions
from chimera.compat.openai.embeddings import embeddings
from chimera.compat.openai.exchange import Endpoint, Surface, error_response
from chimera.compat.openai.models import list_models, retrieve_model
from chimera.kit.errors import AppError, Kind
from chimera.web.problems import INTERNAL_MESSAGE


class UnknownEndpointError(AppError):
    code = "unknown_endpoint"
    kind = Kind.NOT_FOUND


class MethodNotAllowedError(AppError):
    code = "method_not_allowed"
    kind = Kind.INVALID


def openai_app(surface: Surface) -> Starlette:
    return Starlette(
        routes=[
            Route("/chat/completions", Endpoint(surface, chat_completions), methods=["POST"]),
            Route("/embeddings", Endpoint(surface, embeddings), methods=["POST"]),
            Route("/models", Endpoint(surface, list_models), methods=["GET"]),
            Route("/models/{model:path}", Endpoint(surface, retrieve_model), methods=["GET"]),
        ],
        exception_handlers={HTTPException: _not_here, Exception: _unforeseen},
    )


def _not_here(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    where = f"{request.method} {request.url.path}"
    if error.status_code == 405:
        response = error_response(MethodNotAllowedError(f"{where}: this endpoint takes another method."), request)
        response.status_code = 405
        response.headers.update(error.headers or {})
        return response
    return error_response(UnknownEndpointError(f"{where}: there is no such endpoint. See /docs."), request)


def _unforeseen(request: Request, _error: Exception) -> Response:
    return error_response(AppError(INTERNAL_MESSAGE), request)
