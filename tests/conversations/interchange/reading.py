"""Files of exports, and what is read of them."""

import io
import json
from datetime import UTC, datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from chimera.conversations.interchange.documents import ConversationDocument, MessageDocument, Read
from chimera.conversations.interchange.items import Bounds, Failed, Item, items
from chimera.llm import Part, Text, Thinking, ToolCall

NOW = datetime(2026, 11, 22, tzinfo=UTC)
BOUNDS = Bounds(file_bytes=50_000_000, conversation_bytes=2_000_000, messages=30_000)


def all_of(content: bytes, bounds: Bounds = BOUNDS) -> list[Item | Failed]:
    return list(items(io.BytesIO(content), bounds, NOW))


def read(value: Any) -> Read:
    """The one conversation of a file."""
    [item] = all_of(json.dumps([value]).encode())
    assert isinstance(item, Item), item
    return item.read


def failures(found: list[Item | Failed]) -> list[str]:
    return [one.code for one in found if isinstance(one, Failed)]


def ids(found: list[Item | Failed]) -> list[str]:
    return [one.read.document.id for one in found if isinstance(one, Item)]


def zipped(files: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with ZipFile(held, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


def words(message: MessageDocument) -> list[str]:
    return [_word(part) for part in message.parts]


def _word(part: Part) -> str:
    match part:
        case Text(text=text):
            return text
        case Thinking(text=text):
            return f"thought: {text}"
        case ToolCall(name=name, arguments=arguments):
            return f"{name} {arguments}"
        case _:
            return type(part).__name__


def tree(document: ConversationDocument) -> dict[str, str | None]:
    return {one.id: one.parent_id for one in document.messages}
