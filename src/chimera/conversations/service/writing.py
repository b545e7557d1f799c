"""The writer of one turn: hears the model, and keeps what it says while it says it."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

import structlog
from msgspec.structs import replace

from chimera.conversations.bus import Bell, EventBus, end_topic, journal_topic, stop_topic
from chimera.conversations.context import Context, ContextReport
from chimera.conversations.encoding import Failure, encode_parts
from chimera.conversations.errors import AnswerCutError, ConversationNotFoundError
from chimera.conversations.journal import Coalescer, Entry, Heard, Numbered, numbered, replay
from chimera.conversations.journals import Journals, Portion
from chimera.conversations.repository import KeptConversations
from chimera.conversations.service.closing import INTERRUPTED, STOPPED, Closing, Ending, Told
from chimera.conversations.service.live import FIRST_SEQ, LiveJournals
from chimera.conversations.service.pace import Pace
from chimera.conversations.states import TurnStatus
from chimera.conversations.steps.noted import NO_NOTES, Noted, encode_noted
from chimera.conversations.steps.reading.ambiguity import Clarifying
from chimera.conversations.tables import TurnRow
from chimera.gateway.call import Call, Handler, Target
from chimera.gateway.deadline import armed
from chimera.kit.errors import AppError, Kind
from chimera.kit.scope import Scope
from chimera.llm import Event, Finished, FinishReason, Message, Stream, TextDelta, ThinkingDelta, ToolCallDelta
from chimera.store import Database, DatabaseUnavailableError

log = structlog.get_logger()

Compose: TypeAlias = Callable[[Target | None], Awaitable[Context | Clarifying]]
"""Makes the question, or something to ask back instead."""

DELTAS: Final = (TextDelta, ThinkingDelta, ToolCallDelta)
# A write to the journal takes at most this part of the time, so that many turns at once write less often; but a crash
# must not take more than 200 ms of an answer, which the rest and the write together are.
WRITING_PART: Final = 0.05
SLOWEST_S: Final = 0.1
RETRY_S: Final = 1.0
# How long a turn whose writer is cancelled waits for a database that is away.
LAST_TRY_S: Final = 2.0
UNFORESEEN: Final = Failure(
    code="internal_error", kind=Kind.INTERNAL, detail="Something went wrong on our side while the answer was written."
)

CUT: Final = Ending(
    status=TurnStatus.FAILED, failure=Failure.of(AnswerCutError("The answer ended before it was complete."))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every writer works with."""

    database: Database
    journals: Journals
    bus: EventBus
    gateway: Handler
    pace: Pace
    clock: Callable[[], datetime]
    live: LiveJournals = field(default_factory=LiveJournals)


class Writer(ABC):
    """Writes a turn down while it lasts. Runs once: the turn is closed at the end, or left to the reaper."""

    __slots__ = ()
    desk: Desk
    turn: TurnRow

    @property
    @abstractmethod
    def scope(self) -> Scope:
        """Whose turn it is."""

    async def run(self) -> None:
        """Write what is said. Cancelling it keeps what was written and marks the turn interrupted."""
        try:
            await self._write()
            await self._close(self.desk.pace.stale_s)
        except asyncio.CancelledError:
            self._end(INTERRUPTED)
            try:
                await self._close(LAST_TRY_S)
            except DatabaseUnavailableError:
                log.warning("turn.left_to_the_reaper", turn_id=str(self.turn.id))
            raise
        except Exception:  # the outermost edge of this task; the reaper will close the turn
            log.exception("turn.abandoned", turn_id=str(self.turn.id))
        finally:
            await self._tell()

    def interrupt(self) -> None:
        """Let it end now, as far as it is."""
        self._end(INTERRUPTED)

    @abstractmethod
    async def _write(self) -> None:
        """Write until all is said, or until it is to end."""

    @abstractmethod
    async def _close(self, patience_s: float) -> None:
        """End the turn; try again for so long if the database is away."""

    @abstractmethod
    def _end(self, ending: Ending) -> None:
        """Let it end so, unless it ends already."""

    async def _tell(self) -> None:
        """Send whoever follows the turn to the database, where its end is or will be."""
        self.desk.live.forget(self.turn.id)
        await self.desk.bus.publish(journal_topic(self.turn.id))
        await self.desk.bus.publish(end_topic(self.turn.id))


@dataclass(slots=True, kw_only=True, eq=False)
class TurnWriter(Writer):
    """Writes one model's answer.

    Attributes:
        call: The question; with `compose`, all of it but the messages.
        compose: Makes the question's messages for whoever is asked, and anew for whoever is asked instead.
        begun: Words of an answer that was cut: this one begins with them, and the model goes on.
    """

    desk: Desk
    turn: TurnRow
    call: Call
    compose: Compose | None = None
    begun: str = ""
    _context: ContextReport | None = None
    _noted: Noted = NO_NOTES
    _made_for: str = ""
    _fitted: dict[str, ContextReport] = field(default_factory=dict[str, ContextReport])
    _heard: list[Heard] = field(default_factory=list[Heard])
    _unwritten: list[Entry] = field(default_factory=list[Entry])
    _next_seq: int = FIRST_SEQ
    _pending: Coalescer = field(default_factory=Coalescer)
    _begun: bool = False
    _finish_reason: str | None = None
    _fresh: Bell = field(default_factory=Bell)
    _urgent: Bell = field(default_factory=Bell)
    _ending: Ending | None = None
    _lost: bool = False
    _seen_at: float = 0.0
    _beat_at: float = 0.0
    _snapshot_at: float = 0.0
    _rest_s: float = 0.0
    _away: bool = False

    @property
    def scope(self) -> Scope:
        return self.call.scope

    async def _write(self) -> None:
        self._seen_at = self._beat_at = self._snapshot_at = asyncio.get_running_loop().time()
        self._rest_s = self.desk.pace.coalesce_s
        if self.begun:
            self._note(TextDelta(text=self.begun))
        async with self.desk.bus.subscribe(stop_topic(self.turn.id)) as stops, asyncio.TaskGroup() as group:
            hearing = group.create_task(self._hear())
            hearing.add_done_callback(lambda _: self._hurry())
            heeding = group.create_task(self._heed(stops))
            while not hearing.done():
                await self._pause()
                if self._ending is None and not self._lost:
                    await self._flush()
                if self._ending is not None or self._lost:
                    hearing.cancel()
            heeding.cancel()

    async def _hear(self) -> None:
        try:
            async with armed(self.call):
                await self._compose()
                asked_back = self._noted.clarifying
                async with aclosing(_said(asked_back) if asked_back else self.desk.gateway(self.call)) as events:
                    async for event in events:
                        self._note(event)
        except AppError as error:
            self._end(Ending(status=TurnStatus.FAILED, failure=Failure.of(error)))
        except Exception:  # a fault below must not leave the turn open
            log.exception("turn.unforeseen_error", turn_id=str(self.turn.id))
            self._end(Ending(status=TurnStatus.FAILED, failure=UNFORESEEN))
        else:
            self._end(CUT if self._finish_reason is None else _completed(self._finish_reason))

    async def _compose(self) -> None:
        """Make the question, which takes a while where the conversation is long, and no transaction."""
        if self.compose is not None:
            context = await self.compose(None)
            if isinstance(context, Clarifying):
                self._noted = Noted(clarifying=context)
                return
            self._noted = Noted(searched=context.searched)
            self.call = replace(self.call, request=context.request, fit=self._fit)
            self._context, self._made_for = context.report, context.target

    async def _fit(self, target: Target) -> tuple[Message, ...] | None:
        """What another model is shown than the one that was named: its window may be smaller, its proofs are others."""
        if self.compose is None or target.id == self._made_for:
            return None
        context = await self.compose(target)
        assert isinstance(context, Context), "nobody is asked back while a model is asked"
        self._fitted[target.id] = context.report
        return context.request.messages

    def _note(self, event: Event) -> None:
        self._pending.add(event)
        if isinstance(event, Finished):
            self._finish_reason = event.reason.value
        if isinstance(event, DELTAS) and self._begun:
            self._fresh.ring()
        elif self._pending:
            self._begun = True
            self._hurry()

    async def _heed(self, stops: Bell) -> None:
        while True:
            await stops.wait(self.desk.pace.heartbeat_s)
            self._hurry()

    def _hurry(self) -> None:
        self._fresh.ring()
        self._urgent.ring()

    def _end(self, ending: Ending) -> None:
        self._ending = self._ending or ending
        self._hurry()

    async def _pause(self) -> None:
        """Until there is something to write and others had the time to join it, or a heartbeat is due."""
        if await self._fresh.wait(self.desk.pace.heartbeat_s):
            await self._urgent.wait(self._rest_s)

    def _gather(self) -> None:
        taken = self._pending.take()
        self._heard += taken
        self._unwritten += taken

    async def _flush(self) -> None:
        """Journal what was heard, tell that the writer lives, and learn whether it should go on."""
        self._gather()
        loop, pace = asyncio.get_running_loop(), self.desk.pace
        now_s = loop.time()
        written = numbered(self._unwritten, self._next_seq)
        try:
            stop = await self.desk.journals.keep(self._portion(written, now_s))
        except DatabaseUnavailableError:
            if now_s - self._seen_at > pace.stale_s:
                raise
            self._put_off()
            return
        self._seen_at, self._away = now_s, False
        took_s = loop.time() - now_s
        self._rest_s = max(pace.coalesce_s, min(took_s / WRITING_PART, SLOWEST_S - took_s))
        self._lost = stop is None
        if stop:
            self._end(STOPPED)
        if written and not self._lost:
            self._next_seq += len(written)
            self._unwritten.clear()
            self.desk.live.add(self.turn.id, written)
            await self.desk.bus.publish(journal_topic(self.turn.id))

    def _put_off(self) -> None:
        """Try again soon, then less soon."""
        if not self._away:
            log.warning("turn.journal_delayed", turn_id=str(self.turn.id))
        self._away = True
        self._rest_s = min(2 * self._rest_s, RETRY_S)
        self._fresh.ring()

    def _portion(self, written: Sequence[Numbered], now_s: float) -> Portion:
        seen_at = message = None
        if now_s - self._beat_at >= self.desk.pace.heartbeat_s / 5:
            seen_at, self._beat_at = self.desk.clock(), now_s
        if self._heard and now_s - self._snapshot_at >= self.desk.pace.snapshot_s:
            message = (self.turn.message_id, encode_parts(replay(self._heard).parts))
            self._snapshot_at = now_s
        return Portion(
            scope=self.scope,
            turn_id=self.turn.id,
            fence=self.turn.fence,
            entries=written,
            seen_at=seen_at,
            message=message,
        )

    async def _close(self, patience_s: float) -> None:
        """End the turn; try again for so long if the database is away, but not for longer than the turn is ours."""
        if self._lost or self._ending is None:
            return
        self._gather()
        loop = asyncio.get_running_loop()
        last_try_at = min(loop.time() + patience_s, self._seen_at + self.desk.pace.stale_s)
        rest_s = self.desk.pace.coalesce_s
        while True:
            try:
                await self._close_once(self._ending)
            except DatabaseUnavailableError:
                if loop.time() > last_try_at:
                    raise
                await asyncio.sleep(rest_s)
                rest_s = min(2 * rest_s, RETRY_S)
            else:
                return

    async def _close_once(self, ending: Ending) -> None:
        scope, turn = self.call.scope, self.turn
        answered_by = self.call.trail.answered_by
        context = self._fitted.get(answered_by.id, self._context) if answered_by else self._context
        told = Told(
            entries=self._heard,
            unwritten=self._unwritten,
            next_seq=self._next_seq,
            model=answered_by.id if answered_by else turn.model,
            cost_nusd=0 if self._noted.clarifying else self.call.trail.told.cost_nusd,
            decision=self.call.trail.told.decision,
            context=context,
            noted=encode_noted(self._noted),
            cache=self.call.trail.told.cache,
            cache_id=UUID(given) if (given := self.call.trail.told.headers.get("cache-id")) else None,
        )
        try:
            async with self.desk.database.transaction(scope) as tx:
                conversation = await KeptConversations(tx, scope).locked(turn.conversation_id)
                await Closing(tx, scope, self.desk.clock()).close(conversation, turn, told, ending)
        except ConversationNotFoundError:
            return


async def _said(back: Clarifying) -> Stream:
    """What is asked back, as if a model said it."""
    yield TextDelta(text=back.text)
    yield Finished(reason=FinishReason.STOP)


def _completed(finish_reason: str) -> Ending:
    return Ending(status=TurnStatus.COMPLETED, finish_reason=finish_reason)
