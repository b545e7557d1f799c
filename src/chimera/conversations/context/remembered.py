"""What is remembered of a person beyond this conversation, as a model is shown it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chimera.conversations.context.budget import Measure, tokens_of_line, tokens_of_text
from chimera.conversations.context.wording import MEMORIES, quoted, within


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A fact.

    Attributes:
        text: One sentence.
        at: When its person said so.
    """

    id: UUID
    text: str
    at: datetime

    @property
    def line(self) -> str:
        return f"- {within(self.text)} ({self.at:%d %B %Y})"


def told(facts: Sequence[Remembered]) -> str:
    """All of it; empty where there is nothing."""
    return quoted(MEMORIES, "\n".join(one.line for one in facts)) if facts else ""


def fitting(facts: Sequence[Remembered], measure: Measure, room: int) -> tuple[Remembered, ...]:
    """Those that fit into so many tokens, the weightiest first; a long one makes room for shorter ones after it."""
    kept: list[Remembered] = []
    left = room - tokens_of_text(quoted(MEMORIES, ""), measure)
    for one in facts:
        cost = tokens_of_line(one.line, measure)
        if cost <= left:
            kept.append(one)
            left -= cost
    return tuple(kept)
