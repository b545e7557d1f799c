"""The stream of `POST /api/chat` or `/api/generate`, decoded: one JSON object per line, the last with `done`."""

from typing import Any

import msgspec
from msgspec import Struct

from chimera.kit.ids import new_id
from chimera.llm import (
    Event,
    Finished,
    FinishReason,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    Usage,
    UsageReported,
)
from chimera.wires.failure import StreamFailure, WireError
from chimera.wires.frames.framed import FramedDecoder
from chimera.wires.frames.ndjson import LineParser
from chimera.wires.ollama.content import ORIGIN
from chimera.wires.ollama.failures import stream_failure


class _Function(Struct, gc=False):
    name: str = ""
    arguments: msgspec.Raw = msgspec.Raw(b"{}")


class _Call(Struct, gc=False):
    function: _Function
    id: str | None = None


class _Message(Struct, gc=False):
    content: str | None = None
    thinking: str | None = None
    tool_calls: list[_Call] | None = None


class _Line(Struct, gc=False):
    model: str = ""
    message: _Message | None = None
    # What `/api/generate` has instead of a message.
    response: str | None = None
    thinking: str | None = None
    done: bool = False
    done_reason: str | None = None
    prompt_eval_count: int | None = None
    eval_count: int | None = None
    error: Any = None


_lines = msgspec.json.Decoder(_Line)
# The second is no word of Ollama's: our own surface says it, where saying `stop` would be a lie.
_REASONS = {"length": FinishReason.LENGTH, "content_filter": FinishReason.FILTERED}


def stream_decoder(lost: tuple[str, ...] = ()) -> FramedDecoder:
    """Return the decoder of one answer.

    Args:
        lost: Request parameters that the encoder lost, to be told in `Started`.
    """
    return FramedDecoder(LineParser(), _Listener(lost))


def decode_answer(body: bytes) -> list[Event]:
    """Return the events of an answer that came whole.

    Raises:
        WireError: if the body is none, or breaks off.
        StreamFailure: if it reports an error.
    """
    listener, events = _Listener(()), list[Event]()
    listener.hear(body, events)
    listener.end(events)
    return events


class _Listener:
    def __init__(self, lost: tuple[str, ...]) -> None:
        self._lost = lost
        self._id = ""
        self._calls = 0
        self._finished = False

    def hear(self, frame: bytes, events: list[Event]) -> None:
        if self._finished:
            return
        line = _lines.decode(frame)
        if line.error:
            raise StreamFailure(stream_failure(line.error))
        if not self._id:
            self._id = new_id().hex
            events.append(Started(id=self._id, model=line.model, lost=self._lost))
        if line.message is not None:
            self._message(line.message, events)
        elif line.response or line.thinking:
            self._message(_Message(content=line.response, thinking=line.thinking), events)
        if line.done:
            self._finish(line, events)

    def end(self, events: list[Event]) -> None:
        if not self._finished:
            raise WireError("cut", "The answer ended before it was complete.")

    def _message(self, message: _Message, events: list[Event]) -> None:
        if message.thinking:
            events.append(ThinkingDelta(text=message.thinking, origin=ORIGIN))
        if message.content:
            events.append(TextDelta(text=message.content))
        for call in message.tool_calls or ():
            events.append(
                ToolCallDelta(
                    index=self._calls,
                    id=call.id or f"call_{self._id}_{self._calls}",
                    name=call.function.name,
                    arguments=_arguments(call.function.arguments),
                )
            )
            self._calls += 1

    def _finish(self, line: _Line, events: list[Event]) -> None:
        self._finished = True
        # Absent where the prompt came from the cache whole: nobody tells its length then.
        usage = Usage(input_tokens=line.prompt_eval_count or 0, output_tokens=line.eval_count or 0)
        events.append(UsageReported(usage=usage))
        reason = _REASONS.get(line.done_reason or "", FinishReason.STOP)
        # Ollama says `stop` after calls, which it sends before its last line.
        if reason is FinishReason.STOP and self._calls:
            reason = FinishReason.TOOL_CALLS
        events.append(Finished(reason=reason))


def _arguments(raw: msgspec.Raw) -> str:
    """Return the arguments as JSON text; old models write the object as a string."""
    text = bytes(raw).decode(errors="replace")
    if text.startswith('"'):
        try:
            text = msgspec.json.decode(text, type=str)
        except msgspec.DecodeError:
            return "{}"
    return text if text.lstrip().startswith("{") else "{}"
