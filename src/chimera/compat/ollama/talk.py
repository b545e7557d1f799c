"""`POST /api/chat` and `POST /api/generate`: a stream of lines unless asked otherwise."""

import time

from msgspec.structs import replace
from starlette.requests import Request
from starlette.types import Send

from chimera.compat.answering import answer_stream, answer_whole
from chimera.compat.exchange import Surface, is_strict, read_body, send_json
from chimera.compat.ollama.names import known_as
from chimera.compat.ollama.shape import OLLAMA
from chimera.gateway.access.admission import may_ask
from chimera.gateway.call import Call
from chimera.gateway.errors import UnknownModelError
from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.llm import Answer, Started
from chimera.tenancy.permissions import CHAT as MAY_CHAT
from chimera.tenancy.permissions import require
from chimera.wires.ollama import (
    CHAT,
    GENERATE,
    Head,
    StreamEncoder,
    decode_request,
    encode_answer,
    encode_loaded,
)


async def chat(surface: Surface, scope: Scope, request: Request, send: Send) -> None:
    await _talk(surface, scope, request, send, operation=CHAT)


async def generate(surface: Surface, scope: Scope, request: Request, send: Send) -> None:
    await _talk(surface, scope, request, send, operation=GENERATE)


async def _talk(surface: Surface, scope: Scope, request: Request, send: Send, *, operation: str) -> None:
    require(scope, MAY_CHAT)
    begun_ns = time.monotonic_ns()
    # Many of its clients, the curl of its own documentation among them, do not say that they send JSON.
    asked = decode_request(await read_body(request), operation=operation)
    model = known_as(surface.catalogue(scope), asked.request.model)
    head = Head(
        model=asked.request.model,
        created_at=utc_now().isoformat().replace("+00:00", "Z"),
        operation=operation,
        shows_thinking=asked.shows_thinking,
        now_ns=time.monotonic_ns,
        begun_ns=begun_ns,
    )
    question = replace(asked.request, model=model, strict=is_strict(request))
    call = surface.call(scope, question, request, fallbacks=asked.fallback_models)
    if asked.loads is not None:
        if not may_ask(surface.catalogue(scope), (await surface.within(scope)).models, model):
            raise UnknownModelError(f"model {asked.request.model[:100]!r} not found")
        await send_json(send, encode_loaded(head, asked.loads), [])
        return
    await _answer(surface, call, request, send, streams=asked.stream, head=head)


async def _answer(surface: Surface, call: Call, request: Request, send: Send, *, streams: bool, head: Head) -> None:
    def whole(answer: Answer) -> bytes:
        return encode_answer(answer, head)

    def writer(started: Started) -> StreamEncoder:
        return StreamEncoder(head)

    if streams:
        await answer_stream(surface, call, request, send, shape=OLLAMA, writer=writer)
    else:
        await answer_whole(surface, call, request, send, shape=OLLAMA, encode=whole)
