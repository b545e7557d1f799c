"""`POST /v1/chat/completions`: whole or streamed."""

import time

from msgspec.structs import replace
from starlette.requests import Request
from starlette.types import Send

from chimera.compat.answering import answer_stream, answer_whole
from chimera.compat.exchange import Surface, is_strict, read_json
from chimera.compat.openai.shape import OPENAI
from chimera.kit.scope import Scope
from chimera.llm import Answer, Started
from chimera.tenancy.permissions import CHAT, require
from chimera.wires.openai_chat import StreamEncoder, decode_request, encode_answer


async def chat_completions(surface: Surface, scope: Scope, request: Request, send: Send) -> None:
    require(scope, CHAT)
    asked = decode_request(await read_json(request))
    question = replace(asked.request, strict=True) if is_strict(request) else asked.request
    call = surface.call(scope, question, request, fallbacks=asked.fallback_models)
    answer_id, created = f"chatcmpl-{call.id.hex}", int(time.time())

    def whole(answer: Answer) -> bytes:
        return encode_answer(answer, id=answer_id, model=answer.model, created=created)

    def writer(started: Started) -> StreamEncoder:
        return StreamEncoder(
            answer_id,
            started.model,
            created=created,
            include_usage=asked.include_usage,
            choices=asked.choices,
        )

    if asked.stream:
        await answer_stream(surface, call, request, send, shape=OPENAI, writer=writer)
    else:
        await answer_whole(surface, call, request, send, shape=OPENAI, encode=whole)
