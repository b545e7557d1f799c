"""Answers passed on as they came, and understood beside: usage is counted, and a broken answer is noticed. Pure."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

from msgspec.structs import replace

from chimera.llm import (
    Event,
    Finished,
    Forwarded,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    UsageReported,
)
from chimera.wires.failure import BrokenAnswerError, WireError
from chimera.wires.frames.framed import FrameParser
from chimera.wires.reading import UNREADABLE

Passed: TypeAlias = Callable[[bytes, Sequence[Event]], bytes]
"""What goes to the caller for the data of a frame in which these events were heard: a whole frame, or nothing."""

_LARGEST_BODY = 64 * 1024 * 1024


class Decoder(Protocol):
    """A wire's decoder of one answer."""

    def feed(self, data: bytes) -> list[Event]: ...

    def close(self) -> list[Event]: ...


class ForwardedStream:
    """Passes the frames of a stream on.

    Nothing is passed before the first frame with content: until then the call may be tried again.

    Args:
        parser: Cuts the body into frames.
        decoder: Understands the wire; it is fed one frame at a time.
        framed: Makes the data of a frame a frame again.
        passed: What the caller gets.
        opens: Whether a frame in which the decoder hears nothing is content all the same; none is by default.
    """

    __slots__ = (
        "_aside", "_cut", "_decoder", "_framed", "_hear", "_held", "_opened", "_opens", "_parser", "_passed",
        "_said",
    )  # fmt: skip

    def __init__(
        self,
        parser: FrameParser,
        decoder: Decoder,
        *,
        framed: Callable[[bytes], bytes],
        passed: Passed,
        opens: Callable[[bytes], bool] | None = None,
    ) -> None:
        self._opens = opens
        self._parser = parser
        self._decoder = decoder
        self._framed = framed
        self._passed = passed
        # Looked up once, not with every piece of a body.
        self._cut, self._hear = parser.feed, decoder.feed
        self._held: list[bytes] = []
        self._aside: list[Event] = []
        self._opened = False
        self._said: list[str] = []

    def feed(self, data: bytes) -> list[Event]:
        """Return the events that these bytes complete, as `FramedDecoder.feed` does; their frames come as one."""
        told: list[Event] = []
        try:
            for payload in self._cut(data):
                self._take(payload, told)
        except BrokenAnswerError as error:
            self._flush(told)
            error.heard = told
            raise
        except UNREADABLE as error:
            self._flush(told)
            broken = WireError("malformed", "The answer holds an event that cannot be read.")
            broken.heard = told
            raise broken from error
        self._flush(told)
        return told

    def close(self) -> list[Event]:
        """Return the last events at the clean end of the body, as `FramedDecoder.close` does."""
        told: list[Event] = []
        try:
            for payload in self._parser.close():
                self._take(payload, told)
        except UNREADABLE as error:
            raise WireError("cut", "The answer ended in the middle of an event.") from error
        self._tell(self._decoder.close(), told)
        self._flush(told)
        return told

    def _take(self, payload: bytes, told: list[Event]) -> None:
        heard = self._hear(self._framed(payload))
        if frame := self._passed(payload, heard):
            self._held.append(frame)
        if len(heard) == 1 and type(heard[0]) is TextDelta:
            self._opened = True  # as nearly all are
            self._said.append(heard[0].text)
            return
        self._tell(heard, told)
        if self._opens is not None and not self._opened:
            self._opened = self._opens(payload)

    def _tell(self, heard: Sequence[Event], told: list[Event]) -> None:
        for event in heard:
            kind = type(event)
            if kind is Started:
                told.append(replace(event, forwarded=True))
            elif kind is UsageReported or kind is Finished:
                self._aside.append(event)
                self._opened |= kind is Finished
            else:
                self._opened = True
                self._said.append(_said_in(event))

    def _flush(self, told: list[Event]) -> None:
        if self._opened and self._held:
            data = self._held[0] if len(self._held) == 1 else b"".join(self._held)
            text = self._said[0] if len(self._said) == 1 else "".join(self._said)
            told.append(Forwarded(data=data, text=text))
            self._held, self._said = [], []
        if self._aside:
            told += self._aside
            self._aside = []


class ForwardedBody:
    """Passes a body on that comes whole.

    Args:
        decode: The wire's reading of a whole answer: its events, from `Started` to `Finished`.
        patched: What the caller gets of the body, where that is not all of it as it is.
    """

    __slots__ = ("_decode", "_patched", "_pieces", "_size")

    def __init__(
        self, decode: Callable[[bytes], Sequence[Event]], *, patched: Callable[[bytes], bytes] | None = None
    ) -> None:
        self._decode = decode
        self._patched = patched
        self._pieces: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> list[Event]:
        """Keep the bytes; a whole answer is told by `close`."""
        self._size += len(data)
        if self._size > _LARGEST_BODY:
            raise WireError("malformed", "The provider's answer is too long.")
        self._pieces.append(data)
        return []

    def close(self) -> list[Event]:
        """Return the answer's events.

        Raises:
            WireError: if the body is not an answer of this wire.
            StreamFailure: if it is the report of an error.
        """
        body = b"".join(self._pieces)
        try:
            heard = self._decode(body)
            passed = self._patched(body) if self._patched else body
        except UNREADABLE as error:
            raise WireError("malformed", "The answer cannot be read.") from error
        told: list[Event] = [replace(event, forwarded=True) for event in heard if type(event) is Started]
        told.append(Forwarded(data=passed, text="".join(map(_said_in, heard))))
        told += [event for event in heard if type(event) is UsageReported or type(event) is Finished]
        return told


def _said_in(event: Event) -> str:
    match event:
        case TextDelta() | ThinkingDelta():
            return event.text
        case ToolCallDelta():
            return event.arguments
        case _:
            return ""
