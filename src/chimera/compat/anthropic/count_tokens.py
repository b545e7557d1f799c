"""`POST /v1/messages/count_tokens`: counted by the provider where it counts, else here."""

import msgspec
from starlette.requests import Request
from starlette.types import Send

from chimera.compat.answering import answer_whole
from chimera.compat.anthropic.messages import read_call
from chimera.compat.anthropic.shape import ANTHROPIC
from chimera.compat.exchange import Surface, answer_headers, send_json
from chimera.kit.errors import UnsupportedParameterError
from chimera.kit.scope import Scope
from chimera.llm import Answer, ProviderModelNotFoundError, RelayRequest
from chimera.tenancy.permissions import CHAT, require
from chimera.wires.anthropic_messages import MessagesCall, counted_body

OPERATION = "messages/count_tokens"
COUNTED_BY = b"x-chimera-counted-by"


async def count_tokens(surface: Surface, scope: Scope, request: Request, send: Send) -> None:
    require(scope, CHAT)
    asked = await read_call(request)
    call = surface.call(scope, _relayed(asked), request)
    try:
        await answer_whole(surface, call, request, send, shape=ANTHROPIC, encode=_unwritten)
    except (UnsupportedParameterError, ProviderModelNotFoundError) as error:
        # Some speak Anthropic's API without this endpoint, so that a model which they list is "not found".
        target = surface.catalogue(scope).resolve(asked.request.model)
        if isinstance(error, ProviderModelNotFoundError) and not (target and target.card):
            raise
        counted = await surface.count(scope, asked.request)
        told = answer_headers(call, (), shape=ANTHROPIC)
        how = b"vocabulary" if counted.exact else b"estimate"
        await send_json(send, msgspec.json.encode({"input_tokens": counted.tokens}), [(COUNTED_BY, how), *told])


def _relayed(asked: MessagesCall) -> RelayRequest:
    rest = msgspec.json.encode(counted_body(asked.request))
    original = asked.request.original
    return RelayRequest(
        model=asked.request.model,
        operation=OPERATION,
        before=b'{"model":"',
        after=b'",' + rest[1:],
        headers=original.headers if original else (),
    )


def _unwritten(answer: Answer) -> bytes:
    raise AssertionError("a relayed answer is forwarded")
