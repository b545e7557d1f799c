"""A conversation as Markdown, to be read. Pure."""

from collections.abc import Iterator
from typing import assert_never

from chimera.conversations.interchange.documents import ConversationDocument, MessageDocument
from chimera.conversations.interchange.formats.pieces import fenced
from chimera.conversations.interchange.writers.telling import Branches, branches_of, moment_of, result_of, speaker_of
from chimera.llm import Document, Image, Part, Text, Thinking, ToolCall, ToolResult

_LOST = "*Lost: the key that it was sealed with was destroyed.*"


def write(document: ConversationDocument, branches: Branches = "shown") -> bytes:
    return "\n".join(_lines(document, branches)).encode("utf-8", "replace")


def _lines(document: ConversationDocument, branches: Branches) -> Iterator[str]:
    yield f"# {' '.join(document.title.split()) or 'Conversation'}"
    yield ""
    if document.system_prompt:
        yield from ("> " + line for line in document.system_prompt.splitlines())
        yield ""
    for number, path in branches_of(document, branches):
        if number > 1 and path:
            yield f"---\n\n*Branch {number}, after what is told above up to the message before.*\n"
        for message in path:
            yield from _message(message)


def _message(message: MessageDocument) -> Iterator[str]:
    pinned = " 📌" if message.pinned else ""
    yield f"## {speaker_of(message)}, {moment_of(message)}{pinned}"
    yield ""
    if message.lost:
        yield _LOST + "\n"
    for part in message.parts:
        yield _part(part)
        yield ""
    if message.error is not None:
        yield f"*{message.error.detail}*\n"


def _part(part: Part) -> str:
    match part:
        case Text():
            return part.text
        case Thinking():
            return "\n".join(f"> {line}" for line in part.text.splitlines())
        case Image():
            return f"![image]({part.url})" if part.url.startswith("data:image/") else f"[image]({part.url})"
        case Document():
            return f"[{part.name or 'file'}]"
        case ToolCall():
            return f"**{part.name}**\n\n{fenced(part.arguments, 'json')}"
        case ToolResult():
            return fenced(result_of(part))
        case _:
            assert_never(part)
