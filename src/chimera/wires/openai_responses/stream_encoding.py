"""Our events as the typed, numbered events of a streamed response."""

import re
from collections.abc import Iterable
from typing import Any, TypeAlias, assert_never

import msgspec

from chimera.llm import (
    Citation,
    Cited,
    Embedded,
    Event,
    Finished,
    FinishReason,
    Forwarded,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    Usage,
    UsageReported,
)
from chimera.wires.openai_responses.open_items import OpenCall, OpenMessage, OpenReasoning, Told
from chimera.wires.openai_responses.response_object import Head, assembled, ending, response_error

_Item: TypeAlias = OpenMessage | OpenReasoning | OpenCall

_NUMBER = re.compile(rb'"sequence_number"\s*:\s*(\d{1,10})')
_LIFECYCLE = tuple(
    b"event: response.%b\n" % name
    for name in (b"created", b"queued", b"in_progress", b"completed", b"incomplete", b"failed")
)
_json = msgspec.json.Encoder().encode


def _data_of(frame: bytes) -> bytes:
    """Return the JSON of a frame, which may stand in several lines."""
    return frame.partition(b"data: ")[2].replace(b"\ndata: ", b"\n")


class StreamEncoder:
    """Writes one answer. Deltas are stitched from prepared bytes: only their text and number are encoded.

    Calls stay open until the answer ends, as some models write several at a time.
    """

    __slots__ = ("_calls", "_head", "_heard", "_items", "_number", "_status", "_usage", "_writing")

    def __init__(self, head: Head) -> None:
        self._head = head
        self._number = 0
        self._items: list[_Item] = []
        self._writing: OpenMessage | OpenReasoning | None = None
        self._calls: dict[int, OpenCall] = {}
        self._usage: Usage | None = None
        self._status: dict[str, Any] = {"status": "in_progress"}
        self._heard: dict[str, Any] | None = None

    @property
    def response(self) -> dict[str, Any]:
        """The response so far; after `Finished` or `error` for good, and where frames are passed on as last heard."""
        if self._heard is not None:
            return self._heard
        output = [item.item for item in self._items]
        return assembled(self._head, output, usage=self._usage, **self._status)

    def encode(self, event: Event) -> bytes:
        """Return the frames of an event: none for what the wire has no place for, several for the end."""
        if type(event) is TextDelta:
            return self._text(event)
        frames = b""
        match event:
            case ThinkingDelta():
                frames = self._thinking(event)
            case ToolCallDelta():
                frames = self._call(event)
            case Cited():
                frames = self._cited(event.citation)
            case UsageReported():
                self._usage = event.usage
            case Started():
                frames = self._frames(self._lifecycle("created")) + self._frames(self._lifecycle("in_progress"))
            case Finished():
                frames = self._finish(event.reason)
            case Forwarded():
                self.hear(event.data)
                frames = event.data
            case TextDelta() | Embedded():
                pass  # text is written above; vectors have no stream
            case _:
                assert_never(event)
        return frames

    def hear(self, data: bytes) -> None:
        """Take note of frames that are passed on, for `response` and for the number of an error after them."""
        numbers = _NUMBER.findall(data)
        if numbers:
            self._number = int(numbers[-1]) + 1
        if b"event: response." not in data:
            return
        for frame in data.split(b"\n\n"):
            if frame.startswith(_LIFECYCLE):
                self._heard = msgspec.json.decode(_data_of(frame))["response"]

    def cut(self, output: list[Any]) -> bytes:
        """Return the event that ends, for its length, an answer whose events were passed on.

        Args:
            output: Its items that are whole.
        """
        status, incomplete = ending(FinishReason.LENGTH)
        ended = {"status": status, "incomplete_details": {"reason": incomplete}, "output": output}
        self._heard = {**self.response, **ended}
        return self._frames(self._lifecycle(status))

    def done(self) -> bytes:
        """Return nothing: the last event says how the answer ended."""
        return b""

    def error(self, body: bytes) -> bytes:
        """Return the events that end an answer that failed: one at which the official SDKs raise, then the response.

        Args:
            body: What `encode_error` gave.
        """
        told = msgspec.json.decode(body)["error"]
        failure = response_error(body)
        self._status = {"status": "failed", "error": failure}
        self._heard = {**self.response, **self._status}
        # OpenAI documents the flat members and sends the nested ones: https://github.com/openai/openai-dotnet/issues/881
        flat = {"code": failure["code"], "message": failure["message"], "param": told["param"], "error": told}
        return self._frame("error", flat) + self._frames(self._lifecycle("failed"))

    def _text(self, event: TextDelta) -> bytes:
        message, frames = self._writing, b""
        if type(message) is not OpenMessage or event.starts_part or not message.continues(refusal=event.refusal):
            message, frames = self._message(refusal=event.refusal)
        if not event.text:
            return frames
        message.hear(event.text)
        delta = self._delta(message.opening, event.text)
        return frames + delta if frames else delta

    def _message(self, *, refusal: bool) -> tuple[OpenMessage, bytes]:
        """Open a part of a message, and the message if there is none."""
        frames, message = b"", self._writing
        if not isinstance(message, OpenMessage):
            frames = self._close()
            message = OpenMessage(len(self._items))
            self._items.append(message)
            self._writing = message
            frames += self._frames([message.begin()])
        return message, frames + self._frames(message.begin_part(refusal=refusal))

    def _cited(self, citation: Citation) -> bytes:
        message, frames = self._writing, b""
        if not isinstance(message, OpenMessage):
            message, frames = self._message(refusal=False)
        return frames + self._frames(message.cite(citation))

    def _thinking(self, event: ThinkingDelta) -> bytes:
        reasoning, frames = self._writing, b""
        if not isinstance(reasoning, OpenReasoning) or event.id not in {None, reasoning.named}:
            frames = self._close()
            reasoning = OpenReasoning(len(self._items), event)
            self._items.append(reasoning)
            self._writing = reasoning
            frames += self._frames([reasoning.begin()])
        frames += self._frames(reasoning.hear(event))
        if event.text:
            frames += self._delta(reasoning.opening, event.text)
        if event.signature is not None:
            frames += self._close()
        return frames

    def _call(self, event: ToolCallDelta) -> bytes:
        call, frames = self._calls.get(event.index), b""
        if call is None:
            frames = self._close()
            call = self._calls[event.index] = OpenCall(len(self._items), event, self._head.forms)
            self._items.append(call)
            frames += self._frames([call.begin()])
        if event.arguments and (told := call.hear(event.arguments)):
            frames += self._delta(call.opening, told)
        return frames

    def _close(self, status: str = "completed") -> bytes:
        """End the message or the reasoning that is being written."""
        writing, self._writing = self._writing, None
        return self._frames(writing.end(status)) if writing is not None else b""

    def _finish(self, reason: FinishReason) -> bytes:
        status, incomplete = ending(reason)
        frames = self._close(status)
        last = self._items[-1] if self._items else None
        for call in self._calls.values():
            frames += self._frames(call.end(status if call is last else "completed"))
        self._status = {"status": status, "incomplete": incomplete}
        self._heard = self.response
        return frames + self._frames(self._lifecycle(status))

    def _lifecycle(self, name: str) -> Iterable[Told]:
        return [(name, {"response": self.response})]

    def _delta(self, opening: bytes, text: str) -> bytes:
        number = self._number
        self._number = number + 1
        return b'%b%b,"sequence_number":%d}\n\n' % (opening, _json(text), number)

    def _frames(self, told: Iterable[Told]) -> bytes:
        return b"".join([self._frame(f"response.{name}", members) for name, members in told])

    def _frame(self, name: str, members: dict[str, Any]) -> bytes:
        number = self._number
        self._number = number + 1
        return b"event: %b\ndata: %b\n\n" % (name.encode(), _json({"type": name, **members, "sequence_number": number}))
