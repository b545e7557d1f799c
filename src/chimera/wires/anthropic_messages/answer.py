"""The event stream of `POST /v1/messages`, decoded.

Source: https://platform.claude.com/docs/en/build-with-claude/streaming
"""

import msgspec
from msgspec import Struct

from chimera.llm import (
    Cited,
    Event,
    Finished,
    FinishReason,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    UsageReported,
)
from chimera.wires.anthropic_messages.citations import decode_citation
from chimera.wires.anthropic_messages.content import ORIGIN
from chimera.wires.anthropic_messages.failures import Refusal, stream_failure
from chimera.wires.anthropic_messages.usage import WireUsage, decode_usage
from chimera.wires.failure import StreamFailure, WireError
from chimera.wires.frames.framed import FramedDecoder
from chimera.wires.frames.sse import SseParser

_REASONS = {
    "max_tokens": FinishReason.LENGTH,
    "model_context_window_exceeded": FinishReason.LENGTH,
    "tool_use": FinishReason.TOOL_CALLS,
    "refusal": FinishReason.FILTERED,
    "pause_turn": FinishReason.PAUSED,
}


class _Message(Struct, gc=False):
    id: str = ""
    model: str = ""
    usage: WireUsage | None = None


class _Block(Struct, gc=False):
    type: str
    id: str = ""
    name: str = ""
    text: str | None = None
    thinking: str | None = None
    signature: str | None = None
    data: str | None = None
    citations: list[msgspec.Raw] | None = None
    input: msgspec.Raw = msgspec.Raw(b"{}")


class _Whole(_Message, gc=False):
    """An answer that is not streamed."""

    type: str = ""
    content: list[_Block] = []
    stop_reason: str | None = None
    stop_sequence: str | None = None
    error: Refusal | None = None


class _Delta(Struct, gc=False):
    text: str | None = None
    thinking: str | None = None
    signature: str | None = None
    partial_json: str | None = None
    citation: msgspec.Raw = msgspec.Raw()
    stop_reason: str | None = None
    stop_sequence: str | None = None


class _Chunk(Struct, gc=False):
    type: str
    index: int = 0
    delta: _Delta | None = None
    content_block: _Block | None = None
    message: _Message | None = None
    usage: WireUsage | None = None
    error: Refusal | None = None


_chunks = msgspec.json.Decoder(_Chunk)
_wholes = msgspec.json.Decoder(_Whole)


class _Call:
    """A tool call that is being heard."""

    __slots__ = ("index", "prepared", "spoken")

    def __init__(self, index: int, prepared: str) -> None:
        self.index = index
        self.prepared = prepared
        self.spoken = False


def stream_decoder(lost: tuple[str, ...] = ()) -> FramedDecoder:
    """Return the decoder of one answer.

    Args:
        lost: Request parameters that the encoder lost, to be told in `Started`.
    """
    return FramedDecoder(SseParser(), _Listener(lost))


def decode_answer(body: bytes) -> list[Event]:
    """Return the events of a whole answer.

    Raises:
        WireError: if the body is none.
        StreamFailure: if it reports an error.
        msgspec.MsgspecError: if it cannot be read; and whatever else reading JSON raises.
    """
    whole = _wholes.decode(body)
    if whole.type == "error":
        raise StreamFailure(stream_failure(whole.error))
    if whole.type != "message":
        raise WireError("malformed", "The provider sent something else than a message.")
    events: list[Event] = []
    listener = _Listener(())
    listener.hear_whole(whole, events)
    return events


class _Listener:
    def __init__(self, lost: tuple[str, ...]) -> None:
        self._lost = lost
        self._started = False
        self._finished = False
        self._usage = WireUsage()
        self._calls: dict[int, _Call] = {}
        self._heard_calls = 0
        # Whether a text began and nothing that ends a part came after it.
        self._said = False
        self._reason: str | None = None
        self._stop_sequence: str | None = None

    def hear(self, frame: bytes, events: list[Event]) -> None:
        if self._finished:
            return
        chunk = _chunks.decode(frame)
        match chunk.type:
            case "content_block_delta":
                self._delta(chunk, events)
            case "content_block_start":
                self._block_start(chunk.index, chunk.content_block, events)
            case "content_block_stop":
                self._block_stop(chunk.index, events)
            case "message_start":
                self._start(chunk.message or _Message(), events)
            case "message_delta":
                self._message_delta(chunk, events)
            case "message_stop":
                self._finish(events)
            case "error":
                raise StreamFailure(stream_failure(chunk.error))

    def hear_whole(self, whole: _Whole, events: list[Event]) -> None:
        self._start(whole, events)
        for index, block in enumerate(whole.content):
            self._block_start(index, block, events)
            self._block_stop(index, events)
        self._reason, self._stop_sequence = whole.stop_reason, whole.stop_sequence
        self._finish(events)

    def end(self, events: list[Event]) -> None:
        if self._finished:
            return
        if self._reason is None:
            raise WireError("cut", "The answer ended before it was complete.")
        self._finish(events)

    def _start(self, message: _Message, events: list[Event]) -> None:
        if self._started:
            return
        self._started = True
        events.append(Started(id=message.id, model=message.model, lost=self._lost))
        if message.usage:
            self._report(message.usage, events)

    def _delta(self, chunk: _Chunk, events: list[Event]) -> None:
        delta = chunk.delta
        self._must_have_started()
        if delta is None:
            return
        if delta.text:
            events.append(TextDelta(text=delta.text))
        elif delta.partial_json:
            call = self._calls.get(chunk.index)
            if call is not None:
                call.spoken = True
                events.append(ToolCallDelta(index=call.index, arguments=delta.partial_json))
        elif delta.thinking:
            events.append(ThinkingDelta(text=delta.thinking, origin=ORIGIN))
        elif delta.citation:
            events.append(Cited(citation=decode_citation(delta.citation)))
        elif delta.signature:
            events.append(ThinkingDelta(signature=delta.signature, origin=ORIGIN))

    def _block_start(self, index: int, block: _Block | None, events: list[Event]) -> None:
        self._must_have_started()
        if block is None:
            return
        match block.type:
            case "text":
                self._text_start(block, events)
            case "thinking":
                self._said = False
                if block.thinking or block.signature:
                    signature = block.signature or None
                    events.append(ThinkingDelta(text=block.thinking or "", signature=signature, origin=ORIGIN))
            case "redacted_thinking":
                self._said = False
                events.append(ThinkingDelta(signature=block.data or "", origin=ORIGIN, redacted=True))
            case "tool_use":
                call = _Call(self._heard_calls, bytes(block.input).decode(errors="replace"))
                self._calls[index] = call
                self._heard_calls += 1
                identity = block.id or f"toolu_{call.index}"
                events.append(ToolCallDelta(index=call.index, id=identity, name=block.name))

    def _text_start(self, block: _Block, events: list[Event]) -> None:
        if block.text or self._said:
            events.append(TextDelta(text=block.text or "", starts_part=self._said))
        self._said = True
        events += [Cited(citation=decode_citation(raw)) for raw in block.citations or ()]

    def _block_stop(self, index: int, events: list[Event]) -> None:
        call = self._calls.pop(index, None)
        if call is not None and not call.spoken:
            # A tool without parameters gets no input_json_delta, or an empty one.
            arguments = call.prepared if call.prepared.startswith("{") else "{}"
            events.append(ToolCallDelta(index=call.index, arguments=arguments))

    def _message_delta(self, chunk: _Chunk, events: list[Event]) -> None:
        self._must_have_started()
        if chunk.usage:
            self._report(chunk.usage, events)
        if chunk.delta and chunk.delta.stop_reason:
            self._reason = chunk.delta.stop_reason
            self._stop_sequence = chunk.delta.stop_sequence

    def _report(self, usage: WireUsage, events: list[Event]) -> None:
        """Report what is known so far; later numbers are cumulative, and absent ones keep their value."""
        known = self._usage
        for name in known.__struct_fields__:
            value = getattr(usage, name)
            if value is not None:
                setattr(known, name, value)
        events.append(UsageReported(usage=decode_usage(known)))

    def _finish(self, events: list[Event]) -> None:
        self._must_have_started()
        if self._reason is None:
            raise WireError("cut", "The answer ended without a reason.")
        for index in list(self._calls):
            self._block_stop(index, events)
        reason = _REASONS.get(self._reason, FinishReason.STOP)
        if reason is FinishReason.STOP and self._heard_calls:
            reason = FinishReason.TOOL_CALLS
        self._finished = True
        events.append(Finished(reason=reason, stop_sequence=self._stop_sequence))

    def _must_have_started(self) -> None:
        if not self._started:
            raise WireError("malformed", "The answer does not begin with message_start.")
