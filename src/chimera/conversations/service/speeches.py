"""How a speech of a panel ends, whoever ends it: its writer, or the reaper after the writer's death."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chimera.conversations.encoding import Failure, Spoken, encode_failure, encode_parts, encode_spoken
from chimera.conversations.journal import Entry, Heard, SpeechFinished, heard_of, replay, unfinished
from chimera.conversations.repository import KeptMessages, KeptPanels
from chimera.conversations.service.closing import INTERRUPTED
from chimera.conversations.states import MessageStatus
from chimera.conversations.tables import TurnRow
from chimera.kit.scope import Scope
from chimera.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A speech as it is kept.

    Attributes:
        cost_nusd: `None` where nobody knows.
        held_nusd: What was set aside for it.
        spent_nusd: How much of that is gone.
    """

    message_id: UUID
    entries: Sequence[Heard]
    status: MessageStatus
    model: str
    spoken: Spoken | None = None
    finish_reason: str | None = None
    failure: Failure | None = None
    cost_nusd: int | None = None
    held_nusd: int = 0
    spent_nusd: int = 0


async def keep(tx: Transaction, scope: Scope, conversation_id: UUID, ended: Ended) -> None:
    """Write a speech and give the rest of its money back to the panel. What was done already is not done again."""
    answer = replay(ended.entries)
    messages = KeptMessages(tx, scope)
    statement = messages.being_written(ended.message_id).values(
        parts=encode_parts(answer.parts),
        status=ended.status.value,
        model=ended.model,
        finish_reason=ended.finish_reason,
        error=encode_failure(ended.failure),
        cost_nusd=ended.cost_nusd,
    )
    if ended.spoken is not None:
        statement = statement.values(speech=encode_spoken(ended.spoken))
    if answer.usage is not None:
        usage = answer.usage
        statement = statement.values(
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cached_tokens=usage.cached_tokens,
            cache_write_tokens=usage.cache_write_tokens,
            reasoning_tokens=usage.reasoning_tokens,
        )
    if not await messages.run(statement):
        return
    panel = await KeptPanels(tx, scope).get(conversation_id)
    if panel is not None:
        panel.held_nusd -= ended.held_nusd
        panel.spent_nusd += ended.spent_nusd


async def interrupt(tx: Transaction, scope: Scope, turn: TurnRow, journal: Sequence[Entry]) -> Sequence[SpeechFinished]:
    """End the speeches that a dead writer had begun; what was held for them is taken for spent.

    Returns what the journal is to say of it.
    """
    left = unfinished(journal)
    for begun in left:
        ended = Ended(
            message_id=begun.message_id,
            entries=heard_of(journal, begun.message_id),
            status=MessageStatus.INTERRUPTED,
            model=begun.model,
            failure=INTERRUPTED.failure,
        )
        await keep(tx, scope, turn.conversation_id, ended)
    panel = await KeptPanels(tx, scope).get(turn.conversation_id)
    if panel is not None:
        panel.spent_nusd, panel.held_nusd = panel.spent_nusd + panel.held_nusd, 0
    return [SpeechFinished(message_id=begun.message_id, status=MessageStatus.INTERRUPTED) for begun in left]
