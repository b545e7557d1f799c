"""How many tokens each part of a context may take, and how they are counted."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

from chimera.gateway.tokens import Factors, count, estimate
from chimera.llm import Message, Request, Text

Measure: TypeAlias = Callable[[Request], int]
"""Tokens that a request has at most."""

UNKNOWN_WINDOW: Final = 32_768
_SMALLEST: Final = 256
_NOTHING: Final = Request(model="", messages=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What is given to the parts of a context that is too long to be sent whole.

    System prompt, pins and question are always sent. Of what they leave, the summary and the latest rounds take their
    shares at most, and the rest is for what is found among earlier messages.

    Attributes:
        most_tokens: Of the whole context, however large the window; `None` for as large as the window.
        output_tokens: Kept free for the answer, where its length is not said; a quarter of a small window.
        memory_tokens: Of what is remembered of the person, and no more than its share of the whole.
    """

    most_tokens: int | None = None
    output_tokens: int = 4_000
    summary_share: float = 0.15
    history_share: float = 0.25
    memory_share: float = 0.1
    memory_tokens: int = 600

    def limit(self, window: int, asked: int | None) -> int:
        """Tokens that a context may have in that window, beside an answer of that length."""
        reserve = min(asked or self.output_tokens, window // 4 if asked is None else window - _SMALLEST)
        limit = max(window - max(reserve, 0), _SMALLEST)
        return limit if self.most_tokens is None else min(limit, self.most_tokens)


def measure_for(model: str, factors: Factors) -> Measure:
    """Count as the model does: exactly where its vocabulary is public, else by estimate with what it may be off.

    The counting may load a vocabulary: do it outside the event loop.
    """
    return lambda request: count(request, model, factors).at_most


def estimate_for(model: str, factors: Factors) -> Measure:
    """Estimate, with what that may be off: for what fits in any case, without a vocabulary in memory."""
    return lambda request: estimate(request, model, factors).at_most


def tokens_of(message: Message, measure: Measure) -> int:
    """What a message adds to a context."""
    return measure(Request(model="", messages=(message,))) - _of_nothing(measure)


def tokens_of_text(text: str, measure: Measure) -> int:
    """What a message of these words adds to a context."""
    return tokens_of(Message(role="user", parts=(Text(text=text),)), measure)


def tokens_of_line(text: str, measure: Measure) -> int:
    """What a line adds to a message: its words and its end, without a message's frame."""
    return tokens_of_text(text, measure) - _of_empty(measure) + 1


# A context is counted piece by piece, hundreds of times with one measure.
@lru_cache(maxsize=16)
def _of_nothing(measure: Measure) -> int:
    return measure(_NOTHING)


@lru_cache(maxsize=16)
def _of_empty(measure: Measure) -> int:
    return tokens_of_text("", measure)
