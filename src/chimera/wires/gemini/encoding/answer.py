"""Our answer as a `GenerateContentResponse`, whole or as a stream of them."""

from typing import Any, assert_never

import msgspec
from msgspec import Raw

from chimera.llm import (
    Answer,
    Cited,
    Embedded,
    Event,
    Finished,
    FinishReason,
    Forwarded,
    Started,
    Text,
    TextDelta,
    Thinking,
    ThinkingDelta,
    ToolCall,
    ToolCallDelta,
    Usage,
    UsageReported,
)
from chimera.wires.frames.passed import told_in
from chimera.wires.gemini.encoding.parts import PartEncoder
from chimera.wires.gemini.grounding import Grounds
from chimera.wires.gemini.usage import encode_usage

_WORDS = {
    FinishReason.STOP: "STOP",
    FinishReason.TOOL_CALLS: "STOP",
    FinishReason.LENGTH: "MAX_TOKENS",
    FinishReason.FILTERED: "SAFETY",
    FinishReason.PAUSED: "CONTINUATION",
}
_json = msgspec.json.Encoder().encode


class StreamEncoder:
    """Writes one answer. Chunks are stitched from prepared bytes: only what is new is encoded.

    Args:
        id: Our id of the answer, the same in every chunk.
        model: The model's name as its provider says it.
        shows_thoughts: Whether the client asked to see reasoning.
        as_array: Whether the stream is one growing JSON array rather than server-sent events.
        is_open: Whether the array was opened by whoever forwards its elements.
    """

    __slots__ = (
        "_as_array",
        "_between",
        "_grounds",
        "_head",
        "_is_open",
        "_parts",
        "_refused",
        "_tail",
        "_text",
        "_usage",
    )

    def __init__(
        self, id: str, model: str, *, shows_thoughts: bool = False, as_array: bool = False, is_open: bool = False
    ) -> None:
        identity = b'"modelVersion":%b,"responseId":%b}' % (_json(model), _json(id))
        self._as_array = as_array
        self._is_open = is_open
        self._head = b'{"candidates":[{"content":{"parts":['
        self._between = b'],"role":"model"},'
        self._tail = b'"index":0}],' + identity
        self._text = b'data: {"candidates":[{"content":{"parts":[{"text":'
        self._parts = PartEncoder(shows_thoughts=shows_thoughts)
        self._grounds = Grounds()
        self._usage: Usage | None = None
        self._refused = False

    def encode(self, event: Event) -> bytes:
        """Return the chunks of an event: none for what the wire has no place for, several for the end."""
        match event:
            case TextDelta():
                return self._said(event)
            case ThinkingDelta():
                return self._chunk(self._parts.thinking(event))
            case ToolCallDelta():
                self._parts.call(event)
            case UsageReported():
                self._usage = event.usage
            case Cited():
                self._grounds.cite(event.citation)
            case Finished():
                return self._finish(event.reason)
            case Started() | Embedded() | Forwarded():
                pass  # the first chunk says who answers; vectors have no stream, and bytes are passed on by others
            case _:
                assert_never(event)
        return b""

    def cut(self, passed: bytes) -> bytes:
        """Return the chunk that ends, for its length, an answer whose chunks were passed on.

        Args:
            passed: The last of them.
        """
        elements = b"[%b]" % passed.strip(b"[,\n")
        last = (msgspec.json.decode(elements) if self._as_array else told_in(passed))[-1]
        ended = {"content": {"parts": [{"text": ""}], "role": "model"}, "finishReason": _WORDS[FinishReason.LENGTH]}
        return self._framed(_json({**last, "candidates": [{**ended, "index": 0}]}))

    def done(self) -> bytes:
        """Return the end of a complete array; events have none."""
        return b"]" if self._as_array and self._is_open else b"[]" if self._as_array else b""

    def error(self, body: bytes) -> bytes:
        """Return what ends an answer that failed.

        Args:
            body: What `encode_error` gave.
        """
        return self._framed(body) + (b"]" if self._as_array else b"")

    def _said(self, delta: TextDelta) -> bytes:
        self._grounds.hear(delta.text, starts_part=delta.starts_part)
        self._refused |= delta.refusal
        if self._parts.is_plain and delta.text and not self._as_array:
            return self._text + _json(delta.text) + b"}" + self._between + self._tail + b"\n\n"
        return self._chunk(self._parts.text(delta))

    def _chunk(self, parts: list[bytes]) -> bytes:
        if not parts:
            return b""
        return self._framed(self._head + b",".join(parts) + self._between + self._tail)

    def _finish(self, reason: FinishReason) -> bytes:
        parts = self._parts.end() or [b'{"text":""}']
        told: dict[str, Any] = {"finishReason": _WORDS[reason]}
        if self._refused and reason is FinishReason.STOP:
            told |= {"finishReason": "SAFETY", "finishMessage": "The model declined."}
        grounding = self._grounds.metadata()
        if grounding is not None:
            told["groundingMetadata"] = grounding
        body = self._head + b",".join(parts) + self._between + _json(told)[1:-1] + b"," + self._tail
        if self._usage is not None:
            body = body[:-1] + b',"usageMetadata":%b}' % _json(encode_usage(self._usage))
        return self._framed(body)

    def _framed(self, body: bytes) -> bytes:
        if not self._as_array:
            return b"data: %b\n\n" % body
        opening, self._is_open = b",\n" if self._is_open else b"[", True
        return opening + body


def encode_answer(answer: Answer, *, id: str, shows_thoughts: bool) -> bytes:
    """Return the `GenerateContentResponse` of a finished answer."""
    parts, grounds = PartEncoder(shows_thoughts=shows_thoughts), Grounds()
    written: list[bytes] = []
    refused = False
    for index, part in enumerate(answer.parts):
        match part:
            case Text():
                grounds.hear(part.text, starts_part=True)
                for citation in part.citations:
                    grounds.cite(citation)
                refused |= part.refusal
                written += parts.text(TextDelta(text=part.text))
            case Thinking():
                written += parts.thinking(_thinking_delta(part))
            case ToolCall():
                parts.call(_call_delta(part, index))
            case _:
                raise AssertionError("a model answers with text, thoughts and calls")
    written += parts.end()
    reason = "SAFETY" if refused and answer.reason is FinishReason.STOP else _WORDS[answer.reason or FinishReason.STOP]
    candidate: dict[str, Any] = {
        "content": {"parts": [Raw(part) for part in written] or [{"text": ""}], "role": "model"},
        "finishReason": reason,
        "index": 0,
    }
    grounding = grounds.metadata()
    if grounding is not None:
        candidate["groundingMetadata"] = grounding
    told: dict[str, Any] = {"candidates": [candidate], "modelVersion": answer.model, "responseId": id}
    if answer.usage is not None:
        told["usageMetadata"] = encode_usage(answer.usage)
    return _json(told)


def _thinking_delta(part: Thinking) -> ThinkingDelta:
    return ThinkingDelta(
        text=part.text, signature=part.signature, origin=part.origin, redacted=part.redacted, id=part.id
    )


def _call_delta(part: ToolCall, index: int) -> ToolCallDelta:
    return ToolCallDelta(index=index, id=part.id, name=part.name, arguments=part.arguments, signature=part.signature)
