"""An answer between a caller and a server who both speak this wire: bytes pass, usage is read beside."""

from collections.abc import Sequence

from chimera.llm import Event, Original, Request
from chimera.wires.frames.forwarding import Decoder, ForwardedBody, ForwardedStream
from chimera.wires.frames.ndjson import LineParser
from chimera.wires.ollama.answer import decode_answer, stream_decoder
from chimera.wires.ollama.content import ORIGIN
from chimera.wires.originals import forwardable, restated


def original_of(request: Request) -> Original | None:
    """Return the caller's words if Ollama may get them as they are."""
    return forwardable(request, (ORIGIN,))


def forwarded_body(original: Original, *, model: str) -> bytes:
    return restated(original, {"model": model})


def forwarding_decoder(original: Original) -> Decoder:
    """Return the decoder of an answer that is passed on."""
    if not original.stream:
        return ForwardedBody(decode_answer)
    return ForwardedStream(LineParser(), stream_decoder(), framed=_line, passed=_passed)


def _line(payload: bytes) -> bytes:
    return payload + b"\n"


def _passed(payload: bytes, heard: Sequence[Event]) -> bytes:
    return _line(payload)
