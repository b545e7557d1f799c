"""What a test wants the model to say, free of any provider's format."""

from dataclasses import dataclass
from enum import StrEnum


class Finish(StrEnum):
    """Why the model stopped, in neutral words; each wire has its own."""

    STOP = "stop"
    LENGTH = "length"
    TOOL_CALLS = "tool_calls"
    CONTENT_FILTER = "content_filter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Usage as the provider will report it. `cached` is part of `input`, `reasoning` is part of `output`."""

    input: int
    output: int
    cached: int = 0
    reasoning: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolUse:
    """A tool the model calls. `arguments` is JSON text; an empty `id` is made up by the wire."""

    name: str
    arguments: str = "{}"
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What to say; every field left alone is derived from the request.

    Args:
        text: What to say. None echoes the last user text, or obeys a JSON schema if one was asked for.
        chunks: How many deltas the text (and the reasoning) is split into, at most one per character.
        reasoning: Said before the text. Empty: only said if the request asks for reasoning.
        tool_calls: Called after the text. Empty: only called if the request forces a tool.
        usage: Reported usage. None counts words.
        finish: Why it stopped. None: TOOL_CALLS after tool calls, LENGTH at the token limit, otherwise STOP.
        delay_s: Pause before each delta.
    """

    text: str | None = None
    chunks: int = 4
    reasoning: str = ""
    tool_calls: tuple[ToolUse, ...] = ()
    usage: Tokens | None = None
    finish: Finish | None = None
    delay_s: float = 0.0
