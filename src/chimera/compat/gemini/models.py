"""`GET /v1beta/models`, page by page, and `GET /v1beta/models/{model}`."""

from starlette.requests import Request
from starlette.types import Send

from chimera.compat.exchange import Surface, path_parameter, send_json
from chimera.gateway.access.admission import described, visible
from chimera.gateway.errors import UnknownModelError
from chimera.kit.errors import InvalidRequestError
from chimera.kit.scope import Scope
from chimera.tenancy.permissions import MODELS_READ, require
from chimera.wires.gemini import encode_model, encode_models

_PAGE, _LARGEST_PAGE = 50, 1000  # https://ai.google.dev/api/models#query-parameters_1


async def list_models(surface: Surface, scope: Scope, request: Request, send: Send) -> None:
    require(scope, MODELS_READ)
    scope = await surface.within(scope)
    size = min(_number(request, "pageSize") or _PAGE, _LARGEST_PAGE)
    start = _number(request, "pageToken")
    listed = [(entry.id, entry.card) for entry in visible(surface.catalogue(scope), scope.models)]
    more = str(start + size) if start + size < len(listed) else None
    await send_json(send, encode_models(listed[start : start + size], next_page=more), [])


async def retrieve_model(surface: Surface, scope: Scope, request: Request, send: Send) -> None:
    require(scope, MODELS_READ)
    scope = await surface.within(scope)
    wanted = path_parameter(request.scope, "model")
    found = described(surface.catalogue(scope), scope.models, wanted)
    if found is None:
        raise UnknownModelError(f"There is no model {wanted[:100]!r}. GET /v1beta/models lists what there is.")
    await send_json(send, encode_model(found.id, found.card), [])


def _number(request: Request, name: str) -> int:
    told = request.query_params.get(name, "0")
    if not told.isascii() or not told.isdigit() or len(told) > 9:
        raise InvalidRequestError(f"`{name}` must be a number, as the last page gave it.", field=name)
    return int(told)
