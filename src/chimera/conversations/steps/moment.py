"""What was said right before a message, as the steps look at it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chimera.conversations.encoding import decode_parts
from chimera.conversations.states import MessageStatus
from chimera.conversations.steps.noted import NO_NOTES, Noted, decode_noted
from chimera.conversations.tables import MessageRow
from chimera.llm import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A message, and what it follows.

    Attributes:
        own: What the conversation says itself of its steps, as it is kept.
        text: What the person says.
        bare: Whether nothing is attached to it.
        asked: What they said before, as earlier messages were looked through for it; empty at the beginning.
        answered: What was answered to that.
        noted: What was noted with that answer.
    """

    conversation_id: UUID
    own: str | None
    text: str
    bare: bool
    asked: str = ""
    answered: str = ""
    noted: Noted = NO_NOTES


def moment_of(conversation_id: UUID, own: str | None, path: Sequence[MessageRow]) -> Moment:
    """Of a path, root first, whose last message is what the person says."""
    last = path[-1]
    bare = all(isinstance(part, Text) for part in decode_parts(last.parts))
    moment = Moment(conversation_id=conversation_id, own=own, text=text_of(last), bare=bare)
    answers = (row for row in reversed(path[:-1]) if row.role == "assistant" and row.status != MessageStatus.FAILED)
    answer = next(answers, None)
    question = next((row for row in reversed(path[:-1]) if row.role == "user"), None)
    if question is None:
        return moment
    noted = decode_noted(answer.steps if answer else None)
    return Moment(
        conversation_id=conversation_id,
        own=own,
        text=moment.text,
        bare=bare,
        asked=noted.searched or text_of(question),
        answered=text_of(answer) if answer else "",
        noted=noted,
    )


def text_of(row: MessageRow) -> str:
    """The words of a message."""
    return "\n".join(part.text for part in decode_parts(row.parts) if isinstance(part, Text))
