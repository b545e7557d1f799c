"""A message of the path, as the context engine looks at it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chimera.conversations.states import MessageStatus
from chimera.llm import Part, Role, Text, ToolResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message of the path.

    Attributes:
        at: When it was said.
        speaker: Who said it, where more than two speak.
        model: Which model answered so; nothing else may see what it signed.
        pinned: Whether it is shown whatever else must go.
        vectors: Of its passages, one after the other; empty where they were not made.
        summary: What was said up to and with this message, in short; `None` where nobody made one here.
    """

    role: Role
    parts: tuple[Part, ...]
    status: MessageStatus = MessageStatus.COMPLETE
    id: UUID | None = None
    at: datetime | None = None
    speaker: str = ""
    model: str = ""
    pinned: bool = False
    vectors: bytes = b""
    summary: str | None = None

    @property
    def text(self) -> str:
        """Its words, those of tools among them; not what a model thought."""
        return "\n".join(text for part in self.parts if (text := _words(part)))


def _words(part: Part) -> str:
    match part:
        case Text(text=text):
            return text
        case ToolResult(parts=parts):
            return "\n".join(piece.text for piece in parts if isinstance(piece, Text))
        case _:
            return ""
