"""`POST /v1/embeddings`."""

from starlette.requests import Request
from starlette.types import Send

from chimera.compat.answering import answer_whole
from chimera.compat.exchange import Surface, read_json
from chimera.compat.openai.shape import OPENAI
from chimera.kit.scope import Scope
from chimera.llm import Answer
from chimera.tenancy.permissions import CHAT, require
from chimera.wires.openai_chat import decode_embedding_request, encode_embeddings


async def embeddings(surface: Surface, scope: Scope, request: Request, send: Send) -> None:
    require(scope, CHAT)
    asked = decode_embedding_request(await read_json(request))

    def encode(answer: Answer) -> bytes:
        return encode_embeddings(answer, encoding_format=asked.encoding_format)

    await answer_whole(surface, surface.call(scope, asked.request, request), request, send, shape=OPENAI, encode=encode)
