"""An answer that comes in frames (events, lines), heard frame by frame: what wires do alike. Pure."""

from typing import Protocol

from chimera.llm import Event
from chimera.wires.failure import BrokenAnswerError, WireError
from chimera.wires.reading import UNREADABLE


class FrameParser(Protocol):
    """Cuts a body into frames: `SseParser`, `LineParser`."""

    def feed(self, data: bytes) -> list[bytes]: ...

    def close(self) -> list[bytes]: ...


class Listener(Protocol):
    """A wire's understanding of one answer."""

    def hear(self, frame: bytes, events: list[Event]) -> None:
        """Add what the frame says to the events. Whatever reading its JSON raises may come out."""
        ...

    def end(self, events: list[Event]) -> None:
        """Add the last events at the clean end of the body, or raise `WireError` if the answer was cut."""
        ...


class FramedDecoder:
    """Decodes one answer. Feed it the body in any partition, then close it."""

    __slots__ = ("_cut", "_hear", "_listener", "_opened", "_parser")

    def __init__(self, parser: FrameParser, listener: Listener) -> None:
        self._parser = parser
        self._listener = listener
        # Looked up once, not with every piece of a body.
        self._cut, self._hear = parser.feed, listener.hear
        self._opened = False

    def feed(self, data: bytes) -> list[Event]:
        """Return the events that these bytes complete.

        Raises:
            WireError: if they are not this wire.
            StreamFailure: if the provider reports an error.
        """
        if not self._opened and (opening := data.lstrip()[:1]):
            self._opened = True
            if opening == b"<":
                raise WireError("malformed", "The provider sent a page instead of an answer; is its address right?")
        events: list[Event] = []
        try:
            for frame in self._cut(data):
                self._hear(frame, events)
        except BrokenAnswerError as error:
            error.heard = events
            raise
        except UNREADABLE as error:
            broken = WireError("malformed", "The answer holds an event that cannot be read.")
            broken.heard = events
            raise broken from error
        return events

    def close(self) -> list[Event]:
        """Return the last events at the clean end of the body.

        Raises:
            WireError: if the answer was cut.
            StreamFailure: if the provider reports an error.
        """
        events: list[Event] = []
        try:
            for frame in self._parser.close():
                self._listener.hear(frame, events)
        except (WireError, *UNREADABLE) as error:
            raise WireError("cut", "The answer ended in the middle of an event.") from error
        self._listener.end(events)
        return events
