"""Rows and journal entries in the shapes of the API. Signatures of thinking stay inside."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from functools import partial
from typing import Final, NamedTuple, assert_never
from uuid import UUID

import msgspec

from chimera.conversations.answer_schemas import ChoiceRead, FeedbackRead, OtherModelRead
from chimera.conversations.context import ContextReport
from chimera.conversations.context_schemas import ContextRead
from chimera.conversations.encoding import (
    decode_decision,
    decode_failure,
    decode_parts,
    decode_spoken,
    shown_memories,
)
from chimera.conversations.errors import ConversationNotFoundError, TurnNotFoundError
from chimera.conversations.journal import (
    Entry,
    Lost,
    OfPanel,
    PanelStopped,
    SpeechDelta,
    SpeechFinished,
    SpeechStarted,
    TurnFinished,
    TurnStarted,
)
from chimera.conversations.prompted.kept import decode_cast
from chimera.conversations.prompted.schemas import AnsweredWithRead, CastRead
from chimera.conversations.schemas import (
    ConversationRead,
    FailureRead,
    ImageRead,
    MessageRead,
    PartRead,
    PlacedMessageRead,
    Problem,
    SpeechRead,
    TextRead,
    ThinkingRead,
    ToolCallRead,
    ToolResultRead,
    TurnRead,
    UsageRead,
)
from chimera.conversations.service import ConversationView, Readers, TurnView
from chimera.conversations.states import ConversationState, MessageStatus, TitledBy, TurnStatus
from chimera.conversations.steps.rendering import clarification_read, recap_note, steps_read
from chimera.conversations.tables import ConversationRow, MessageRow
from chimera.conversations.title import title_of
from chimera.gateway.telling import Decision
from chimera.kit.money import usd
from chimera.kit.scope import Scope
from chimera.llm import (
    Document,
    Image,
    Part,
    Text,
    TextDelta,
    Thinking,
    ThinkingDelta,
    ToolCall,
    ToolCallDelta,
    ToolResult,
    UsageReported,
)
from chimera.prompts.bodies import decode_use
from chimera.prompts.endpoints.rendering import used_prompt
from chimera.store import DatabaseUnavailableError
from chimera.web.problems import problem
from chimera.web.sse import frame

_FIRST_WORDS: Final = 120


def conversation_read(view: ConversationView) -> ConversationRead:
    row = view.row
    return ConversationRead(
        id=row.id,
        title=row.title,
        model=row.model,
        system_prompt=row.system_prompt,
        temperature=row.temperature,
        fallback_model=row.fallback_model,
        prompt=used_prompt(decode_use(row.prompt)),
        persona=_cast(row),
        created_at=row.created_at,
        updated_at=row.updated_at,
        has_panel=row.has_panel,
        folder_id=row.folder_id,
        tags=list(view.tags),
        pinned=row.pinned,
        archived=row.archived,
        temporary=row.temporary,
        state=ConversationState(row.state),
        state_since=row.state_since,
        titled_by=None if row.titled_by is None else TitledBy(row.titled_by),
        steps=steps_read(row),
        message_count=view.message_count,
        active_turn_id=next(iter(view.active_turn_ids), None),
        active_turn_ids=list(view.active_turn_ids),
        forked_from_id=row.forked_from_id,
        forked_at_id=row.forked_at_id,
    )


def message_read(row: MessageRow) -> MessageRead:
    failure = decode_failure(row.error)
    return MessageRead(
        id=row.id,
        conversation_id=row.conversation_id,
        parent_id=row.parent_id,
        role="assistant" if row.role == "assistant" else "user",
        parts=[part_read(part) for part in decode_parts(row.parts)],
        model=row.model,
        status=MessageStatus(row.status),
        finish_reason=row.finish_reason,
        usage=_usage(row),
        cost_usd=None if row.cost_nusd is None else usd(row.cost_nusd),
        decision=_choice(decode_decision(row.decision)),
        prompt=_answered_with(row),
        pinned=row.pinned,
        error=None if failure is None else FailureRead(code=failure.code, detail=failure.detail),
        speech=_speech(row),
        clarification=clarification_read(row),
        recap=recap_note(row),
        cache=row.cache,
        feedback=None if row.good is None else FeedbackRead(good=row.good, text=row.remark),
        memories=list(shown_memories(row.context)),
        created_at=row.created_at,
    )


def _cast(row: ConversationRow) -> CastRead | None:
    cast = decode_cast(row.persona)
    return None if cast is None else CastRead.model_validate(msgspec.to_builtins(cast))


def _answered_with(row: MessageRow) -> AnsweredWithRead | None:
    if row.prompt_id is None or row.prompt_version is None:
        return None
    return AnsweredWithRead(id=row.prompt_id, version=row.prompt_version)


def placed_read(row: MessageRow, siblings: Sequence[UUID]) -> PlacedMessageRead:
    said = message_read(row)
    shared = {name: getattr(said, name) for name in MessageRead.model_fields}
    return PlacedMessageRead(**shared, siblings=list(siblings), sibling_index=siblings.index(row.id))


def first_words(row: MessageRow) -> str:
    """What a message begins with, cut as titles are."""
    parts = decode_parts(row.parts)
    return title_of(" ".join(part.text for part in parts if isinstance(part, Text)), _FIRST_WORDS)


def context_read(report: ContextReport, searched: str) -> ContextRead:
    return ContextRead.model_validate(msgspec.to_builtins(report) | {"searched": searched or None})


def turn_read(view: TurnView, request_id: str) -> TurnRead:
    turn = view.turn
    return TurnRead(
        id=turn.id,
        conversation_id=turn.conversation_id,
        status=TurnStatus(turn.status),
        user_message_id=turn.user_message_id,
        message=None if view.message is None else message_read(view.message),
        error=_problem(turn.error, request_id),
    )


class Told(NamedTuple):
    """An event of a turn, as every door tells it."""

    seq: int
    name: str
    data: dict[str, object]


async def turn_frames(
    readers: Readers, scope: Scope, turn_id: UUID, *, after: int, request_id: str
) -> AsyncGenerator[bytes, None]:
    """The turn as server-sent events; the last is `turn.finished`, also when it is deleted meanwhile.

    While the database stays away for longer than a turn survives, it ends without, and the client comes back.
    """
    try:
        async with aclosing(turn_told(readers, scope, turn_id, after=after, request_id=request_id)) as events:
            async for told in events:
                yield frame(told.name, msgspec.json.encode(told.data), id=told.seq)
    except DatabaseUnavailableError:
        return


async def turn_told(
    readers: Readers, scope: Scope, turn_id: UUID, *, after: int, request_id: str
) -> AsyncGenerator[Told, None]:
    """The events of the turn that come after number `after`; the last is `turn.finished`, also when it is deleted.

    Raises:
        DatabaseUnavailableError: if it stays away for longer than a turn survives.
    """
    try:
        async with aclosing(readers.follow(scope, turn_id, after)) as journal:
            async for numbered in journal:
                after = numbered.seq
                if isinstance(numbered.entry, TurnFinished):
                    ended = await readers.patiently(partial(readers.get, scope, turn_id))
                    yield Told(after, "turn.finished", _finished(numbered.entry, turn_read(ended, request_id)))
                else:
                    yield Told(after, *_event(numbered.entry))
    except TurnNotFoundError:
        gone = problem(ConversationNotFoundError("The conversation was deleted."), request_id)
        data = {"status": "interrupted", "finish_reason": None, "model": None, "message": None, "title": ""}
        yield Told(after + 1, "turn.finished", {**data, "error": gone})


def _finished(entry: TurnFinished, turn: TurnRead) -> dict[str, object]:
    return {
        "status": entry.status.value,
        "finish_reason": entry.finish_reason,
        "model": entry.model,
        "message": turn.message.model_dump(mode="json") if turn.message else None,
        "title": entry.title,
        "error": turn.error.model_dump(mode="json", exclude_none=True) if turn.error else None,
    }


def _event(entry: Entry) -> tuple[str, dict[str, object]]:
    match entry:
        case TurnStarted():
            return "turn.started", {name: getattr(entry, name) for name in entry.__struct_fields__}
        case TextDelta():
            return "text.delta", {"text": entry.text}
        case ThinkingDelta():
            return "thinking.delta", {"text": entry.text}
        case ToolCallDelta():
            call = {"index": entry.index, "id": entry.id, "name": entry.name, "arguments": entry.arguments}
            return "tool_call.delta", call
        case UsageReported(usage=usage):
            return "usage", {name: getattr(usage, name) for name in UsageRead.model_fields}
        case SpeechStarted() | SpeechDelta() | SpeechFinished() | PanelStopped():
            return _panel_event(entry)
        case TurnFinished():
            raise AssertionError("the last entry is rendered with its message")
        case Lost():
            raise AssertionError("readers are told of nothing that is lost")
        case _:
            assert_never(entry)


def _panel_event(entry: OfPanel) -> tuple[str, dict[str, object]]:
    """What each of several speakers says bears its message's id."""
    if isinstance(entry, SpeechDelta):
        name, data = _event(entry.heard)
        return name, {"message_id": entry.message_id, **data}
    return str(entry.__struct_config__.tag), {name: getattr(entry, name) for name in entry.__struct_fields__}


def part_read(part: Part) -> PartRead:
    """A part of a message as its owner reads it."""
    match part:
        case Text():
            return TextRead(text=part.text)
        case Thinking():
            return ThinkingRead(text=part.text)
        case Image():
            return ImageRead(url=part.url)
        case Document():
            return TextRead(text=part.name or "")
        case ToolCall():
            return ToolCallRead(id=part.id, name=part.name, arguments=part.arguments)
        case ToolResult():
            text = "".join(piece.text for piece in part.parts if isinstance(piece, Text))
            return ToolResultRead(call_id=part.call_id, text=text, is_error=part.is_error)
        case _:
            assert_never(part)


def _speech(row: MessageRow) -> SpeechRead | None:
    spoken = decode_spoken(row.speech)
    if spoken is None:
        return None
    return SpeechRead(
        participant_id=spoken.participant_id,
        handle=spoken.handle,
        role=spoken.role,
        round=spoken.round,
        why=spoken.why,
        impersonated=spoken.impersonated,
        replaced=spoken.replaced,
    )


def _choice(decision: Decision | None) -> ChoiceRead | None:
    if decision is None:
        return None
    return ChoiceRead(
        chosen=decision.chosen,
        confidence=decision.confidence,
        reasons=list(decision.reasons),
        alternatives=[OtherModelRead(model=other.model, why=other.why) for other in decision.alternatives],
        rejected=[OtherModelRead(model=other.model, why=other.why) for other in decision.rejected],
    )


def _usage(row: MessageRow) -> UsageRead | None:
    if row.input_tokens is None:
        return None
    return UsageRead(
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens or 0,
        cached_tokens=row.cached_tokens or 0,
        reasoning_tokens=row.reasoning_tokens or 0,
    )


def _problem(kept: str | None, request_id: str) -> Problem | None:
    failure = decode_failure(kept)
    return None if failure is None else Problem.model_validate(problem(failure.as_error(), request_id))
