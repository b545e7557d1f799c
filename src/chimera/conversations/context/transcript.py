"""Messages of a path as providers take them. Pure.

Failed and empty answers are left out, neighbours of one role become one message, and tool calls that were never
answered are dropped, because providers refuse such transcripts.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from msgspec.structs import replace as changed

from chimera.conversations.context.said import Said
from chimera.conversations.states import MessageStatus
from chimera.llm import Message, Part, Text, Thinking, ToolCall, ToolResult

PARAGRAPH: Final = "\n\n"


def sendable(path: Sequence[Said], target: str = "") -> list[Said]:
    """What of a path can be sent to a model at all. It is shown its own thinking as it was signed, and no other's."""
    shown = [
        said if said.model == target else _with(said, tuple(_unsigned(said.parts)))
        for said in path
        if said.role != "assistant" or said.status is not MessageStatus.FAILED
    ]
    answered = {part.call_id for said in shown for part in said.parts if isinstance(part, ToolResult)}
    asked = {part.id for said in shown for part in said.parts if isinstance(part, ToolCall)}
    matched = answered & asked
    kept = (_with(said, _without_orphans(said.parts, matched)) for said in shown)
    return [said for said in kept if not all(isinstance(part, Thinking) for part in said.parts)]


def alternating(shown: Iterable[Said]) -> tuple[Message, ...]:
    """Messages of which no two neighbours have one role, and the first is not an answer."""
    merged: list[Message] = []
    for said in shown:
        if merged and merged[-1].role == said.role:
            merged[-1] = Message(role=said.role, parts=_joined(merged[-1].parts, said.parts))
        elif merged or said.role != "assistant":
            merged.append(Message(role=said.role, parts=said.parts))
    return tuple(merged)


def rounds_of(shown: Sequence[Said]) -> list[list[Said]]:
    """The path in rounds: what a person said, and all that followed it. A tool's result stays with its call.

    What stands before the first word of a person is in none.
    """
    rounds: list[list[Said]] = []
    for said in shown:
        if said.role == "user" and (not rounds or rounds[-1][-1].role != "user"):
            rounds.append([said])
        elif rounds:
            rounds[-1].append(said)
    return rounds


def _with(said: Said, parts: tuple[Part, ...]) -> Said:
    # Nearly all stay as they are, and nobody writes to them.
    return said if parts == said.parts else replace(said, parts=parts)


def _unsigned(parts: Iterable[Part]) -> Iterator[Part]:
    """What any model may be shown: a proof is good for who gave it alone, and others refuse it."""
    for part in parts:
        match part:
            case Thinking():
                continue
            case ToolCall(signature=str()):
                yield changed(part, signature=None)
            case _:
                yield part


def _without_orphans(parts: Iterable[Part], matched: set[str]) -> tuple[Part, ...]:
    kept: list[Part] = []
    for part in parts:
        match part:
            case ToolCall(id=id) | ToolResult(call_id=id) if id not in matched:
                continue
            case Text(text=text) if not text.strip():
                continue
            case _:
                kept.append(part)
    return tuple(kept)


def _joined(earlier: tuple[Part, ...], later: tuple[Part, ...]) -> tuple[Part, ...]:
    if isinstance(last := earlier[-1], Text) and isinstance(first := later[0], Text):
        return (*earlier[:-1], Text(text=last.text + PARAGRAPH + first.text), *later[1:])
    return (*earlier, *later)
