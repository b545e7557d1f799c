"""`POST /v1/messages`: whole or streamed."""

from functools import partial

from msgspec.structs import replace
from starlette.requests import Request
from starlette.types import Send

from chimera.compat.answering import answer_stream, answer_whole
from chimera.compat.anthropic.naming import named, naming
from chimera.compat.anthropic.shape import ANTHROPIC
from chimera.compat.exchange import Surface, is_strict, read_json
from chimera.gateway.tokens import estimate
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Answer, Started
from chimera.tenancy.permissions import CHAT, require
from chimera.wires.anthropic_messages import (
    HEADERS,
    MessagesCall,
    StreamEncoder,
    decode_request,
    encode_answer,
)


async def messages(surface: Surface, scope: Scope, request: Request, send: Send) -> None:
    require(scope, CHAT)
    asked = await read_call(request)
    call = surface.call(scope, asked.request, request, fallbacks=asked.fallback_models)
    answer_id = f"msg_{new_id().hex}"

    def whole(answer: Answer) -> bytes:
        tokens = 0 if answer.usage else _reckoned(asked, answer.model)
        return encode_answer(answer, id=answer_id, model=named(surface, call), input_tokens=tokens)

    def writer(started: Started) -> StreamEncoder:
        return StreamEncoder(answer_id, named(surface, call), input_tokens=partial(_reckoned, asked, started.model))

    naming_surface = naming(surface, scope, asked.request.model)
    if asked.stream:
        await answer_stream(naming_surface, call, request, send, shape=ANTHROPIC, writer=writer)
    else:
        await answer_whole(naming_surface, call, request, send, shape=ANTHROPIC, encode=whole)


async def read_call(request: Request) -> MessagesCall:
    """Read what is asked, with the headers that belong to it; raises as `read_json` and `decode_request`."""
    body = await read_json(request)
    told = {name: ",".join(request.headers.getlist(name)) for name in HEADERS if name in request.headers}
    asked = decode_request(body, told)
    if not is_strict(request):
        return asked
    return MessagesCall(
        request=replace(asked.request, strict=True), stream=asked.stream, fallback_models=asked.fallback_models
    )


def _reckoned(asked: MessagesCall, model: str) -> int:
    return estimate(asked.request, model).tokens
