"""How a turn ends, whoever ends it: its writer, or the reaper after the writer's death."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chimera.conversations.context import ContextReport
from chimera.conversations.encoding import Failure, encode_context, encode_decision, encode_failure, encode_parts
from chimera.conversations.errors import TurnInterruptedError
from chimera.conversations.journal import Entry, Heard, Numbered, TurnFinished, numbered, replay
from chimera.conversations.keeping.waking import wake
from chimera.conversations.repository import KeptEntries, KeptMessages, KeptTurns
from chimera.conversations.states import MESSAGE_STATUS, TurnStatus
from chimera.conversations.tables import ConversationRow, TurnRow
from chimera.gateway.telling import Decision
from chimera.kit.scope import Scope
from chimera.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Why a turn is over."""

    status: TurnStatus
    failure: Failure | None = None
    finish_reason: str | None = None


STOPPED = Ending(status=TurnStatus.STOPPED)
INTERRUPTED = Ending(
    status=TurnStatus.INTERRUPTED,
    failure=Failure.of(
        TurnInterruptedError(
            "The server went away while this answer was being written. What was written is kept; ask again to go on."
        )
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The answer as it was told.

    Attributes:
        entries: All of it, journaled or not.
        unwritten: The end of it that is not in the journal yet.
        next_seq: The number of the first unwritten entry.
        model: Who answered.
        cost_nusd: What it cost, failed attempts included; `None` where nobody knows.
        decision: Why `auto` chose who answered.
        context: What the model was shown; `None` where it is kept already, or never was made.
        noted: What its steps came to, as it is kept; `None` where that is nothing.
        cache: `exact`, `semantic` or `joined` where no provider was asked.
        cache_id: The answer in the cache that it is.
    """

    entries: Sequence[Heard]
    unwritten: Sequence[Entry]
    next_seq: int
    model: str
    cost_nusd: int | None = None
    decision: Decision | None = None
    context: ContextReport | None = None
    noted: str | None = None
    cache: str | None = None
    cache_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """Ends turns inside a transaction that holds the conversation's lock (always taken before the turn's)."""

    tx: Transaction
    scope: Scope
    now: datetime

    async def close(self, conversation: ConversationRow, turn: TurnRow, told: Told, ending: Ending) -> bool:
        """Keep the answer, journal the end, free the conversation.

        Returns False, and changes nothing, if the turn is not running any more or in other hands.
        """
        error = encode_failure(ending.failure)
        turns = KeptTurns(self.tx, self.scope)
        if not await turns.close(turn, status=ending.status, error=error, now=self.now):
            return False
        if not conversation.has_panel:  # whose speeches are kept one by one
            await self._keep_answer(turn, told, ending)
        finished = TurnFinished(
            status=ending.status, model=told.model, finish_reason=ending.finish_reason, title=conversation.title
        )
        last: list[Numbered] = numbered([*told.unwritten, finished], told.next_seq)
        await KeptEntries(self.tx, self.scope).append(turn.id, last)
        await wake(self.tx, self.scope, conversation, self.now)
        await self.tx.flush()
        return True

    async def _keep_answer(self, turn: TurnRow, told: Told, ending: Ending) -> None:
        answer = replay(told.entries)
        messages = KeptMessages(self.tx, self.scope)
        statement = messages.changing_one(turn.message_id).values(
            parts=encode_parts(answer.parts),
            status=MESSAGE_STATUS[ending.status].value,
            model=told.model,
            finish_reason=ending.finish_reason,
            error=encode_failure(ending.failure),
            cost_nusd=told.cost_nusd,
            decision=encode_decision(told.decision),
            cache=told.cache,
            cache_id=told.cache_id,
        )
        if told.noted is not None:
            statement = statement.values(steps=told.noted)
        if told.context is not None:
            statement = statement.values(context=encode_context(told.context))
        if answer.usage is not None:
            statement = statement.values(
                input_tokens=answer.usage.input_tokens,
                output_tokens=answer.usage.output_tokens,
                cached_tokens=answer.usage.cached_tokens,
                cache_write_tokens=answer.usage.cache_write_tokens,
                reasoning_tokens=answer.usage.reasoning_tokens,
            )
        await messages.run(statement)
