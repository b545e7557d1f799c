"""Documents as rows, and rows as documents. Pure."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, TypeVar
from uuid import UUID

from msgspec.structs import replace

from chimera.conversations.context import ContextReport
from chimera.conversations.encoding import (
    decode_context,
    decode_decision,
    decode_failure,
    decode_limits,
    decode_parts,
    decode_policy,
    decode_seats,
    decode_spoken,
    encode_context,
    encode_decision,
    encode_failure,
    encode_parts,
    encode_setting,
    encode_spoken,
)
from chimera.conversations.fields import MAX_TEXT
from chimera.conversations.interchange.documents import (
    VERSION,
    ConversationDocument,
    MessageDocument,
    PanelDocument,
    UsageDocument,
)
from chimera.conversations.states import MessageStatus, TitledBy
from chimera.conversations.steps.noted import Noted, decode_noted, encode_noted
from chimera.conversations.steps.recapping import decode_recap, encode_recap
from chimera.conversations.steps.settings import decode_own, encode_own
from chimera.conversations.tables import ConversationRow, MessageRow, PanelRow
from chimera.store.columns.sealed import LOST

T = TypeVar("T")
U = TypeVar("U")

_USAGE: Final = UsageDocument.__struct_fields__
_WARMEST: Final = 2.0
_NEXT: Final = timedelta(microseconds=1)
_RANDOM: Final = (1 << 80) - 1
_VERSION_AND_VARIANT: Final = (0x7 << 76) | (0b10 << 62)
_FIXED: Final = (0xF << 76) | (0b11 << 62)


def derived_id(conversation_id: UUID, name: str) -> UUID:
    """The id that something of a conversation gets by its name in a file: the same whenever it is taken in again.

    A UUIDv7 of the moment of the conversation's own, whose other bits are a hash in the place of chance.
    """
    digest = sha256(conversation_id.bytes + name.encode("utf-8", "surrogatepass")).digest()
    rest = int.from_bytes(digest[:10], "big") & _RANDOM & ~_FIXED | _VERSION_AND_VARIANT
    return UUID(int=(conversation_id.int >> 80 << 80) | rest)


def document_of(
    conversation: ConversationRow, messages: Sequence[MessageRow], panel: PanelRow | None
) -> ConversationDocument:
    """All that is kept of a conversation. What was lost with its key is empty, and said to be lost."""
    return ConversationDocument(
        version=VERSION,
        id=str(conversation.id),
        title=_unless_lost(conversation.title, ""),
        model=conversation.model,
        system_prompt=_unless_lost(conversation.system_prompt, None),
        temperature=conversation.temperature,
        fallback_model=conversation.fallback_model,
        created_at=conversation.created_at,
        updated_at=conversation.updated_at,
        leaf_id=_named(conversation.leaf_id),
        forked_from_id=_named(conversation.forked_from_id),
        forked_at_id=_named(conversation.forked_at_id),
        titled_by=None if conversation.titled_by is None else TitledBy(conversation.titled_by),
        steps=None if conversation.steps is None else decode_own(conversation.steps),
        has_panel=conversation.has_panel,
        panel=None if panel is None else _panel(panel),
        messages=tuple(_parents_first(messages)),
    )


def _parents_first(messages: Sequence[MessageRow]) -> Iterator[MessageDocument]:
    by_parent: dict[UUID | None, list[MessageRow]] = {}
    known = {row.id for row in messages}
    for row in messages:
        by_parent.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)
    left = list(reversed(by_parent.get(None, ())))
    while left:
        row = left.pop()
        yield _message(row)
        left += reversed(by_parent.get(row.id, ()))


def _message(row: MessageRow) -> MessageDocument:
    parts = _unless_lost(row.parts, None)
    return MessageDocument(
        id=str(row.id),
        parent_id=_named(row.parent_id),
        role="assistant" if row.role == "assistant" else "user",
        created_at=row.created_at,
        parts=() if parts is None else decode_parts(parts),
        status=MessageStatus(row.status),
        model=row.model,
        finish_reason=row.finish_reason,
        usage=UsageDocument(**{name: getattr(row, name) for name in _USAGE}),
        cost_nusd=row.cost_nusd,
        decision=decode_decision(row.decision),
        context=decode_context(row.context),
        pinned=row.pinned,
        summary=_unless_lost(row.summary, None),
        error=decode_failure(_unless_lost(row.error, None)),
        speech=decode_spoken(_unless_lost(row.speech, None)),
        steps=_noted(_unless_lost(row.steps, None)),
        recap=decode_recap(_unless_lost(row.recap, None)),
        turn_id=str(row.turn_id),
        lost=parts is None,
        cache=row.cache,
        good=row.good,
        remark=_unless_lost(row.remark, None),
    )


def _panel(panel: PanelRow) -> PanelDocument | None:
    seats = _unless_lost(panel.seats, None)
    if seats is None:
        return None
    return PanelDocument(
        seats=decode_seats(seats),
        policy=decode_policy(panel.policy),
        limits=decode_limits(panel.limits),
        seed=panel.seed,
        spent_nusd=panel.spent_nusd,
    )


def conversation_row(document: ConversationDocument, id: UUID, owner_id: UUID, now: datetime) -> ConversationRow:
    """The conversation without its messages; its moments are not after now."""
    created = min(document.created_at, now)
    temperature = document.temperature
    return ConversationRow(
        id=id,
        owner_id=owner_id,
        title=document.title,
        model=document.model,
        system_prompt=document.system_prompt and document.system_prompt[:MAX_TEXT],
        temperature=temperature if temperature is not None and 0 <= temperature <= _WARMEST else None,
        fallback_model=document.fallback_model,
        created_at=created,
        updated_at=max(created, min(document.updated_at, now)),
        has_panel=document.has_panel,
        titled_by=document.titled_by and document.titled_by.value,
        steps=document.steps and encode_own(document.steps),
    )


def panel_row(panel: PanelDocument, id: UUID) -> PanelRow:
    return PanelRow(
        id=id,
        seats=encode_setting(panel.seats),
        policy=encode_setting(panel.policy),
        limits=encode_setting(panel.limits),
        seed=panel.seed,
        spent_nusd=panel.spent_nusd,
    )


def message_rows(
    document: ConversationDocument, conversation_id: UUID, known: Callable[[str], UUID], now: datetime
) -> Iterator[MessageRow]:
    """A row for each message, parents first.

    Args:
        document: Whose messages follow their parents.
        conversation_id: Of the conversation here.
        known: The id here of a message that the file calls so.
        now: No message was said after it.
    """
    turns: dict[str, str] = {}
    taken: set[tuple[str | None, datetime]] = set()
    for one in document.messages:
        before = turns.get(one.parent_id or "", "")
        turns[one.id] = one.turn_id or (one.id if one.role == "user" else before or one.id)
        at = min(one.created_at, now)
        # Those that follow one message keep their order, even if the file says that all were said at once.
        while (one.parent_id, at) in taken:
            at += _NEXT
        taken.add((one.parent_id, at))
        yield MessageRow(
            id=known(one.id),
            conversation_id=conversation_id,
            parent_id=None if one.parent_id is None else known(one.parent_id),
            turn_id=derived_id(conversation_id, f"turn {turns[one.id]}"),
            role=one.role,
            parts=encode_parts(one.parts),
            status=one.status.value,
            model=one.model,
            finish_reason=one.finish_reason,
            cost_nusd=one.cost_nusd,
            decision=encode_decision(one.decision),
            context=encode_context(one.context and _renamed(one.context, known)),
            pinned=one.pinned,
            summary=one.summary,
            error=encode_failure(one.error),
            speech=None if one.speech is None else encode_spoken(one.speech),
            steps=one.steps and encode_noted(one.steps),
            recap=one.recap and encode_recap(one.recap),
            cache=one.cache,
            good=one.good,
            remark=one.remark,
            created_at=at,
            **{name: getattr(one.usage, name) for name in _USAGE},
        )


def _renamed(report: ContextReport, known: Callable[[str], UUID]) -> ContextReport:
    """The report with the ids that messages have here."""

    def one(id: UUID | None) -> UUID | None:
        return None if id is None else known(str(id))

    def each(ids: tuple[UUID, ...]) -> tuple[UUID, ...]:
        return tuple(known(str(each_id)) for each_id in ids)

    return replace(
        report,
        history_from=one(report.history_from),
        summarised_to=one(report.summarised_to),
        pinned=each(report.pinned),
        retrieved=each(report.retrieved),
        compressed=each(report.compressed),
    )


def _unless_lost(value: T, instead: U) -> T | U:
    return instead if value is LOST else value


def _noted(kept: str | None) -> Noted | None:
    return None if kept is None else decode_noted(kept)


def _named(id: UUID | None) -> str | None:
    return None if id is None else str(id)
