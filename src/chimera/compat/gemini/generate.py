"""`:generateContent` and `:streamGenerateContent`."""

from msgspec.structs import replace
from starlette.requests import Request
from starlette.types import Send

from chimera.compat.answering import answer_stream, answer_whole
from chimera.compat.exchange import Surface, answer_headers, is_strict, path_parameter, read_json, send_json
from chimera.compat.gemini.shape import GEMINI, GEMINI_ARRAY
from chimera.gateway.call import Call
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Answer, ContentFilteredError, Started
from chimera.tenancy.permissions import CHAT, require
from chimera.wires.gemini import (
    ARRAY,
    SSE,
    WHOLE,
    GeminiCall,
    StreamEncoder,
    decode_request,
    encode_answer,
    encode_blocked,
)


async def generate_content(surface: Surface, scope: Scope, request: Request, send: Send) -> None:
    require(scope, CHAT)
    asked, call = await _asked(surface, scope, request, WHOLE)

    def whole(answer: Answer) -> bytes:
        return encode_answer(answer, id=new_id().hex, shows_thoughts=asked.shows_thoughts)

    try:
        await answer_whole(surface, call, request, send, shape=GEMINI, encode=whole)
    except ContentFilteredError as error:
        await send_json(send, encode_blocked(error), answer_headers(call, ()))


async def stream_generate_content(surface: Surface, scope: Scope, request: Request, send: Send) -> None:
    require(scope, CHAT)
    as_array = request.query_params.get("alt") != "sse"
    asked, call = await _asked(surface, scope, request, ARRAY if as_array else SSE)

    def writer(started: Started) -> StreamEncoder:
        return StreamEncoder(
            new_id().hex,
            started.model,
            shows_thoughts=asked.shows_thoughts,
            as_array=as_array,
            is_open=started.forwarded,
        )

    shape = GEMINI_ARRAY if as_array else GEMINI
    try:
        await answer_stream(surface, call, request, send, shape=shape, writer=writer)
    except ContentFilteredError as error:
        blocked = encode_blocked(error)
        body = b"[%b]" % blocked if as_array else b"data: %b\n\n" % blocked
        headers = [(b"content-type", shape.stream_type), *answer_headers(call, ())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def _asked(surface: Surface, scope: Scope, request: Request, operation: str) -> tuple[GeminiCall, Call]:
    body = await read_json(request)
    asked = decode_request(body, model=path_parameter(request.scope, "model"), operation=operation)
    question = replace(asked.request, strict=True) if is_strict(request) else asked.request
    return asked, surface.call(scope, question, request, fallbacks=asked.fallback_models)
