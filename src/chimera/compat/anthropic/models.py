"""`GET /v1/models` and `GET /v1/models/{id}` for callers who speak Anthropic's API."""

from starlette.requests import Request
from starlette.types import Send

from chimera.compat.exchange import Surface, path_parameter, send_json
from chimera.gateway.access.admission import described, visible
from chimera.gateway.errors import UnknownModelError
from chimera.kit.errors import InvalidRequestError
from chimera.kit.scope import Scope
from chimera.tenancy.permissions import MODELS_READ, require
from chimera.wires.anthropic_messages import PageAsked, encode_model, encode_models

_MOST = 1000


async def list_models(surface: Surface, scope: Scope, request: Request, send: Send) -> None:
    require(scope, MODELS_READ)
    scope = await surface.within(scope)
    listed = [
        (entry.id, entry.card)
        for entry in visible(surface.catalogue(scope), scope.models)
        if entry.card.capabilities.chat
    ]
    await send_json(send, encode_models(listed, _page(request)), [])


async def retrieve_model(surface: Surface, scope: Scope, request: Request, send: Send) -> None:
    require(scope, MODELS_READ)
    scope = await surface.within(scope)
    wanted = path_parameter(request.scope, "model")
    found = described(surface.catalogue(scope), scope.models, wanted)
    if found is None:
        raise UnknownModelError(f"There is no model {wanted[:100]!r}. GET /v1/models lists what there is.")
    await send_json(send, encode_model(found.id, found.card), [])


def _page(request: Request) -> PageAsked:
    told = request.query_params
    limit = told.get("limit", "20")
    if not limit.isascii() or not limit.isdigit() or not 1 <= int(limit[:9]) <= _MOST:
        raise InvalidRequestError(f"`limit` must be a number from 1 to {_MOST}.", field="limit")
    return PageAsked(limit=int(limit), after_id=told.get("after_id"), before_id=told.get("before_id"))
