"""What the use cases hand to the surfaces."""

from dataclasses import dataclass
from uuid import UUID

from chimera.conversations.tables import ConversationRow, MessageRow, TurnRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationView:
    """A conversation and what is counted about it."""

    row: ConversationRow
    message_count: int
    active_turn_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnView:
    """A turn and its answer as far as it was kept."""

    turn: TurnRow
    message: MessageRow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesView:
    """A stretch of a branch, oldest first; `has_more` tells of older ones."""

    rows: list[MessageRow]
    has_more: bool
