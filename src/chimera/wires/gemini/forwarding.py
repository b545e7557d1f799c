"""An answer between a caller and a provider who both speak this wire: bytes pass, usage is read beside."""

from collections.abc import Sequence

from chimera.llm import Event, Message, Original, Request, ToolCall
from chimera.wires.frames.forwarding import Decoder, ForwardedBody, ForwardedStream, Passed
from chimera.wires.frames.sse import SseParser
from chimera.wires.gemini.answer import decode_answer, stream_decoder
from chimera.wires.gemini.content import ORIGIN
from chimera.wires.gemini.decoding.request import ARRAY, SSE
from chimera.wires.gemini.quirks import Quirks, quirks_of
from chimera.wires.originals import forwardable, restated


def original_of(request: Request, quirks: Quirks | None = None) -> Original | None:
    """Return the caller's words if the model takes them as they are."""
    original = forwardable(request, (ORIGIN,))
    if original is None or original.beyond:
        return original
    quirks = quirks or quirks_of(request.model)
    return None if quirks.signed_calls and _holds_unsigned_calls(request.messages) else original


def forwarded_body(original: Original) -> bytes:
    return restated(original, {})


def forwarding_decoder(original: Original, *, model: str) -> Decoder:
    """Return the decoder of an answer that is passed on."""
    if not original.stream:
        return ForwardedBody(decode_answer)
    decoder = stream_decoder(model=model, takes_blocks=True)
    passed = _elements() if original.operation == ARRAY else _events
    return ForwardedStream(SseParser(), decoder, framed=_framed, passed=passed)


def operation_of(original: Original) -> str:
    """Return the end of the address that gives the answer; streams are always asked for as events."""
    return SSE if original.stream else original.operation


def _elements() -> Passed:
    """Make each event an element of one array; whoever sends it closes it."""
    opening = b"["

    def passed(payload: bytes, heard: Sequence[Event]) -> bytes:
        nonlocal opening
        before, opening = opening, b",\n"
        return before + payload

    return passed


def _events(payload: bytes, heard: Sequence[Event]) -> bytes:
    return _framed(payload)


def _framed(payload: bytes) -> bytes:
    return b"data: " + payload.replace(b"\n", b"\ndata: ") + b"\n\n"


def _holds_unsigned_calls(messages: Sequence[Message]) -> bool:
    """Whether another model called in the running turn: Gemini answers that with 400 unless the call is excused."""
    for message in reversed(messages):
        if message.role == "user":
            return False
        calls = [part for part in message.parts if isinstance(part, ToolCall)]
        if calls and not any(call.signature for call in calls):
            return True
    return False
