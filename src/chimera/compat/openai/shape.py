"""How OpenAI's API words errors and names its rate limits."""

from chimera.compat.exchange import Shape
from chimera.kit.errors import AppError
from chimera.wires.openai_chat import encode_error


def _error(error: AppError, request_id: str) -> bytes:
    return encode_error(error, request_id=request_id)


OPENAI = Shape(wire="openai_chat", encode_error=_error)
