"""`POST /v1/chat/completions`: whole or streamed."""

import time
from contextlib import aclosing

from starlette.requests import Request
from starlette.types import Send

from chimera.compat.openai.exchange import Surface, answer_headers, read_json, send_json
from chimera.gateway.call import Call
from chimera.gateway.deadline import armed
from chimera.kit.errors import AppError
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Answer, Event, Started, Stream
from chimera.tenancy.permissions import CHAT, require
from chimera.web.connection import while_connected
from chimera.web.sse import HEADERS, Outlet
from chimera.wires.openai_chat import ChatCall, StreamEncoder, decode_request, encode_answer, encode_error

EVENT_STREAM = [(name.encode(), value.encode()) for name, value in HEADERS.items()]


async def chat_completions(surface: Surface, scope: Scope, request: Request, send: Send) -> None:
    require(scope, CHAT)
    asked = decode_request(await read_json(request))
    call = surface.call(scope, asked.request, request, fallbacks=asked.fallback_models)
    if asked.stream:
        await _stream(surface, call, asked, request, send)
    else:
        await _whole(surface, call, request, send)


async def _whole(surface: Surface, call: Call, request: Request, send: Send) -> None:
    answer = Answer()
    async with while_connected(request.receive), armed(call), aclosing(surface.gateway(call)) as events:
        async for event in events:
            answer.add(event)
        body = encode_answer(answer, id=_new_answer_id(), model=answer.model, created=int(time.time()))
        await send_json(send, body, answer_headers(call, answer.lost))


async def _stream(surface: Surface, call: Call, asked: ChatCall, request: Request, send: Send) -> None:
    outlet = Outlet(send)
    encoder: StreamEncoder | None = None
    async with while_connected(request.receive, on_silence=outlet.keep_alive):
        try:
            async with armed(call), aclosing(surface.gateway(call)) as events:
                started = await _started(events)
                encoder = StreamEncoder(
                    id=_new_answer_id(),
                    model=started.model,
                    created=int(time.time()),
                    include_usage=asked.include_usage,
                )
                await outlet.start(EVENT_STREAM + answer_headers(call, started.lost))
                await outlet.put(encoder.start())
                async for event in events:
                    if frame := encoder.encode(event):
                        await outlet.put(frame)
                await outlet.put(encoder.done())
        except AppError as error:
            if encoder is None:
                raise  # nothing was sent yet: a failure is still an HTTP status
            await outlet.put(encoder.error(encode_error(error, request_id=request.scope["chimera.request_id"])))
        await outlet.end()


async def _started(events: Stream) -> Started:
    first: Event = await anext(events)
    assert isinstance(first, Started), "a stream begins with Started"
    return first


def _new_answer_id() -> str:
    return f"chatcmpl-{new_id().hex}"
