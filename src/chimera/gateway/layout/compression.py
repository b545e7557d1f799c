"""Fewer tokens for the same words: blanks, JSON, and what was said before. Code and quotations stay as they are.

Each message is changed by what stands in it and before it, never by what follows: so the prefix of a conversation stays
the same from call to call, and the provider's prompt cache holds.
"""

import json
import re
from collections.abc import Iterator

from msgspec.structs import replace

from chimera.llm import Message, Part, Request, Text, ToolResult

# Below this, a pointer to what was said before is hardly shorter, and repetition may be meant.
_SHORTEST_BLOCK = 200
_SHOWN = 48
_LONGEST_JSON = 2_000_000

_FENCE = re.compile(r"^\s{0,3}(```|~~~)")
# What may carry meaning in its blanks: code, quotations, tables, and lines that are indented.
_MEANT = re.compile("[\"'`|\t\\\\\u2018\u2019\u201c\u201d\u00ab\u00bb\u300c\u300d]|^ {2,}")
_OPENING, _CLOSING = "\u201c\u00ab\u300c", "\u201d\u00bb\u300d"
_BLANKS = re.compile(r"(?<=\S) {2,}(?=\S)")
_JSON_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s"]+')


def compressed(request: Request) -> Request:
    """The request with less in it. The last message of the user stays as it is, as do the system prompt's blocks."""
    seen: set[str] = set()
    for text in request.system:
        seen.update(block for block in _blocks(text.text) if _is_long(block))
    last = max((place for place, message in enumerate(request.messages) if message.role == "user"), default=-1)
    messages: list[Message] = []
    for place, message in enumerate(request.messages):
        parts = message.parts if place == last else tuple(_part(part, message.role, seen) for part in message.parts)
        messages.append(message if parts == message.parts else replace(message, parts=parts))
    if tuple(messages) == request.messages:
        return request
    return replace(request, messages=tuple(messages), original=None)


def _part(part: Part, role: str, seen: set[str]) -> Part:
    match part:
        case Text() if role != "assistant":  # what the model said itself, some providers want back as it was
            text = without_repeats(tidied(part.text), seen)
            return part if text == part.text else replace(part, text=text)
        case ToolResult():
            inner = tuple(_result(each, seen) if isinstance(each, Text) else each for each in part.parts)
            return part if inner == part.parts else replace(part, parts=inner)
        case _:
            return part


def _result(text: Text, seen: set[str]) -> Text:
    shorter = minified(text.text)
    if shorter is None:
        shorter = without_repeats(tidied(text.text), seen)
    return text if shorter == text.text else replace(text, text=shorter)


def minified(text: str) -> str | None:
    """JSON without the blanks between its tokens; `None` for what is no JSON object or array.

    Strings, numbers and their order stay to the letter: nothing is read and written anew.
    """
    stripped = text.strip()
    if len(text) > _LONGEST_JSON or not stripped.startswith(("{", "[")):
        return None
    try:
        json.loads(stripped)
    except (ValueError, RecursionError):
        return None
    return "".join(match.group() for match in _JSON_PIECE.finditer(stripped))


def tidied(text: str) -> str:
    """Runs of blanks within lines of plain prose become one, runs of empty lines become one empty line."""
    return "".join(piece if is_code else _tidied_prose(piece) for piece, is_code in _pieces(text))


def _tidied_prose(text: str) -> str:
    kept: list[str] = []
    straight, depth = 0, 0
    for line in text.split("\n"):
        quoted = straight % 2 == 1 or depth > 0
        straight += line.count('"')
        depth = max(0, depth + sum((sign in _OPENING) - (sign in _CLOSING) for sign in line))
        if not quoted and not line.strip(" ") and kept and not kept[-1].strip(" "):
            continue
        kept.append(line if quoted or _MEANT.search(line) else _BLANKS.sub(" ", line))
    return "\n".join(kept)


def without_repeats(text: str, seen: set[str]) -> str:
    """Long blocks of prose that stand in `seen` become a pointer to them; the others are added to it."""
    if len(text) < _SHORTEST_BLOCK:
        return text
    return "".join(piece if is_code else _once(piece, seen) for piece, is_code in _pieces(text))


def _once(text: str, seen: set[str]) -> str:
    kept: list[str] = []
    for block in _blocks(text):
        if _is_long(block) and block in seen:
            kept.append(f"[As above: {block[:_SHOWN].rstrip()} …]")
            continue
        if _is_long(block):
            seen.add(block)
        kept.append(block)
    return "\n\n".join(kept)


def _blocks(text: str) -> list[str]:
    return text.split("\n\n")


def _is_long(block: str) -> bool:
    """Whether a block is worth a pointer; one with half a quotation is left alone."""
    return len(block) >= _SHORTEST_BLOCK and block.count('"') % 2 == 0


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, and of each whether it is fenced code; together they are the text."""
    piece: list[str] = []
    fence = ""
    for line in text.splitlines(keepends=True):
        found = _FENCE.match(line)
        if found and not fence:
            yield "".join(piece), False
            piece, fence = [line], found.group(1)
        elif found and found.group(1) == fence:
            yield "".join([*piece, line]), True
            piece, fence = [], ""
        else:
            piece.append(line)
    yield "".join(piece), bool(fence)
