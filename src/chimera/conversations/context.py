"""What a model is shown of a conversation. Pure.

First form: the whole path. Failed and empty answers are left out, neighbours of one role become one message, and tool
calls that were never answered are dropped, because providers refuse such transcripts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from chimera.conversations.states import MessageStatus
from chimera.llm import Message, Part, Request, Role, Sampling, Text, Thinking, ToolCall, ToolResult

PARAGRAPH: Final = "\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message of the path, root first."""

    role: Role
    parts: tuple[Part, ...]
    status: MessageStatus = MessageStatus.COMPLETE


def build_request(path: Sequence[Said], *, model: str, system_prompt: str | None, sampling: Sampling) -> Request:
    """Make the question to the model out of the path; thinking is replayed as it was signed."""
    shown = [said for said in path if said.role != "assistant" or said.status is not MessageStatus.FAILED]
    answered = {part.call_id for said in shown for part in said.parts if isinstance(part, ToolResult)}
    asked = {part.id for said in shown for part in said.parts if isinstance(part, ToolCall)}
    kept = [Message(role=said.role, parts=_sendable(said.parts, answered & asked)) for said in shown]
    system = (Text(text=system_prompt),) if system_prompt and system_prompt.strip() else ()
    return Request(model=model, system=system, messages=_alternating(kept), sampling=sampling)


def _sendable(parts: Iterable[Part], matched: set[str]) -> tuple[Part, ...]:
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


def _alternating(messages: Iterable[Message]) -> tuple[Message, ...]:
    merged: list[Message] = []
    for message in messages:
        if all(isinstance(part, Thinking) for part in message.parts):
            continue
        if merged and merged[-1].role == message.role:
            merged[-1] = Message(role=message.role, parts=_joined(merged[-1].parts, message.parts))
        elif merged or message.role != "assistant":
            merged.append(message)
    return tuple(merged)


def _joined(earlier: tuple[Part, ...], later: tuple[Part, ...]) -> tuple[Part, ...]:
    if isinstance(last := earlier[-1], Text) and isinstance(first := later[0], Text):
        return (*earlier[:-1], Text(text=last.text + PARAGRAPH + first.text), *later[1:])
    return (*earlier, *later)
