"""What of a message or a title can be found. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from chimera.conversations.encoding import decode_parts
from chimera.conversations.search.segments import Doc, field
from chimera.conversations.search.words import terms_of
from chimera.llm import Text

Line: TypeAlias = tuple[Any, ...]
TITLE = "title"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A text that can be found.

    Attributes:
        id: The message's; of a title, the conversation's.
        role: `title`, or who said it.
    """

    id: UUID
    at: datetime
    conversation_id: UUID
    role: str
    model: str | None
    text: str

    @property
    def at_ms(self) -> int:
        return int(self.at.timestamp() * 1000)

    @property
    def fields(self) -> Sequence[str]:
        """What it is found by beside its words."""
        told = [field("role", self.role), field("conversation", self.conversation_id.hex)]
        return [*told, field("model", self.model)] if self.model else told

    def doc(self) -> Doc:
        return Doc(id=self.id, at_ms=self.at_ms, words=terms_of(self.text), fields=self.fields)


def of_message(line: Line) -> Found:
    message_id, at, conversation_id, role, model, parts, *_ = line
    return Found(id=message_id, at=at, conversation_id=conversation_id, role=role, model=model, text=spoken(parts))


def of_title(line: Line) -> Found:
    conversation_id, at, title = line
    return Found(id=conversation_id, at=at, conversation_id=conversation_id, role=TITLE, model=None, text=title)


def spoken(parts: str) -> str:
    """The words of a message, as they are kept; not what a model thought, nor what tools said."""
    return "\n".join(part.text for part in decode_parts(parts) if isinstance(part, Text))
