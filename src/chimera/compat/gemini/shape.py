"""How Google's API words errors and streams."""

from dataclasses import replace

from chimera.compat.exchange import Shape
from chimera.kit.errors import AppError
from chimera.web.problems import status_of
from chimera.wires.gemini import WIRE, encode_error


def _error(error: AppError, request_id: str) -> bytes:
    return encode_error(error, status=status_of(error), request_id=request_id)


GEMINI = Shape(wire=WIRE, encode_error=_error)
GEMINI_ARRAY = replace(GEMINI, stream_type=b"application/json", keep_alive=b"\n")
"""For streams without `alt=sse`: one array that grows."""
