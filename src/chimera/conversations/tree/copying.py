"""Copies of what was said, for a conversation of its own. Pure; sealed anew when they are kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from chimera.conversations.states import TitledBy
from chimera.conversations.tables import ConversationRow, MessageRow, PanelRow
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope

# Names messages of the other conversation, or is counted where the answer was given.
_LEFT: Final = frozenset({"context", "prompt_id", "prompt_version", "good", "remark"})
_SETTINGS: Final = (
    *("model", "system_prompt", "prompt", "persona", "temperature", "fallback_model", "has_panel"),
    *("folder_id", "temporary", "steps"),
)
_OF_PANEL: Final = ("seats", "policy", "limits", "seed")


def copy_of(source: ConversationRow, scope: Scope, now: datetime, title: str | None) -> ConversationRow:
    """A conversation with the same settings, in which nothing was said yet."""
    return ConversationRow(
        id=new_id(),
        owner_id=scope.actor_id,
        title=source.title if title is None else title,
        titled_by=source.titled_by if title is None else TitledBy.PERSON.value,
        created_at=now,
        updated_at=now,
        forked_from_id=source.id,
        **{name: getattr(source, name) for name in _SETTINGS},
    )


def copies(path: Sequence[MessageRow], conversation_id: UUID) -> list[MessageRow]:
    """What was said, when it was said, under ids of its own."""
    ids, turns = {row.id: new_id() for row in path}, {row.turn_id: new_id() for row in path}
    names = [one.key for one in MessageRow.__mapper__.column_attrs if one.key not in _LEFT]
    made: list[MessageRow] = []
    for row in path:
        copied = MessageRow(**{name: getattr(row, name) for name in names})
        copied.id, copied.turn_id, copied.conversation_id = ids[row.id], turns[row.turn_id], conversation_id
        copied.parent_id = None if row.parent_id is None else ids[row.parent_id]
        made.append(copied)
    return made


def copy_of_panel(panel: PanelRow, conversation_id: UUID) -> PanelRow:
    """The same participants under the same rules, with all their money."""
    return PanelRow(id=conversation_id, **{name: getattr(panel, name) for name in _OF_PANEL})
