"""What there is: `/api/tags`, `/api/show`, `/api/ps`, `/api/version`."""

from starlette.requests import Request
from starlette.types import Send

from chimera.compat.exchange import Surface, read_body, send_json
from chimera.compat.ollama.names import known_as
from chimera.gateway.access.admission import described, visible
from chimera.gateway.errors import UnknownModelError
from chimera.kit.scope import Scope
from chimera.tenancy.permissions import MODELS_READ, require
from chimera.wires.ollama import decode_show, encode_details, encode_running, encode_tags, encode_version


async def tags(surface: Surface, scope: Scope, request: Request, send: Send) -> None:
    require(scope, MODELS_READ)
    scope = await surface.within(scope)
    listed = [(entry.id, entry.card) for entry in visible(surface.catalogue(scope), scope.models)]
    await send_json(send, encode_tags(listed), [])


async def show(surface: Surface, scope: Scope, request: Request, send: Send) -> None:
    require(scope, MODELS_READ)
    scope = await surface.within(scope)
    wanted = decode_show(await read_body(request))
    catalogue = surface.catalogue(scope)
    found = described(catalogue, scope.models, known_as(catalogue, wanted))
    if found is None:
        raise UnknownModelError(f"model {wanted[:100]!r} not found")
    await send_json(send, encode_details(found.id, found.card), [])


async def running(surface: Surface, scope: Scope, request: Request, send: Send) -> None:
    require(scope, MODELS_READ)
    await send_json(send, encode_running(), [])


async def version(surface: Surface, scope: Scope, request: Request, send: Send) -> None:
    await send_json(send, encode_version(), [])
