"""Our events as the server-sent events of a streamed message.

A message is blocks one after another: numbered 0, 1, …, each of one kind, each closed before the next one opens.
Source: https://platform.claude.com/docs/en/build-with-claude/streaming
"""

from collections.abc import Callable
from typing import Any, Literal, TypeAlias, assert_never

import msgspec

from chimera.llm import (
    Cited,
    Embedded,
    Event,
    Finished,
    FinishReason,
    Forwarded,
    ProviderAnswerError,
    Started,
    TextDelta,
    Thinking,
    ThinkingDelta,
    ToolCallDelta,
    Usage,
    UsageReported,
)
from chimera.wires.anthropic_messages.answer_encoding import call_head, message_head, stop_word, thinking_object
from chimera.wires.anthropic_messages.citations import citation_object
from chimera.wires.anthropic_messages.content import ORIGIN
from chimera.wires.anthropic_messages.usage import encode_final_usage, encode_usage
from chimera.wires.frames.passed import told_in
from chimera.wires.signatures import sealed

_Kind: TypeAlias = Literal["text", "thinking", "tool_use"]
_json = msgspec.json.Encoder().encode
PING = b'event: ping\ndata: {"type":"ping"}\n\n'
_DELTA = b'event: content_block_delta\ndata: {"type":"content_block_delta","index":%d,"delta":%b}\n\n'
_TEXT = (
    b'event: content_block_delta\ndata: {"type":"content_block_delta","index":%d,"delta":'
    b'{"type":"text_delta","text":%b}}\n\n'
)


class _Calls:
    """Tool calls that are being heard: one is written as it comes, others wait until it is over.

    Attributes:
        open: Number of the call that is being written.
        spoken: Whether it has said any arguments.
    """

    __slots__ = ("_begun", "_held", "open", "spoken")

    def __init__(self) -> None:
        self.open = -1
        self.spoken = False
        self._begun: set[int] = set()
        self._held: dict[int, list[ToolCallDelta]] = {}

    def begin(self, index: int, *, model: str) -> None:
        """Note that a call is written from now on.

        Raises:
            ProviderAnswerError: if it was written before: its block is closed, and nothing can be added.
        """
        if index in self._begun:
            raise ProviderAnswerError("The provider went back to a tool call that was over.", provider=model)
        self._begun.add(index)
        self.open, self.spoken = index, False

    def hold(self, event: ToolCallDelta) -> None:
        self._held.setdefault(event.index, []).append(event)

    def released(self) -> list[ToolCallDelta]:
        """Return what waited, each call whole, in the order in which they began."""
        held, self._held = self._held, {}
        return [_joined(pieces) for pieces in held.values()]


class StreamEncoder:
    """Writes one answer.

    Args:
        id: Our id of the answer.
        model: Name of the model that answers.
        input_tokens: Reckons the tokens of the prompt; asked only if the provider has not told them when the message
            begins.
    """

    __slots__ = (
        "_calls", "_id", "_index", "_input_tokens", "_model", "_open", "_refuses", "_started",
        "_thinking", "_usage",
    )  # fmt: skip

    def __init__(self, id: str, model: str, *, input_tokens: Callable[[], int]) -> None:
        self._id = id
        self._model = model
        self._input_tokens = input_tokens
        self._started = False
        self._index = 0
        self._open: _Kind | None = None
        self._usage: Usage | None = None
        self._refuses = False
        self._thinking = ThinkingDelta()
        self._calls = _Calls()

    def encode(self, event: Event) -> bytes:
        """Return the events that this one makes; the message begins with the first one after `Started`."""
        if type(event) is TextDelta and self._open == "text" and not event.starts_part and event.text:
            self._refuses |= event.refusal
            return _TEXT % (self._index, _json(event.text))
        if isinstance(event, Started | Embedded | Forwarded):
            return b""  # forwarded bytes are written by others; vectors have no stream
        if isinstance(event, UsageReported):
            self._usage = event.usage
        begun = self._begin()
        match event:
            case UsageReported():
                written = b""
            case TextDelta():
                written = self._text(event)
            case Cited():
                written = self._cite(event)
            case ThinkingDelta():
                written = self._think(event)
            case ToolCallDelta():
                written = self._call(event)
            case Finished():
                written = self._finish(event)
            case _:
                assert_never(event)
        return begun + written

    def cut(self, passed: bytes) -> bytes:
        """Return the events that end, for its length, an answer whose events were passed on.

        Args:
            passed: The last of them.
        """
        last: dict[str, Any] = next((one for one in reversed(told_in(passed)) if one["type"] != "ping"), {"type": ""})
        match last["type"]:
            case "message_stop":
                return b""
            case "message_delta":
                return _event({"type": "message_stop"})
            case "content_block_start" | "content_block_delta":
                closed = _event({"type": "content_block_stop", "index": last["index"]})
            case _:
                closed = b""
        return closed + self._finish(Finished(reason=FinishReason.LENGTH))

    def done(self) -> bytes:
        """Return nothing: `message_stop` came with `Finished`."""
        return b""

    def error(self, body: bytes) -> bytes:
        """Return the event that ends an answer that failed.

        Args:
            body: What `encode_error` gave.
        """
        return b"event: error\ndata: " + body + b"\n\n"

    def _begin(self) -> bytes:
        if self._started:
            return b""
        self._started = True
        usage = self._usage or Usage(input_tokens=self._input_tokens(), output_tokens=1)
        self._usage = usage
        message = {**message_head(self._id, self._model), "usage": encode_usage(usage)}
        return _event({"type": "message_start", "message": message}) + PING

    def _text(self, event: TextDelta) -> bytes:
        self._refuses |= event.refusal
        if not event.text and not event.starts_part:
            return b""
        opened = b""
        if self._open != "text" or event.starts_part:
            opened = self._opened("text", {"type": "text", "text": ""})
        return opened + (_TEXT % (self._index, _json(event.text)) if event.text else b"")

    def _cite(self, event: Cited) -> bytes:
        opened = b"" if self._open == "text" else self._opened("text", {"type": "text", "text": ""})
        return opened + self._delta({"type": "citations_delta", "citation": citation_object(event.citation)})

    def _think(self, event: ThinkingDelta) -> bytes:
        if event.redacted:
            whole = Thinking(text="", signature=event.signature, origin=event.origin, redacted=True)
            return self._closed() + self._block(thinking_object(whole))
        written = b""
        if self._open != "thinking" or (event.id is not None and event.id != self._thinking.id):
            written = self._opened("thinking", {"type": "thinking", "thinking": "", "signature": ""})
        self._thinking = event
        if event.text:
            written += self._delta({"type": "thinking_delta", "thinking": event.text})
        return written if event.signature is None else written + self._closed()

    def _call(self, event: ToolCallDelta) -> bytes:
        if self._open != "tool_use":
            return self._call_opened(event)
        if event.index == self._calls.open:
            return self._arguments(event.arguments)
        self._calls.hold(event)
        return b""

    def _call_opened(self, event: ToolCallDelta) -> bytes:
        start = {**call_head(event.id, event.signature, event.name), "input": {}}
        written = self._opened("tool_use", start)
        self._calls.begin(event.index, model=self._model)
        return written + self._arguments(event.arguments)

    def _arguments(self, text: str) -> bytes:
        if not text:
            return b""
        self._calls.spoken |= not text.isspace()
        return self._delta({"type": "input_json_delta", "partial_json": text})

    def _finish(self, event: Finished) -> bytes:
        written = self._closed()
        delta = {
            "stop_reason": stop_word(event.reason, event.stop_sequence, refuses=self._refuses),
            "stop_sequence": event.stop_sequence,
            "stop_details": None,
            "container": None,
        }
        usage = encode_final_usage(self._usage or Usage())
        written += _event({"type": "message_delta", "delta": delta, "usage": usage})
        return written + _event({"type": "message_stop"})

    def _opened(self, kind: _Kind, block: dict[str, Any]) -> bytes:
        written = self._closed() + self._start(block)
        self._open = kind
        return written

    def _block(self, block: dict[str, Any]) -> bytes:
        """Return a block that is whole at once."""
        return self._start(block) + self._stop()

    def _closed(self) -> bytes:
        """Return what ends the open block, and the calls that waited for its end."""
        match self._open:
            case None:
                return b""
            case "text":
                return self._stop()
            case "thinking":
                proof = sealed(self._thinking.signature, self._thinking.origin, wire=ORIGIN)
                return self._delta({"type": "signature_delta", "signature": proof}) + self._stop()
            case "tool_use":
                written = self._call_closed()
                for held in self._calls.released():
                    written += self._call_opened(held) + self._call_closed()
                return written

    def _call_closed(self) -> bytes:
        return (b"" if self._calls.spoken else self._arguments("{}")) + self._stop()

    def _start(self, block: dict[str, Any]) -> bytes:
        return _event({"type": "content_block_start", "index": self._index, "content_block": block})

    def _stop(self) -> bytes:
        written = _event({"type": "content_block_stop", "index": self._index})
        self._index += 1
        self._open = None
        return written

    def _delta(self, delta: dict[str, Any]) -> bytes:
        return _DELTA % (self._index, _json(delta))


def _joined(pieces: list[ToolCallDelta]) -> ToolCallDelta:
    first = pieces[0]
    return ToolCallDelta(
        index=first.index,
        id=first.id,
        name=first.name,
        arguments="".join(piece.arguments for piece in pieces),
        signature=next((piece.signature for piece in pieces if piece.signature), None),
    )


def _event(payload: dict[str, Any]) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (payload["type"].encode(), _json(payload))
