"""What is heard of an answer: enough to cut it, and to say what it used where nobody reports it. Runs once a chunk."""

from dataclasses import dataclass, field
from math import ceil
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
    letters,
)

# Letters a token: rather too many, so that no answer is cut that keeps to its limit; and rather too few, so that what
# nobody reported is not told to be less than it was.
MOST_LETTERS: Final = 5
_FEWEST_LETTERS: Final = 3
_NOTHING: Final = Usage()


@dataclass(slots=True)
class Heard:
    """Of one attempt.

    Attributes:
        letters: See `llm.letters`.
        most_letters: A longer answer is cut.
        usage: As reported last.
        started: Whether the provider has begun to answer.
        first: When something to read came, by the process's own clock.
    """

    letters: int = 0
    most_letters: int = maxsize
    usage: Usage = _NOTHING
    started: bool = False
    begun: float = field(default_factory=perf_counter)
    first: float | None = None

    def take(self, event: Event) -> bool:
        """Take note of an event; tell whether the answer is too long with it."""
        kind = type(event)
        if kind is TextDelta or kind is ThinkingDelta:
            self.letters += letters(event.text)  # type: ignore[union-attr]  # `kind` tells, and faster than isinstance
        elif kind is Forwarded:
            self.letters += event.letters  # type: ignore[union-attr]  # likewise
        elif kind is ToolCallDelta:
            self.letters += letters(event.arguments)  # type: ignore[union-attr]  # likewise
        else:
            if kind is UsageReported:
                self.usage = event.usage  # type: ignore[union-attr]  # likewise
            elif kind is Started:
                self.started = True
            return False
        if self.first is None:
            self.first = perf_counter()
        return self.letters > self.most_letters

    @property
    def is_reported(self) -> bool:
        return self.usage.input_tokens > 0 or self.usage.output_tokens > 0

    @property
    def output_tokens(self) -> int:
        """Our own count of what was written, or the provider's where it has counted more."""
        return max(self.usage.output_tokens, ceil(self.letters / _FEWEST_LETTERS))

    @property
    def duration_ms(self) -> int:
        return round((perf_counter() - self.begun) * 1000)

    @property
    def first_token_ms(self) -> int | None:
        return None if self.first is None else round((self.first - self.begun) * 1000)
