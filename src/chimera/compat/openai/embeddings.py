"""`POST /v1/embeddings`."""

import asyncio

from msgspec.structs import replace
from starlette.requests import Request
from starlette.types import Send

from chimera.compat.answering import answer_whole
from chimera.compat.exchange import Surface, read_json
from chimera.compat.openai.shape import OPENAI
from chimera.gateway.tokens import spelled_out
from chimera.kit.errors import InvalidRequestError, UnsupportedParameterError
from chimera.kit.scope import Scope
from chimera.llm import Answer, EmbeddingRequest
from chimera.tenancy.permissions import CHAT, require
from chimera.wires.openai_chat import decode_embedding_request, encode_embeddings


async def embeddings(surface: Surface, scope: Scope, request: Request, send: Send) -> None:
    require(scope, CHAT)
    asked = decode_embedding_request(await read_json(request))
    question = await _in_words(asked.request) if asked.request.tokens else asked.request

    def encode(answer: Answer) -> bytes:
        return encode_embeddings(answer, encoding_format=asked.encoding_format)

    await answer_whole(surface, surface.call(scope, question, request), request, send, shape=OPENAI, encode=encode)


async def _in_words(request: EmbeddingRequest) -> EmbeddingRequest:
    """Return the request with the texts that its tokens stand for: LangChain sends tokens, whatever the model."""
    try:
        # Off the loop: a vocabulary takes a quarter of a second to load.
        texts = await asyncio.to_thread(spelled_out, request.tokens, request.model)
    except KeyError as error:
        raise InvalidRequestError(
            "`input` has a token that is not in the model's vocabulary.", field="input"
        ) from error
    if texts is None:
        raise UnsupportedParameterError("Tokens cannot be read without vocabularies; send texts.", field="input")
    return replace(request, texts=texts)
