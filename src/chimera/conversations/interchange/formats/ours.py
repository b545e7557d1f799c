"""Our own format, read back: nothing is believed that only this server can know of its messages. Pure."""

import re
from datetime import datetime
from typing import Final

import msgspec
from msgspec.structs import replace

from chimera.conversations.fields import MAX_TEXT
from chimera.conversations.interchange.documents import (
    FORMAT,
    VERSION,
    ConversationDocument,
    MessageDocument,
    PanelDocument,
    Read,
    UsageDocument,
)
from chimera.conversations.interchange.formats.growing import Node, grown, parents_first
from chimera.conversations.interchange.formats.pieces import picture_at
from chimera.conversations.interchange.reading.told import Told, clean, in_range, short
from chimera.conversations.panels.limits import LONGEST_S, MOST_SEATS, MOST_TURNS, Limits
from chimera.conversations.panels.participants import Participant, may_be_called
from chimera.conversations.panels.settings import Policy, Volunteer, seat_of
from chimera.conversations.panels.structured import MOST_BID
from chimera.conversations.states import MessageStatus
from chimera.llm import Image, Part, Text, Thinking, ToolCall

_MOST_NUSD: Final = 2**53
MAX_REMARK: Final = 4_000
_COLOUR: Final = re.compile("#[0-9a-f]{6}")
_LONGEST_AVATAR: Final = 16
_SIGNED: Final = "{} answers bore a provider's signature, which is not taken over."


class ForeignVersionError(ValueError):
    """Written by a later version of this program."""


def is_one(told: Told) -> bool:
    return told["format"].text == FORMAT


def read(told: Told) -> Read:
    """Read a conversation as `writers.ours` wrote it, or as somebody says that it did.

    Raises:
        ForeignVersionError: if its version is not ours.
        ValueError: if it is not as the format says.
    """
    if told["version"].value != VERSION:
        raise ForeignVersionError(
            f"It has version {told['version'].value!r} of the format; this server reads {VERSION}."
        )
    try:
        document = msgspec.convert(told.value, ConversationDocument, strict=False)
    except msgspec.ValidationError as error:
        raise ValueError(f"{error}.") from error
    tree = grown(Node(id=one.id, parent_id=one.parent_id) for one in document.messages)
    by_id = {one.id: one for one in reversed(document.messages)}
    updated_at = in_range(document.updated_at)
    created_at = in_range(document.created_at) or updated_at
    if created_at is None:
        raise ValueError("it took place at no time that there is.")
    messages = [_message(by_id[node.id], node.parent_id, created_at) for node in parents_first(tree)]
    signed = sum(_is_signed(one.parts) for one in document.messages)
    known = {one.id for one in messages}
    checked = replace(
        document,
        title=short(clean(document.title)),
        model=_word(document.model),
        fallback_model=_word(document.fallback_model),
        created_at=created_at,
        updated_at=updated_at or created_at,
        leaf_id=document.leaf_id if document.leaf_id in known else (messages[-1].id if messages else None),
        panel=None if document.panel is None else _panel(document.panel),
        messages=tuple(messages),
    )
    warnings = (*tree.warnings(), *((_SIGNED.format(signed),) if signed else ()))
    return Read(source="chimera", document=checked, warnings=warnings)


def _message(message: MessageDocument, parent_id: str | None, began_at: datetime) -> MessageDocument:
    # Nobody writes it here.
    is_cut = message.status is MessageStatus.STREAMING
    return replace(
        message,
        parent_id=parent_id,
        created_at=in_range(message.created_at) or began_at,
        status=MessageStatus.INTERRUPTED if is_cut else message.status,
        parts=tuple(part for one in message.parts for part in _part(one)),
        model=_word(message.model),
        finish_reason=_word(message.finish_reason),
        cache=_word(message.cache),
        remark=message.remark and message.remark[:MAX_REMARK],
        usage=UsageDocument(**{name: _bounded(getattr(message.usage, name), 2**31 - 1) for name in _COUNTS}),
        cost_nusd=_bounded(message.cost_nusd, _MOST_NUSD),
    )


_COUNTS: Final = UsageDocument.__struct_fields__


def _part(part: Part) -> tuple[Part, ...]:
    """A part without what a provider signed: nobody knows whose it is, and models take it for their own."""
    match part:
        case Thinking(redacted=True):
            return ()
        case Thinking():
            return (Thinking(text=part.text),)
        case ToolCall():
            return (replace(part, signature=None),)
        case Image():
            kept = picture_at(part.url)
            return (replace(part, url=kept.url),) if isinstance(kept, Image) else (kept,)
        case Text(citations=citations):
            return (replace(part, citations=tuple(replace(one, source=None, origin=None) for one in citations)),)
        case _:
            return (part,)


def _is_signed(parts: tuple[Part, ...]) -> bool:
    return any(isinstance(part, Thinking | ToolCall) and part.signature is not None for part in parts)


def _panel(panel: PanelDocument) -> PanelDocument:
    if not 0 < len(panel.seats) <= MOST_SEATS:
        raise ValueError(f"its panel has {len(panel.seats)} participants, of which there may be {MOST_SEATS}")
    handles = [one.handle.casefold() for one in panel.seats]
    seat = seat_of(panel.policy)
    if len(set(handles)) < len(handles) or not all(may_be_called(one.handle) for one in panel.seats):
        raise ValueError("the names of its panel's participants clash")
    if seat is not None and seat.casefold() not in handles:
        raise ValueError("its panel gives a part to nobody")
    return replace(
        panel,
        seats=tuple(map(_seat, panel.seats)),
        policy=_policy(panel.policy),
        limits=_limits(panel.limits),
        seed=panel.seed % 2**31,
        spent_nusd=_bounded(panel.spent_nusd, _MOST_NUSD) or 0,
    )


def _seat(one: Participant) -> Participant:
    return replace(
        one,
        model=short(clean(one.model)),
        persona=one.persona[:MAX_TEXT],
        budget_nusd=_bounded(one.budget_nusd, _MOST_NUSD),
        colour=one.colour if _COLOUR.fullmatch(one.colour) else "",
        avatar=clean(one.avatar)[:_LONGEST_AVATAR],
    )


def _policy(policy: Policy) -> Policy:
    return (
        replace(policy, threshold=_within(policy.threshold, 0, MOST_BID)) if isinstance(policy, Volunteer) else policy
    )


def _limits(limits: Limits) -> Limits:
    seconds = limits.seconds if limits.seconds is not None and limits.seconds > 0 else None
    return replace(
        limits,
        turns=_within(limits.turns, 1, MOST_TURNS),
        rounds=_within(limits.rounds, 1, MOST_TURNS),
        budget_nusd=_bounded(limits.budget_nusd, _MOST_NUSD),
        tokens=_bounded(limits.tokens, 2**31 - 1),
        seconds=None if seconds is None else min(seconds, LONGEST_S),
    )


def _word(name: str | None) -> str | None:
    return None if name is None else short(clean(name)) or None


def _bounded(count: int | None, most: int) -> int | None:
    return None if count is None else _within(count, 0, most)


def _within(count: int, least: int, most: int) -> int:
    return min(max(count, least), most)
