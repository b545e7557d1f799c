"""`GET /v1/models` and `GET /v1/models/{id}`."""

from starlette.requests import Request
from starlette.types import Send

from chimera.compat.exchange import Surface, path_parameter, send_json
from chimera.gateway.access.admission import described, visible
from chimera.gateway.errors import UnknownModelError
from chimera.kit.scope import Scope
from chimera.tenancy.permissions import MODELS_READ, require
from chimera.wires.openai_chat import encode_model, encode_models


async def list_models(surface: Surface, scope: Scope, request: Request, send: Send) -> None:
    require(scope, MODELS_READ)
    scope = await surface.within(scope)
    listed = [(entry.id, entry.card) for entry in visible(surface.catalogue(scope), scope.models)]
    await send_json(send, encode_models(listed), [])


async def retrieve_model(surface: Surface, scope: Scope, request: Request, send: Send) -> None:
    require(scope, MODELS_READ)
    scope = await surface.within(scope)
    wanted = path_parameter(request.scope, "model")
    found = described(surface.catalogue(scope), scope.models, wanted)
    if found is None:
        raise UnknownModelError(f"There is no model {wanted[:100]!r}. GET /v1/models lists what there is.")
    await send_json(send, encode_model(found.id, found.card), [])
