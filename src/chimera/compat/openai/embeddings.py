"""`POST /v1/embeddings`."""

from contextlib import aclosing

from starlette.requests import Request
from starlette.types import Send

from chimera.compat.openai.exchange import Surface, answer_headers, read_json, send_json
from chimera.gateway.deadline import armed
from chimera.kit.scope import Scope
from chimera.llm import Answer
from chimera.tenancy.permissions import CHAT, require
from chimera.web.connection import while_connected
from chimera.wires.openai_chat import decode_embedding_request, encode_embeddings


async def embeddings(surface: Surface, scope: Scope, request: Request, send: Send) -> None:
    require(scope, CHAT)
    asked = decode_embedding_request(await read_json(request))
    call = surface.call(scope, asked.request, request)
    answer = Answer()
    async with while_connected(request.receive), armed(call), aclosing(surface.gateway(call)) as events:
        async for event in events:
            answer.add(event)
        body = encode_embeddings(answer, encoding_format=asked.encoding_format)
        await send_json(send, body, answer_headers(call, answer.lost))
