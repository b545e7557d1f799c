"""What both readable formats tell of a message: who said it, when, and which branches there are. Pure."""

from collections.abc import Iterator
from typing import Literal, TypeAlias

from chimera.conversations.interchange.documents import ConversationDocument, MessageDocument, leaves_of, path_of
from chimera.llm import ToolResult
from chimera.llm.content import Text

Branches: TypeAlias = Literal["shown", "all"]


def speaker_of(message: MessageDocument) -> str:
    """Who said it, as it is told to people."""
    if message.role == "user":
        return "You"
    if message.speech is not None:
        return f"{message.speech.handle} ({message.model})" if message.model else message.speech.handle
    return message.model or "Assistant"


def moment_of(message: MessageDocument) -> str:
    return message.created_at.strftime("%Y-%m-%d %H:%M:%S UTC")


def branches_of(
    document: ConversationDocument, branches: Branches
) -> Iterator[tuple[int, tuple[MessageDocument, ...]]]:
    """The branch that is shown, then each other one from where it leaves those before; with its number from 1."""
    if branches == "shown":
        yield 1, path_of(document)
        return
    told: set[str] = set()
    for number, leaf in enumerate(leaves_of(document), 1):
        path = tuple(one for one in path_of(document, leaf) if one.id not in told)
        told |= {one.id for one in path}
        yield number, path


def result_of(part: ToolResult) -> str:
    return "\n".join(piece.text for piece in part.parts if isinstance(piece, Text))
