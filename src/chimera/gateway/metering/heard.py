"""What is heard of an answer: enough to cut it, and to say what it used where nobody reports it. Runs once a chunk."""

from dataclasses import dataclass, field
from io import StringIO
from sys import maxsize
from time import perf_counter
from typing import Final

from chimera.llm import (
    Event,
    Forwarded,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    Usage,
    UsageReported,
)

_NOTHING: Final = Usage()


@dataclass(slots=True)
class Heard:
    """Of one attempt.

    Attributes:
        characters: So many were written.
        look_at: With more of them it is to be looked whether the answer is too long.
        usage: As reported last.
        started: Whether the provider has begun to answer.
        first: When something to read came, by the process's own clock.
    """

    characters: int = 0
    look_at: int = maxsize
    usage: Usage = _NOTHING
    started: bool = False
    begun: float = field(default_factory=perf_counter)
    first: float | None = None
    _written: StringIO = field(default_factory=StringIO)

    def take(self, event: Event) -> bool:
        """Take note of an event; tell whether it is to be looked how long the answer is with it."""
        kind = type(event)
        if kind is TextDelta or kind is ThinkingDelta or kind is Forwarded:
            text = event.text  # type: ignore[union-attr]  # `kind` tells, and faster than isinstance
        elif kind is ToolCallDelta:
            text = event.arguments  # type: ignore[union-attr]  # likewise
        else:
            if kind is UsageReported:
                self.usage = event.usage  # type: ignore[union-attr]  # likewise
            elif kind is Started:
                self.started = True
            return False
        if self.first is None:
            self.first = perf_counter()
        self.characters += self._written.write(text)
        return self.characters > self.look_at

    @property
    def text(self) -> str:
        return self._written.getvalue()

    @property
    def is_reported(self) -> bool:
        return self.usage.input_tokens > 0 or self.usage.output_tokens > 0

    @property
    def duration_ms(self) -> int:
        return round((perf_counter() - self.begun) * 1000)

    @property
    def first_token_ms(self) -> int | None:
        return None if self.first is None else round((self.first - self.begun) * 1000)
