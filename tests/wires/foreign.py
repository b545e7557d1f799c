"""The wires that have an answer of their own, for tests of what all of them must do alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest
from tests.wires.anthropic_messages import talk as anthropic_talk
from tests.wires.decoding import Decoder, lines, sse
from tests.wires.gemini import talk as gemini_talk
from tests.wires.ollama import talk as ollama_talk
from tests.wires.openai_responses import upstream as responses_talk

from chimera.wires import anthropic_messages, gemini, ollama, openai_chat, openai_responses
from chimera.wires.failure import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """One wire.

    Attributes:
        talk: The frames of a whole answer, with thinking, text and calls.
        hello: The frames of an answer that has said `Hello`.
        breaks: Frames that break any answer: garbage, and an error of the provider's.
        spare: How many frames at the end of `talk` may be missing.
    """

    name: str
    decoder: Callable[[], Decoder]
    decode_failure: Callable[[int, Mapping[str, str], bytes], Failure]
    talk: tuple[bytes, ...]
    hello: bytes
    breaks: tuple[bytes, bytes]
    spare: int = 0

    def __str__(self) -> str:
        return self.name


def _frames(body: bytes, end: bytes) -> tuple[bytes, ...]:
    return tuple(frame + end for frame in body.split(end)[:-1])


ANTHROPIC = Wire(
    name="anthropic_messages",
    decoder=anthropic_messages.stream_decoder,
    decode_failure=anthropic_messages.decode_failure,
    talk=_frames(anthropic_talk.TALK, b"\n\n"),
    hello=sse(
        anthropic_talk.START,
        anthropic_talk.opened(0, type="text", text=""),
        anthropic_talk.delta(0, type="text_delta", text="Hello"),
    ),
    breaks=(b"data: {broken\n\n", sse({"type": "error", "error": {"type": "api_error", "message": "No"}})),
    spare=1,
)
GEMINI = Wire(
    name="gemini",
    decoder=gemini.stream_decoder,
    decode_failure=gemini.decode_failure,
    talk=_frames(gemini_talk.TALK, b"\n\n"),
    hello=sse(gemini_talk.said({"text": "Hello"})),
    breaks=(b"data: {broken\n\n", sse({"error": {"code": 503, "message": "No"}})),
)
OLLAMA = Wire(
    name="ollama",
    decoder=ollama.stream_decoder,
    decode_failure=ollama.decode_failure,
    talk=_frames(ollama_talk.TALK, b"\n"),
    hello=lines(ollama_talk.said(content="Hello")),
    breaks=(b"{broken\n", lines({"error": "No"})),
)

RESPONSES = Wire(
    name="openai_responses",
    decoder=openai_responses.stream_decoder,
    decode_failure=openai_chat.decode_failure,
    talk=_frames(responses_talk.TALK, b"\n\n"),
    hello=sse(responses_talk.CREATED, responses_talk.delta("output_text", "Hello", output_index=0)),
    breaks=(b"data: {broken\n\n", sse({"type": "error", "code": "server_error", "message": "No"})),
)

every_wire = pytest.mark.parametrize("wire", [ANTHROPIC, GEMINI, OLLAMA, RESPONSES], ids=str)
