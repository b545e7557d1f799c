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
from chimera.kit.errors import AppError
from chimera.web.problems import INTERNAL_MESSAGE
from chimera.web.refusals import refusal, refusal_headers


def openai_app(surface: Surface) -> Starlette:
    return Starlette(
        routes=[
            Route("/chat/completions", Endpoint(surface, chat_completions), methods=["POST"]),
            Route("/embeddings", Endpoint(surface, embeddings), methods=["POST"]),
            Route("/models", Endpoint(surface, list_models), methods=["GET"]),
            Route("/models/{model:path}", Endpoint(surface, retrieve_model), methods=["GET"]),
        ],
        exception_handlers={HTTPException: _refused, Exception: _unforeseen},
    )


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    response = error_response(refusal(error, request), request)
    response.headers.update(refusal_headers(error, request))
    return response


def _unforeseen(request: Request, _error: Exception) -> Response:
    return error_response(AppError(INTERNAL_MESSAGE), request)
