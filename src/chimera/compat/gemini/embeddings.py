"""`:embedContent` and `:batchEmbedContents`: in the caller's own words to Google, in ours to everybody else."""

from starlette.requests import Request
from starlette.types import Send

from chimera.compat.answering import answer_whole
from chimera.compat.exchange import Surface, is_strict, path_parameter, read_json
from chimera.compat.gemini.count_tokens import unwritten
from chimera.compat.gemini.shape import GEMINI
from chimera.kit.errors import UnsupportedParameterError
from chimera.kit.scope import Scope
from chimera.llm import Answer, UntranslatableError
from chimera.tenancy.permissions import CHAT, require
from chimera.wires.gemini import BATCH, ONE, decode_embedding_request, encode_embedded


async def embed_content(surface: Surface, scope: Scope, request: Request, send: Send) -> None:
    await _embed(surface, scope, request, send, operation=ONE)


async def batch_embed_contents(surface: Surface, scope: Scope, request: Request, send: Send) -> None:
    await _embed(surface, scope, request, send, operation=BATCH)


async def _embed(surface: Surface, scope: Scope, request: Request, send: Send, *, operation: str) -> None:
    require(scope, CHAT)
    model, body = path_parameter(request.scope, "model"), await read_json(request)
    asked, strict = decode_embedding_request(body, model=model, operation=operation), is_strict(request)

    def encode(answer: Answer) -> bytes:
        answer.lost += asked.lost
        return encode_embedded(answer, operation=operation)

    try:
        call = surface.call(scope, asked.relayed, request)
        await answer_whole(surface, call, request, send, shape=GEMINI, encode=unwritten)
    except UnsupportedParameterError:
        # The model is known, its provider just does not speak this wire.
        if asked.lost and strict:
            raise UntranslatableError(
                f"{', '.join(asked.lost)} can be told to Google's own models only, and the request is strict.",
                provider=model.partition("/")[0],
            ) from None
        call = surface.call(scope, asked.request, request)
        await answer_whole(surface, call, request, send, shape=GEMINI, encode=encode)
