"""The parts of an answer's stream in order, and the two framings that carry them: server-sent events and NDJSON."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

import msgspec

Json = dict[str, object]
"""A JSON object that a wire is about to send."""


class Kind(Enum):
    """The part a frame plays, so that a fault can tell where to strike."""

    OPENING = auto()
    DELTA = auto()
    FINISH = auto()
    USAGE = auto()
    END = auto()
    COMMENT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One event; a payload of bytes is sent as it is."""

    kind: Kind
    payload: Json | bytes
    event: str | None = None

    def data(self) -> bytes:
        """Return the payload as one line."""
        return self.payload if isinstance(self.payload, bytes) else msgspec.json.encode(self.payload)


class Framing(Protocol):
    """How frames become bytes."""

    content_type: str

    def encode(self, frame: Frame) -> bytes:
        """Return the frame as providers send it."""

    def encode_oddly(self, frame: Frame) -> bytes:
        """Return the frame in a legal form that few expect."""

    def malform(self, frame: Frame) -> bytes:
        """Return the frame with its JSON broken off in the middle, the framing itself intact."""


class ServerSentEvents:
    """text/event-stream."""

    content_type = "text/event-stream; charset=utf-8"

    def encode(self, frame: Frame) -> bytes:
        """Return `event:` (if any) and `data:`, or a comment."""
        if frame.kind is Kind.COMMENT:
            return b": " + frame.data() + b"\n\n"
        return self._event(frame, frame.data())

    def encode_oddly(self, frame: Frame) -> bytes:
        """Return CRLF lines, a comment and a retry field first, no space after colons, data over several lines."""
        if frame.kind is Kind.COMMENT:
            return b":" + frame.data() + b"\r\n\r\n"
        lines = [b":keep-alive", b"retry:3000"]
        if frame.event:
            lines.append(b"event:" + frame.event.encode())
        spread = frame.data() if isinstance(frame.payload, bytes) else msgspec.json.format(frame.data(), indent=1)
        lines.extend(b"data:" + line for line in spread.split(b"\n"))
        return b"\r\n".join(lines) + b"\r\n\r\n"

    def malform(self, frame: Frame) -> bytes:
        """Return the event with half its data."""
        data = frame.data()
        return self._event(frame, data[: len(data) // 2])

    def _event(self, frame: Frame, data: bytes) -> bytes:
        name = b"event: " + frame.event.encode() + b"\n" if frame.event else b""
        return name + b"data: " + data + b"\n\n"


class JsonLines:
    """application/x-ndjson."""

    content_type = "application/x-ndjson"

    def encode(self, frame: Frame) -> bytes:
        """Return one line."""
        return frame.data() + b"\n"

    def encode_oddly(self, frame: Frame) -> bytes:
        """Return the line with a CRLF end and an empty line before it."""
        return b"\r\n" + frame.data() + b"\r\n"

    def malform(self, frame: Frame) -> bytes:
        """Return half the line."""
        data = frame.data()
        return data[: len(data) // 2] + b"\n"


SSE = ServerSentEvents()
NDJSON = JsonLines()
