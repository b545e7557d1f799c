"""How Anthropic's API words errors and names its rate limits."""

from chimera.compat.exchange import Shape
from chimera.gateway.limits.wording import as_anthropic
from chimera.kit.errors import AppError
from chimera.llm import ProviderOverloadError
from chimera.web.problems import status_of
from chimera.wires.anthropic_messages import PING, WIRE, encode_error, is_overload

OVERLOADED, BROKEN = 529, 500


def _error(error: AppError, request_id: str) -> bytes:
    return encode_error(error, request_id=request_id)


def _status(error: AppError) -> int:
    if is_overload(error):
        return OVERLOADED
    return BROKEN if isinstance(error, ProviderOverloadError) else status_of(error)


ANTHROPIC = Shape(
    wire=WIRE,
    encode_error=_error,
    status=_status,
    limits="anthropic-ratelimit-",
    allowances=as_anthropic,
    keep_alive=PING,
)
