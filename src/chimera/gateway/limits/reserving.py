"""Tokens that a call is taken to need before anybody knows: a rough and cheap reading, corrected afterwards."""

from chimera.gateway.call import Asked, Call
from chimera.gateway.metering.relayed import is_embedding, size_of
from chimera.gateway.tokens import rough
from chimera.llm import EmbeddingRequest, RelayRequest, Request

# Clients name the longest answer that their model can write and get a fraction of it; taken at their word they would
# starve themselves. The tiers give a thousand tokens a request.
USUAL_ANSWER = 500
LONGEST_RESERVED_ANSWER = 1000
_BYTES_A_TOKEN = 4


def input_tokens(call: Call) -> int:
    """Tokens of the question, about: a quarter of its bytes. Of what else is passed on unread nobody knows any."""
    match call.request:
        case Request() as request:
            return rough(call.content_of(request))
        case EmbeddingRequest() as request:
            return sum(len(text) for text in request.texts) // _BYTES_A_TOKEN + len(request.texts)
        case RelayRequest() as request:
            return size_of(request) // _BYTES_A_TOKEN if is_embedding(request) else 0


def output_tokens(request: Asked) -> int:
    """Tokens of the answer that are reserved."""
    if not isinstance(request, Request):
        return 0
    return min(request.sampling.max_output_tokens or USUAL_ANSWER, LONGEST_RESERVED_ANSWER)
