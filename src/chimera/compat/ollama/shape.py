"""How Ollama's API words errors and streams."""

from chimera.compat.exchange import Shape
from chimera.kit.errors import AppError
from chimera.wires.ollama import WIRE, encode_error


def _error(error: AppError, request_id: str) -> bytes:
    return encode_error(error)


# Its clients take every line for an answer, so that nothing can be said in silences.
OLLAMA = Shape(wire=WIRE, encode_error=_error, stream_type=b"application/x-ndjson", keep_alive=b"")
