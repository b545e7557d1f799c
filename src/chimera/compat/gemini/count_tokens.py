"""`:countTokens`: counted by Google where Google has the model, else here."""

from starlette.requests import Request
from starlette.types import Send

from chimera.compat.answering import answer_whole
from chimera.compat.exchange import Surface, answer_headers, path_parameter, read_json, send_json
from chimera.compat.gemini.shape import GEMINI
from chimera.kit.errors import UnsupportedParameterError
from chimera.kit.scope import Scope
from chimera.llm import Answer
from chimera.tenancy.permissions import CHAT, require
from chimera.wires.gemini import decode_count, encode_count

COUNTED_BY = b"x-chimera-counted-by"


async def count_tokens(surface: Surface, scope: Scope, request: Request, send: Send) -> None:
    require(scope, CHAT)
    asked = decode_count(await read_json(request), model=path_parameter(request.scope, "model"))
    call = surface.call(scope, asked.relayed, request)
    try:
        await answer_whole(surface, call, request, send, shape=GEMINI, encode=unwritten)
    except UnsupportedParameterError:
        # The model is known, its provider just counts nothing.
        counted = await surface.count(scope, asked.request)
        how = b"vocabulary" if counted.exact else b"estimate"
        await send_json(
            send, encode_count(counted.tokens), [(COUNTED_BY, how), *answer_headers(call, (), shape=GEMINI)]
        )


def unwritten(answer: Answer) -> bytes:
    raise AssertionError("a relayed answer is forwarded")
