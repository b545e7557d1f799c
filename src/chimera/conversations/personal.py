"""What is kept here of people: their conversations, each as data and as something to read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from chimera.conversations.interchange.tables import ConversationImportRow
from chimera.conversations.lifecycle.tables import RetiredRow
from chimera.conversations.remembering.tables import ConversationMemoryRow
from chimera.conversations.search.tables import SearchEntryRow, SearchSegmentRow
from chimera.conversations.shares.tables import ShareRow
from chimera.conversations.tables import ConversationRow, FolderRow, MessageRow, PanelRow, TaggedRow, TagRow, TurnRow
from chimera.store.ageing import Ageing
from chimera.store.personal import Part, Personal, Told

_LOST: Final = "*Lost: the key that it was sealed with was destroyed.*"


def markdown(conversation: Told, parts: Mapping[str, Sequence[Told]]) -> str:
    """All messages, in the order in which they were said."""
    lines = [f"# {conversation['title'] or 'Conversation'}", ""]
    for message in sorted(parts["messages"], key=_when):
        speech = message["speech"]
        speaker = speech["handle"] if isinstance(speech, dict) else message["role"]
        lines += [f"## {speaker}, {message['created_at']}", ""]
        parts_said = [{"text": _LOST}] if message["parts"] is None else message["parts"]
        lines += [str(part["text"]) for part in parts_said if isinstance(part, dict) and "text" in part]
        lines.append("")
    return "\n".join(lines)


def _when(message: Told) -> tuple[str, bool]:
    """A question was kept at the same moment as the answer that began to be written."""
    return str(message["created_at"]), message["role"] != "user"


PERSONAL: Final = (
    Personal(
        table=ConversationRow,
        person="owner_id",
        parts=(
            Part(table=MessageRow, parent="conversation_id", hidden=frozenset({"vectors"})),
            Part(table=PanelRow, parent="id"),
            Part(table=ConversationMemoryRow, parent="id"),
            Part(table=RetiredRow, parent="id"),
        ),
        readable=markdown,
    ),
    Personal(table=TurnRow, person="owner_id"),
    # Whoever reads an export must not be able to open the links.
    Personal(table=ShareRow, person="owner_id", hidden=frozenset({"token_hash", "frozen"})),
    Personal(table=ConversationImportRow, person="owner_id", hidden=frozenset({"digest"})),
    # An index of what is told above, and gone with it.
    Personal(table=SearchEntryRow, person="owner_id", shown=False),
    Personal(table=SearchSegmentRow, person="owner_id", shown=False),
    Personal(table=FolderRow, person="owner_id"),
    Personal(table=TagRow, person="owner_id", parts=(Part(table=TaggedRow, parent="tag_id"),)),
)
_CONVERSATIONS: Final = Ageing(kind="conversations", table=ConversationRow, moment="updated_at", person="owner_id")
AGEING: Final = (_CONVERSATIONS, replace(_CONVERSATIONS, kind="temporary", only="temporary"))
