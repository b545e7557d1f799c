"""The surface as one ASGI application for everything below `/v1`: its routes, and its errors in OpenAI's shape."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from chimera.compat.openai.chat import chat_completions
from chimera.compat.openai.embeddings import embeddings
from chimera.compat.openai.exchange import Endpoint, Surface, error_response
from chimera.compat.openai.models import list_models, retrieve_model
from chimera.kit.errors import AppError
from chimera.web.edge import has_started
from chimera.web.problems import INTERNAL_MESSAGE
from chimera.web.refusals import refusal, refusal_headers


@dataclass(frozen=True, slots=True)
class OpenAIApp:
    """Answers below `/v1`. Exact addresses are looked up; a router has the rest: parameters, 404, 405.

    Frameworks wrap `send` in layer after layer, and each costs every chunk of every stream.
    """

    exact: Mapping[tuple[str, str], Endpoint]
    router: Starlette

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        endpoint = self.exact.get((scope["method"], scope["path"]))
        if endpoint is None:
            await self.router(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            await endpoint(scope, receive, send)
        except HTTPException as error:
            await _refused(request, error)(scope, receive, send)
        except Exception as error:
            if not has_started(scope):
                await _unforeseen(request, error)(scope, receive, send)
            raise  # to be logged at the edge


def openai_app(surface: Surface) -> OpenAIApp:
    exact = {
        ("POST", "/v1/chat/completions"): Endpoint(surface, chat_completions),
        ("POST", "/v1/embeddings"): Endpoint(surface, embeddings),
        ("GET", "/v1/models"): Endpoint(surface, list_models),
    }
    routes = [Route(path, endpoint, methods=[method]) for (method, path), endpoint in exact.items()]
    routes.append(Route("/v1/models/{model:path}", Endpoint(surface, retrieve_model), methods=["GET"]))
    handlers = {HTTPException: _refused, Exception: _unforeseen}
    return OpenAIApp(exact=exact, router=Starlette(routes=routes, exception_handlers=handlers))


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    response = error_response(refusal(error, request), request)
    response.headers.update(refusal_headers(error, request))
    return response


def _unforeseen(request: Request, _error: Exception) -> Response:
    return error_response(AppError(INTERNAL_MESSAGE), request)
