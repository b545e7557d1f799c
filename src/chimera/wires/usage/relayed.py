"""Usage read in an answer that is passed on. Pure.

OpenAI's API tells `{"usage": {…}}` in most bodies and last events, Google's `{"usageMetadata": {…}}` of vectors.
"""

from typing import Final

import msgspec
from msgspec import Struct, field

from chimera.llm import Billing, Usage, billing
from chimera.wires.failure import WireError
from chimera.wires.frames.sse import SseParser
from chimera.wires.reading import UNREADABLE
from chimera.wires.usage.billing import Details

# An image comes as base64 in such a body.
_LONGEST: Final = 32 * 1024 * 1024


class _Usage(Struct, frozen=True):
    """Audio and images count `input_tokens`, older endpoints `prompt_tokens`."""

    input_tokens: int = 0
    output_tokens: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    input_tokens_details: Details | None = None
    input_token_details: Details | None = None
    output_tokens_details: Details | None = None

    def counted(self) -> Usage | None:
        """What was counted; `None` where that is something else than tokens, such as seconds."""
        inputs = self.input_tokens_details or self.input_token_details or Details()
        outputs = self.output_tokens_details or Details()
        read, written = self.input_tokens or self.prompt_tokens, self.output_tokens or self.completion_tokens
        if not read and not written:
            return None
        told = Billing(
            input_audio_tokens=inputs.audio_tokens or 0,
            input_image_tokens=inputs.image_tokens or 0,
            output_audio_tokens=outputs.audio_tokens or 0,
            output_image_tokens=outputs.image_tokens or 0,
        )
        return Usage(input_tokens=read, output_tokens=written, billing=billing(told))


class _Metadata(Struct, frozen=True, rename="camel"):
    prompt_token_count: int = 0


class _Body(Struct, frozen=True):
    usage: _Usage | None = None
    metadata: _Metadata | None = field(default=None, name="usageMetadata")

    def counted(self) -> Usage | None:
        if self.usage is not None:
            return self.usage.counted()
        read = self.metadata.prompt_token_count if self.metadata else 0
        return Usage(input_tokens=read) if read else None


_BODY: Final = msgspec.json.Decoder(_Body)


class RelayedUsage:
    """Hears an answer beside its way to the caller.

    Args:
        content_type: What the provider says that it is; only JSON and streams of events are looked at.
    """

    def __init__(self, content_type: str) -> None:
        kind = content_type.partition(";")[0].strip().lower()
        self._pieces: list[bytes] = []
        self._is_heard = kind in {"application/json", "text/event-stream"}
        self._frames = SseParser() if kind == "text/event-stream" else None
        self._size = 0

    def feed(self, data: bytes) -> None:
        if not self._is_heard:
            return
        if self._frames is not None:
            self._hear(self._frames, data)
            return
        self._size += len(data)
        self._pieces.append(data)
        if self._size > _LONGEST:
            self._give_up()

    def close(self) -> Usage | None:
        """Return what the whole answer told; nothing if it told nothing that we understand."""
        if not self._pieces:
            return None
        try:
            return _BODY.decode(b"".join(self._pieces)).counted()
        except UNREADABLE:
            return None

    def _hear(self, frames: SseParser, data: bytes) -> None:
        """Keep the last event that counts."""
        try:
            payloads = frames.feed(data)
        except WireError:
            self._give_up()
            return
        self._pieces = [payload for payload in payloads if b'"usage"' in payload][-1:] or self._pieces

    def _give_up(self) -> None:
        self._is_heard = False
        self._pieces.clear()
