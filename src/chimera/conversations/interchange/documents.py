"""A conversation as a file holds it, whole: our own format, version 1, and what others are turned into. Pure.

It is told in `docs/reference/export-and-import.md`. A field that is added has a default; whatever else changes raises
the version.
"""

from datetime import datetime
from typing import Final, Literal

from msgspec import Struct

from chimera.conversations.context import ContextReport
from chimera.conversations.encoding import Failure, Spoken
from chimera.conversations.panels.limits import Limits
from chimera.conversations.panels.participants import Participant
from chimera.conversations.panels.settings import Policy
from chimera.conversations.states import MessageStatus, TitledBy
from chimera.conversations.steps.noted import Noted
from chimera.conversations.steps.recapping import Recap
from chimera.conversations.steps.settings import OwnSteps
from chimera.gateway.telling import Decision
from chimera.llm import Part

VERSION: Final = 1
FORMAT: Final = "chimera.conversation"


class UsageDocument(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Tokens of one answer; `None` where nobody counted them."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None
    reasoning_tokens: int | None = None


class MessageDocument(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message.

    Attributes:
        id: As the file calls it: a UUID in ours, anything in others.
        parent_id: The message before it; none for a first one.
        turn_id: Messages of one turn have the same.
        lost: Whether its words were sealed with a key that was destroyed.
    """

    id: str
    parent_id: str | None = None
    role: Literal["user", "assistant"]
    created_at: datetime
    parts: tuple[Part, ...] = ()
    status: MessageStatus = MessageStatus.COMPLETE
    model: str | None = None
    finish_reason: str | None = None
    usage: UsageDocument = UsageDocument()
    cost_nusd: int | None = None
    decision: Decision | None = None
    context: ContextReport | None = None
    pinned: bool = False
    summary: str | None = None
    error: Failure | None = None
    speech: Spoken | None = None
    steps: Noted | None = None
    recap: Recap | None = None
    turn_id: str | None = None
    lost: bool = False
    cache: str | None = None
    good: bool | None = None
    remark: str | None = None


class PanelDocument(Struct, frozen=True, kw_only=True):
    """The panel of a conversation, and what it has spent."""

    seats: tuple[Participant, ...]
    policy: Policy
    limits: Limits
    seed: int
    spent_nusd: int = 0


class ConversationDocument(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="format", tag="chimera.conversation"
):
    """A conversation with all its branches, parents before their children.

    Attributes:
        leaf_id: The last message of the branch that is shown.
        forked_from_id: The conversation whose messages it began with.
        forked_at_id: The last of these, by its id there.
    """

    version: int
    id: str
    title: str = ""
    model: str | None = None
    system_prompt: str | None = None
    temperature: float | None = None
    fallback_model: str | None = None
    created_at: datetime
    updated_at: datetime
    leaf_id: str | None = None
    forked_from_id: str | None = None
    forked_at_id: str | None = None
    titled_by: TitledBy | None = None
    steps: OwnSteps | None = None
    has_panel: bool = False
    panel: PanelDocument | None = None
    messages: tuple[MessageDocument, ...] = ()


class Read(Struct, frozen=True, kw_only=True):
    """What became of one conversation of a file.

    Attributes:
        source: Where it was said: `chimera`, `chatgpt`, `claude`, `open_webui` or `librechat`.
        warnings: What could not be carried over as it was, a sentence each.
    """

    source: Literal["chimera", "chatgpt", "claude", "open_webui", "librechat"]
    document: ConversationDocument
    warnings: tuple[str, ...] = ()


def path_of(document: ConversationDocument, leaf_id: str | None = None) -> tuple[MessageDocument, ...]:
    """Messages of a branch from its root on: of the one that is shown, unless a leaf is named."""
    by_id = {one.id: one for one in document.messages}
    path: list[MessageDocument] = []
    at = leaf_id if leaf_id is not None else document.leaf_id
    while at is not None and (message := by_id.pop(at, None)) is not None:
        path.append(message)
        at = message.parent_id
    return tuple(reversed(path))


def leaves_of(document: ConversationDocument) -> tuple[str, ...]:
    """The last message of each branch, the one that is shown first."""
    parents = {one.parent_id for one in document.messages}
    found = [one.id for one in document.messages if one.id not in parents]
    return tuple(sorted(found, key=lambda leaf: leaf != document.leaf_id))
