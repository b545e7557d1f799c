"""`POST /api/embed`, and `POST /api/embeddings` as it was before."""

import time
from collections.abc import Callable

from msgspec.structs import replace
from starlette.requests import Request
from starlette.types import Send

from chimera.compat.answering import answer_whole
from chimera.compat.exchange import Surface, is_strict, read_body
from chimera.compat.ollama.names import known_as
from chimera.compat.ollama.shape import OLLAMA
from chimera.kit.scope import Scope
from chimera.llm import Answer, EmbeddingRequest, UntranslatableError
from chimera.tenancy.permissions import CHAT, require
from chimera.wires.ollama import decode_embed, encode_embedded, encode_one_embedded

_Encode = Callable[[Answer, EmbeddingRequest], bytes]


async def embed(surface: Surface, scope: Scope, request: Request, send: Send) -> None:
    begun_ns = time.monotonic_ns()

    def encode(answer: Answer, asked: EmbeddingRequest) -> bytes:
        return encode_embedded(answer, model=asked.model, total_ns=time.monotonic_ns() - begun_ns)

    await _embed(surface, scope, request, send, encode=encode)


async def embed_one(surface: Surface, scope: Scope, request: Request, send: Send) -> None:
    def encode(answer: Answer, asked: EmbeddingRequest) -> bytes:
        return encode_one_embedded(answer)

    await _embed(surface, scope, request, send, encode=encode)


async def _embed(surface: Surface, scope: Scope, request: Request, send: Send, *, encode: _Encode) -> None:
    require(scope, CHAT)
    asked, lost = decode_embed(await read_body(request))
    if is_strict(request) and lost:
        raise UntranslatableError(
            f"{', '.join(lost)} cannot be passed on, and the request is strict.", provider=asked.model.partition("/")[0]
        )

    def whole(answer: Answer) -> bytes:
        answer.lost += lost
        return encode(answer, asked)

    question = replace(asked, model=known_as(surface.catalogue(scope), asked.model))
    await answer_whole(surface, surface.call(scope, question, request), request, send, shape=OLLAMA, encode=whole)
