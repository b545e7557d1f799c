"""The bytes of a streamed answer as our events."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Raw, Struct

from chimera.kit.ids import new_id
from chimera.llm import (
    Cited,
    Event,
    Finished,
    FinishReason,
    ProviderOverloadError,
    Started,
    TextDelta,
    ThinkingDelta,
    Usage,
    UsageReported,
)
from chimera.wires.failure import BrokenAnswerError, Failure, StreamFailure, WireError
from chimera.wires.frames.sse import SseParser
from chimera.wires.openai_chat.failures import decode_stream_failure
from chimera.wires.openai_chat.parts.citations import decode_annotations
from chimera.wires.openai_chat.parts.reasoning import Detail, decode_detail
from chimera.wires.openai_chat.tool_deltas import ToolDelta, ToolNumbering
from chimera.wires.openai_chat.usage import WireUsage, decode_usage

_FINISH = {
    "stop": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "max_tokens": FinishReason.LENGTH,
    "model_length": FinishReason.LENGTH,
    "tool_calls": FinishReason.TOOL_CALLS,
    "function_call": FinishReason.TOOL_CALLS,
    "content_filter": FinishReason.FILTERED,
}
# They mean that the provider broke off: https://openrouter.ai/docs/api-reference/errors#mid-stream-errors,
# https://api-docs.deepseek.com/api/create-chat-completion
_BROKEN_OFF = frozenset({"error", "abort", "insufficient_system_resource"})
_LARGEST_DOCUMENT = 32 * 1024 * 1024


class _Delta(Struct, frozen=True, gc=False):
    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    refusal: str | None = None
    tool_calls: list[ToolDelta] | None = None
    reasoning_details: list[Detail] | None = None
    annotations: list[Raw] | None = None


class _Choice(Struct, frozen=True, gc=False):
    index: int | None = 0
    delta: _Delta | None = None
    # Servers that ignore `stream` send the whole answer here.
    message: _Delta | None = None
    finish_reason: str | None = None


class _Chunk(Struct, frozen=True, gc=False):
    id: str | None = None
    model: str | None = None
    choices: list[_Choice] | None = None
    usage: WireUsage | None = None
    service_tier: str | None = None
    error: Any = None


_decode = msgspec.json.Decoder(_Chunk).decode


def _chunk(payload: bytes) -> _Chunk:
    try:
        return _decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WireError("malformed", "The provider sent an event that is not a chat completion chunk.") from error


class StreamDecoder:
    """Reads one answer.

    Args:
        lost: Request parameters that were not carried, for `Started`.
        names: Our name of each tool that the provider knows by another.
    """

    __slots__ = (
        "_document", "_finished", "_lost", "_opened", "_others", "_reason", "_size", "_sse", "_started", "_thought",
        "_tools", "_usage",
    )  # fmt: skip

    def __init__(self, lost: tuple[str, ...] = (), names: Mapping[str, str] | None = None) -> None:
        self._lost = lost
        self._sse = SseParser()
        self._document: list[bytes] | None = None
        self._size = 0
        self._opened = False
        self._tools = ToolNumbering(names)
        self._others: dict[int, bool] = {}
        self._thought = False
        self._started = False
        self._finished = False
        self._reason: FinishReason | None = None
        self._usage: Usage | None = None

    def feed(self, data: bytes) -> list[Event]:
        """Return the events that these bytes complete; nothing more after `Finished`.

        Raises:
            WireError: for what is no chat completion.
            StreamFailure: for an error that the provider reports in its stream.
        """
        events: list[Event] = []
        if self._finished:
            return events
        if not self._opened or self._document is not None:
            data = self._stream_part(data)
        try:
            for payload in self._sse.feed(data):
                self._take(payload, events)
                if self._finished:
                    break
        except BrokenAnswerError as error:
            error.heard = events
            raise
        return events

    def hear(self, payload: bytes) -> list[Event]:
        """Return the events of one chunk that is cut out of its frame; raises as `feed`."""
        events: list[Event] = []
        if not self._finished:
            try:
                self._take(payload, events)
            except BrokenAnswerError as error:
                error.heard = events
                raise
        return events

    def close(self) -> list[Event]:
        """Return the last events, at the clean end of the body.

        Raises:
            WireError: if the answer is not complete.
            StreamFailure: as `feed`.
        """
        events: list[Event] = []
        if self._finished:
            return events
        if self._document is not None:
            self._take(b"".join(self._document), events)
        for payload in self._sse.close():
            self._take_last(payload, events)  # at most one
        if not self._finished:
            self._finish(events)
        return events

    def _stream_part(self, data: bytes) -> bytes:
        """Keep a body that is one JSON object for `close`: an error with status 200, or an answer that is no stream."""
        if not self._opened:
            data = data.lstrip()
            if not data:
                return b""
            self._opened = True
            if data[:1] == b"<":
                raise WireError("malformed", "The provider sent a page instead of an answer; is its address right?")
            if data[:1] == b"{":
                self._document = []
        if self._document is None:
            return data
        self._document.append(data)
        self._size += len(data)
        if self._size > _LARGEST_DOCUMENT:
            raise WireError("malformed", "The provider's answer is too long.")
        return b""

    def _take_last(self, payload: bytes, events: list[Event]) -> None:
        try:
            self._take(payload, events)
        except WireError as error:
            raise WireError("cut", "The provider's answer ends within an event.") from error

    def _take(self, payload: bytes, events: list[Event]) -> None:
        if payload[:1] != b"{":
            marker = payload.strip()
            if marker == b"[DONE]":
                self._finish(events)
            if marker in {b"[DONE]", b""}:
                return
        chunk = _chunk(payload)
        if chunk.error is not None:
            raise StreamFailure(decode_stream_failure(chunk.error))
        if not self._started and (chunk.id or chunk.choices):
            # Azure's first chunk has no id and no choice, only the filter's verdict on the prompt.
            self._started = True
            events.append(Started(id=chunk.id or f"chatcmpl-{new_id().hex}", model=chunk.model or "", lost=self._lost))
        if chunk.choices:
            for choice in chunk.choices:
                self._hear(choice, events)
        if chunk.usage is not None:
            self._report(chunk.usage, chunk.service_tier, events)
            if not chunk.choices and self._reason is not None:
                # Nothing follows the usage chunk; some servers forget `[DONE]` and keep the connection open.
                self._finish(events)

    def _hear(self, choice: _Choice, events: list[Event]) -> None:
        reason = choice.finish_reason
        if reason in _BROKEN_OFF:
            message = "The provider broke its answer off."
            raise StreamFailure(Failure(error=ProviderOverloadError, message=message, code=reason))
        if choice.index:
            # It is passed on, if at all; the answer is not complete before it is.
            self._others[choice.index] = bool(reason) or self._others.get(choice.index, False)
            return
        delta = choice.delta or choice.message
        if delta is not None:
            if delta.reasoning_content or delta.reasoning or delta.reasoning_details:
                self._think(delta, events)
            if delta.content:
                events.append(TextDelta(text=delta.content))
            if delta.refusal:
                events.append(TextDelta(text=delta.refusal, refusal=True))
            if delta.annotations:
                events.extend(Cited(citation=citation) for citation in decode_annotations(delta.annotations))
            for call in delta.tool_calls or ():
                self._tools.hear(call, events)
        if reason:
            self._reason = _FINISH.get(reason, FinishReason.STOP)

    def _think(self, delta: _Delta, events: list[Event]) -> None:
        """Tell the reasoning once: its words stand in the details as well, beside it or, with the proof, after it."""
        words, details = delta.reasoning_content or delta.reasoning, delta.reasoning_details or ()
        if words and not any(detail.words for detail in details):
            events.append(ThinkingDelta(text=words))
            self._thought = True
        for detail in details:
            told = decode_detail(detail)
            repeated = told.signature is not None and self._thought and not words
            text = "" if repeated else told.text
            self._thought = told.signature is None and (self._thought or bool(text))
            events.append(
                ThinkingDelta(
                    text=text, signature=told.signature, origin=told.origin, redacted=told.redacted, id=told.id
                )
            )

    def _report(self, told: WireUsage, served: str | None, events: list[Event]) -> None:
        usage = decode_usage(told, served=served)
        if usage is not None and usage != self._usage:
            self._usage = usage
            events.append(UsageReported(usage=usage))

    def _finish(self, events: list[Event]) -> None:
        if self._reason is None or not self._started or not all(self._others.values()):
            raise WireError("cut", "The provider's answer ends before it is complete.")
        self._tools.close()
        self._finished = True
        called = self._tools.heard and self._reason is FinishReason.STOP
        events.append(Finished(reason=FinishReason.TOOL_CALLS if called else self._reason))
