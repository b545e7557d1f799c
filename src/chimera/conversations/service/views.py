"""What the use cases hand to the surfaces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from chimera.conversations.tables import ConversationRow, MessageRow, TurnRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationView:
    """A conversation and what is counted about it.

    Attributes:
        active_turn_ids: Turns that are being written: several are answers to one question.
    """

    row: ConversationRow
    message_count: int
    active_turn_ids: Sequence[UUID]
    tags: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnView:
    """A turn and its answer as far as it was kept."""

    turn: TurnRow
    message: MessageRow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesView:
    """A stretch of a branch, oldest first; `has_more` tells of older ones.

    Attributes:
        siblings: Of each message, all that follow the same one, itself too, oldest first.
    """

    rows: list[MessageRow]
    has_more: bool
    siblings: Mapping[UUID, Sequence[UUID]]
