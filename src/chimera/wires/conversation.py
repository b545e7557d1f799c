"""Conversations put in order for providers that refuse a call without a result, or a result without a call. Pure."""

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec.structs import replace

from chimera.llm import Document, Image, Message, Part, Text, ToolCall, ToolResult

OPENING = "(The conversation begins with your message.)"
"""Said as the user where a provider demands that the user begins."""

_NO_RESULT = "No result was recorded for this call."


def identified(messages: Sequence[Message]) -> Sequence[Message]:
    """Return the messages with an id of its own for every call, always the same ones.

    Some clients leave ids empty, or use one for several calls of a message or of a conversation: results then belong
    to the calls of that id in their order.
    """
    seen: dict[str, int] = {}
    given: defaultdict[str, deque[str]] = defaultdict(deque)
    changed: dict[int, Message] = {}
    for place, message in enumerate(messages):
        if message.role == "assistant":
            given = defaultdict(deque)
        elif message.role != "tool":
            continue
        parts = tuple(_identified(part, seen, given) for part in message.parts)
        if parts != message.parts:
            changed[place] = replace(message, parts=parts)
    return [changed.get(place, message) for place, message in enumerate(messages)] if changed else messages


def _identified(part: Part, seen: dict[str, int], given: defaultdict[str, deque[str]]) -> Part:
    match part:
        case ToolCall():
            unique = _unused(part.id or "call", seen)
            given[part.id].append(unique)
            return part if unique == part.id else replace(part, id=unique)
        case ToolResult(call_id=call_id) if given.get(call_id):
            # The last one stays, for a result that is told twice.
            unique = given[call_id].popleft() if len(given[call_id]) > 1 else given[call_id][0]
            return part if unique == call_id else replace(part, call_id=unique)
        case _:
            return part


def _unused(name: str, seen: dict[str, int]) -> str:
    """Return the name, or the first of `name_2`, `name_3`, … that was not seen, and note it.

    Each name remembers its last number: counting from the beginning each time takes minutes for 100,000 equal ones.
    """
    unique = name
    if name in seen:
        number = seen[name]
        while unique in seen:
            number += 1
            unique = f"{name}_{number}"
        seen[name] = number
    seen[unique] = 1
    return unique


def paired(messages: Sequence[Message]) -> list[Message]:
    """Return the messages with every call answered in one message right after it, in the order of the calls.

    Results are looked for up to the next message of the assistant. A call without one gets an error as its result; a
    result without its call is told as user text.
    """
    ordered: list[Message] = []
    for message, following in _turns(identified(messages)):
        if message is not None:
            ordered.append(message)
        calls = [part for part in message.parts if isinstance(part, ToolCall)] if message is not None else []
        found = {part.call_id: part for part in _results(following)}
        if calls:
            results = tuple(found.pop(call.id, _missing(call)) for call in calls)
            ordered.append(Message(role="tool", parts=results))
        ordered.extend(_without_results(following, orphans=found))
    return ordered


def marked_instruction(text: str) -> str:
    """Return a later instruction as user text, for providers that take instructions at the beginning only."""
    return f"<system_instruction>\n{text}\n</system_instruction>"


def _turns(messages: Sequence[Message]) -> Iterator[tuple[Message | None, Sequence[Message]]]:
    """Yield each message of the assistant with all that follows it, first what stands before any."""
    starts = [index for index, message in enumerate(messages) if message.role == "assistant"]
    yield None, messages[: starts[0] if starts else len(messages)]
    for start, end in pairwise([*starts, len(messages)]):
        yield messages[start], messages[start + 1 : end]


def _results(messages: Sequence[Message]) -> Iterator[ToolResult]:
    return (part for message in messages for part in message.parts if isinstance(part, ToolResult))


def _without_results(messages: Sequence[Message], *, orphans: dict[str, ToolResult]) -> Iterator[Message]:
    for message in messages:
        if message.role != "tool":
            yield message
            continue
        told: list[Part] = []
        for part in message.parts:
            if isinstance(part, ToolResult) and part.call_id in orphans:
                told.extend(_told(orphans.pop(part.call_id)))
        if told:
            yield Message(role="user", parts=tuple(told))


def _told(result: ToolResult) -> list[Text | Image | Document]:
    return [Text(text=f"(Result of an earlier tool call, {result.call_id})"), *result.parts]


def _missing(call: ToolCall) -> ToolResult:
    return ToolResult(call_id=call.id, parts=(Text(text=_NO_RESULT),), is_error=True)
