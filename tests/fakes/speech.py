"""From what was asked and what the test wants said to the exact pieces a wire will send."""

import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from tests.fakes.answer import Answer, Finish, Tokens, ToolUse
from tests.fakes.samples import sample

_ARGUMENT_PIECES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolOffer:
    """A tool the request offers, with the JSON schema of its arguments."""

    name: str
    schema: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A chat request in neutral words, as far as the answer depends on it.

    Args:
        texts: Every text in the request, for counting.
        last_text: The last thing the user, or a tool, said.
        images: Media types of the images in the request, in order; "url" for one given by address.
        schema: The JSON schema the answer must satisfy, None for free text.
        forced: The tools that must be called.
        thinks: Whether reasoning was asked for.
    """

    model: str
    texts: Sequence[str]
    last_text: str
    images: Sequence[str] = ()
    stream: bool = False
    include_usage: bool = True
    schema: object = None
    forced: Sequence[ToolOffer] = ()
    thinks: bool = False
    max_tokens: int | None = None
    choices: int = 1


Saying: TypeAlias = Answer | Callable[[Asked], Answer]
"""What is said, whatever is asked or by what is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """Everything a wire needs to write an answer; `serial` numbers the requests and makes ids."""

    model: str
    serial: int
    text_pieces: tuple[str, ...]
    reasoning_pieces: tuple[str, ...]
    tool_calls: tuple[ToolUse, ...]
    finish: Finish
    tokens: Tokens
    include_usage: bool
    choices: int
    delay_s: float

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(self.text_pieces)

    @property
    def reasoning(self) -> str:
        """The whole reasoning."""
        return "".join(self.reasoning_pieces)


def speak(asked: Asked, answer: Answer, serial: int) -> Speech:
    """Decide what is said, deterministically."""
    calls = answer.tool_calls or tuple(
        ToolUse(name=tool.name, arguments=json.dumps(sample(tool.schema))) for tool in asked.forced
    )
    text = answer.text if answer.text is not None else _derived_text(asked, silent=bool(calls))
    reasoning = answer.reasoning or (f"The user said: {asked.last_text}" if asked.thinks else "")
    finish = answer.finish or (Finish.TOOL_CALLS if calls else Finish.STOP)
    words = text.split(" ")
    if answer.finish is None and asked.max_tokens is not None and len(words) > asked.max_tokens:
        text, finish = " ".join(words[: asked.max_tokens]), Finish.LENGTH
    return Speech(
        model=asked.model,
        serial=serial,
        text_pieces=pieces(text, answer.chunks),
        reasoning_pieces=pieces(reasoning, answer.chunks),
        tool_calls=tuple(_named(call, serial, index) for index, call in enumerate(calls)),
        finish=finish,
        tokens=answer.usage or _count(asked, text, reasoning, calls),
        include_usage=asked.include_usage,
        choices=asked.choices,
        delay_s=answer.delay_s,
    )


def pieces(text: str, count: int) -> tuple[str, ...]:
    """Split `text` into `count` nearly equal parts, fewer if it has fewer characters, none if it is empty."""
    count = min(count, len(text))
    bounds = [index * len(text) // count for index in range(count + 1)] if count else []
    return tuple(text[start:end] for start, end in itertools.pairwise(bounds))


def argument_pieces(call: ToolUse) -> tuple[str, ...]:
    """Split the arguments of a call as providers do: in a few deltas."""
    return pieces(call.arguments, _ARGUMENT_PIECES)


def _derived_text(asked: Asked, *, silent: bool) -> str:
    if silent:
        return ""
    if asked.schema is not None:
        return json.dumps(sample(asked.schema))
    seen = f" [{len(asked.images)} images: {', '.join(asked.images)}]" if asked.images else ""
    return f"You said: {asked.last_text}{seen}"


def _named(call: ToolUse, serial: int, index: int) -> ToolUse:
    return call if call.id else replace(call, id=f"call_{serial:06d}_{index}")


def _count(asked: Asked, text: str, reasoning: str, calls: Sequence[ToolUse]) -> Tokens:
    thought = len(reasoning.split())
    spoken = len(text.split()) + sum(len(call.arguments.split()) + 1 for call in calls)
    return Tokens(input=sum(len(text.split()) for text in asked.texts), output=spoken + thought, reasoning=thought)
