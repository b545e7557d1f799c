"""The writer of a panel's run: asks whoever the policy names, one step after another, until it stops."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import structlog
from msgspec.structs import replace

from chimera.conversations.bus import Bell, stop_topic
from chimera.conversations.encoding import Spoken, encode_parts, encode_spoken
from chimera.conversations.errors import ConversationNotFoundError
from chimera.conversations.journal import Entry, PanelStopped, SpeechStarted
from chimera.conversations.keeping.waking import wake
from chimera.conversations.panel_runs.pen import Changes, Pen
from chimera.conversations.panel_runs.purse import allotted
from chimera.conversations.panel_runs.speaking import UNFORESEEN, Speaking
from chimera.conversations.panel_runs.standing import state_of
from chimera.conversations.panels.impersonation import Cutter
from chimera.conversations.panels.participants import Participant
from chimera.conversations.panels.policies import next_step
from chimera.conversations.panels.state import PRIVATE, State
from chimera.conversations.panels.steps import Ask, Slot, Step, Stop, StopReason
from chimera.conversations.panels.transcript import request_for
from chimera.conversations.repository import KeptConversations, KeptMessages, KeptPanels, KeptTurns
from chimera.conversations.service import Desk
from chimera.conversations.service.closing import STOPPED, Closing, Ending, Told
from chimera.conversations.service.speeches import keep
from chimera.conversations.service.writing import Writer
from chimera.conversations.states import MESSAGE_STATUS, MessageStatus, TurnStatus
from chimera.conversations.tables import ConversationRow, MessageRow, PanelRow, TurnRow
from chimera.gateway.call import Call, Origin, Wishes, new_call
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.store import DatabaseUnavailableError, Transaction

log = structlog.get_logger()

RETRY_S: Final = 0.5
MODEL: Final = "panel"
"""In place of a model's name in the turns of panels."""
_PAUSED: Final = Stop(reason=StopReason.PAUSED, why="You wanted it to wait.")
_STEPPED: Final = Stop(reason=StopReason.PAUSED, why="You wanted one step.")
_BROKE: Final = Stop(reason=StopReason.BUDGET, why="What is left of the budget does not pay for another speech.")


@dataclass(slots=True, kw_only=True, eq=False)
class PanelWriter(Writer):
    """Writes what a panel says.

    Attributes:
        first: A step that is made whatever the policy says, such as a speech that is asked for again.
        steps: After how many of them it stops; `None`: when the policy says.
    """

    desk: Desk
    scope: Scope
    turn: TurnRow
    first: Ask | None = None
    steps: int | None = None
    pen: Pen = field(init=False)
    _speaking: list[Speaking] = field(default_factory=list[Speaking])
    _ending: Ending | None = None
    _is_broke: bool = False

    def __post_init__(self) -> None:
        self.pen = Pen(desk=self.desk, scope=self.scope, turn=self.turn)

    async def _write(self) -> None:
        async with self.desk.bus.subscribe(stop_topic(self.turn.id)) as stops, asyncio.TaskGroup() as group:
            playing = group.create_task(self._play())
            playing.add_done_callback(lambda _: self.pen.fresh.ring())
            heeding = group.create_task(self._heed(stops))
            while not playing.done():
                await self.pen.fresh.wait(self.desk.pace.heartbeat_s)
                await asyncio.wait({playing}, timeout=self.desk.pace.coalesce_s)
                if self._ending is None:
                    await self.pen.flush()
                if self.pen.stop_requested:
                    self._end(STOPPED)
                if self._ending is not None or self.pen.is_lost:
                    playing.cancel()
            heeding.cancel()

    async def _heed(self, stops: Bell) -> None:
        """Look whether somebody wants it stopped, or a speaker skipped: when called, and now and then."""
        while True:
            if not await stops.wait(self.desk.pace.heartbeat_s) and not self._speaking:
                continue
            try:
                async with self.desk.database.reading(self.scope) as tx:
                    panel = await KeptPanels(tx, self.scope).get(self.turn.conversation_id)
            except DatabaseUnavailableError:
                continue
            for speaking in self._speaking:
                if panel is not None and panel.skipped == speaking.spoken.participant_id:
                    speaking.skip()
            self.pen.fresh.ring()

    def _end(self, ending: Ending) -> None:
        self._ending = self._ending or ending
        self.pen.fresh.ring()

    async def _play(self) -> None:
        try:
            await self._play_on()
        except (DatabaseUnavailableError, asyncio.CancelledError):
            raise
        except Exception:  # a fault below must not leave the turn open
            log.exception("panel.unforeseen_error", turn_id=str(self.turn.id))
            self._end(Ending(status=TurnStatus.FAILED, failure=UNFORESEEN))

    async def _play_on(self) -> None:
        made = 0
        while not self.pen.is_lost:
            step = _STEPPED if self.steps is not None and made >= self.steps else await self._begin_step()
            if isinstance(step, Stop):
                self.pen.note(PanelStopped(reason=step.reason.value, why=step.why))
                self._end(Ending(status=TurnStatus.COMPLETED, finish_reason=step.reason.value))
                return
            async with asyncio.TaskGroup() as group:
                for speaking in self._speaking:
                    speaking.task = group.create_task(self._speak(speaking))
            self._is_broke = all(one.failure_code == "budget_exhausted" for one in self._speaking)
            self._speaking = []
            made += step.slots[0].role not in PRIVATE

    async def _speak(self, speaking: Speaking) -> None:
        await speaking.speak(self.pen)
        self.pen.note(speaking.finished())
        speaking.is_told = True

        async def changes(tx: Transaction, _conversation: ConversationRow) -> Sequence[Entry]:
            await keep(tx, self.scope, self.turn.conversation_id, speaking.ended(self.pen))
            return ()

        await self._patiently(changes)
        speaking.is_kept = True

    async def _begin_step(self) -> Step:
        """Decide who speaks, set money aside for it, and open the messages, in one step."""
        decided: list[Step] = []

        async def changes(tx: Transaction, conversation: ConversationRow) -> Sequence[Entry]:
            panel = await KeptPanels(tx, self.scope).of(conversation)
            if not await self._is_begun(tx, decided):
                decided[:] = [await self._decide_and_open(tx, conversation, panel)]
            panel.pausing, panel.skipped = False, None
            return [_started(speaking) for speaking in self._speaking]

        await self._patiently(changes)
        self.first = None
        for speaking in self._speaking:
            speaking.is_begun = True
        return decided[0] if decided else _PAUSED

    async def _patiently(self, changes: Changes) -> None:
        while True:
            try:
                await self.pen.write(changes)
            except DatabaseUnavailableError:
                await asyncio.sleep(RETRY_S)  # for as long as the turn is ours: the flusher sees to that
            else:
                return

    async def _is_begun(self, tx: Transaction, decided: Sequence[Step]) -> bool:
        """Whether the step was begun by a commit that was not heard of, or is none."""
        if not decided or not self._speaking:
            return bool(decided)
        return await KeptMessages(tx, self.scope).get(self._speaking[0].message_id) is not None

    async def _decide_and_open(self, tx: Transaction, conversation: ConversationRow, panel: PanelRow) -> Step:
        path = await KeptMessages(tx, self.scope).path(conversation.leaf_id)
        elapsed_s = (self.desk.clock() - self.turn.created_at).total_seconds()
        state = state_of(panel, path, elapsed_s=elapsed_s)
        step = self._decide(state, panel)
        if isinstance(step, Ask):
            panel.nominated = None
            await self._open(tx, conversation, panel, (state, step))
        return step

    def _decide(self, state: State, panel: PanelRow) -> Step:
        if panel.pausing:
            return _PAUSED
        if self._is_broke:
            return _BROKE
        return self.first or next_step(state)

    async def _open(
        self, tx: Transaction, conversation: ConversationRow, panel: PanelRow, plan: tuple[State, Ask]
    ) -> None:
        state, step = plan
        speakers = [(slot, one) for slot in step.slots if (one := state.participant(slot.speaker)) is not None]
        allotments = allotted(state, [one for _, one in speakers])
        messages, begun = KeptMessages(tx, self.scope), list[Speaking]()
        for (slot, one), allotment in zip(speakers, allotments, strict=True):
            spoken = Spoken(participant_id=one.id, handle=one.handle, role=slot.role, round=step.round, why=slot.why)
            row = MessageRow(
                id=new_id(),
                conversation_id=conversation.id,
                parent_id=conversation.leaf_id,
                turn_id=self.turn.id,
                role="assistant",
                parts=encode_parts(()),
                status=MessageStatus.STREAMING.value,
                model=one.model,
                speech=encode_spoken(spoken),
            )
            await messages.add(row)
            conversation.leaf_id = row.id
            await wake(tx, self.scope, conversation, self.desk.clock())
            panel.held_nusd += allotment or 0
            call = self._call(row.id, state, (slot, step), allotment)
            begun.append(_speaking(state, (row.id, one, call), spoken, allotment))
        self.turn.message_id = begun[-1].message_id
        await KeptTurns(tx, self.scope).show(self.turn.id, message_id=begun[-1].message_id)
        self._speaking = begun

    def _call(self, message_id: UUID, state: State, plan: tuple[Slot, Ask], allotment: int | None) -> Call:
        slot, step = plan
        call = new_call(
            self.scope,
            request_for(state, slot, last=step.last),
            patience_s=self.desk.pace.patience_s,
            origin=Origin(feature="chat", conversation_id=self.turn.conversation_id),
            wishes=Wishes(most_nusd=allotment),
        )
        return replace(call, id=message_id)  # so that feedback and ledger speak of the message

    async def _close(self, patience_s: float) -> None:
        """End the turn with all that is open; try again for so long if the database is away."""
        if self.pen.is_lost or self._ending is None:
            return
        status = MESSAGE_STATUS[self._ending.status]
        self._speaking = [speaking for speaking in self._speaking if not speaking.is_kept]
        for speaking in self._speaking:
            if speaking.is_begun and not speaking.is_told:
                self.pen.note(speaking.finished(status))
        loop = asyncio.get_running_loop()
        last_try_at = loop.time() + patience_s
        while True:
            try:
                await self._close_once(self._ending, status)
            except DatabaseUnavailableError:
                if loop.time() > last_try_at:
                    raise
                await asyncio.sleep(RETRY_S)
            else:
                return

    async def _close_once(self, ending: Ending, status: MessageStatus) -> None:
        self.pen.gather()
        told = Told(entries=(), unwritten=self.pen.unwritten, next_seq=self.pen.next_seq, model=MODEL)
        try:
            async with self.desk.database.transaction(self.scope) as tx:
                conversation = await KeptConversations(tx, self.scope).locked(self.turn.conversation_id)
                if not await Closing(tx, self.scope, self.desk.clock()).close(conversation, self.turn, told, ending):
                    return
                for speaking in self._speaking:
                    because = (None, None) if speaking.is_told else (status, ending.failure)
                    ended = speaking.ended(self.pen, *because)
                    await keep(tx, self.scope, conversation.id, ended)
        except ConversationNotFoundError:
            return


def _speaking(state: State, said_by: tuple[UUID, Participant, Call], spoken: Spoken, allotment: int | None) -> Speaking:
    message_id, one, call = said_by
    others = [name for name in state.names() if name.casefold() != one.handle.casefold()]
    return Speaking(
        message_id=message_id,
        spoken=spoken,
        model=one.model,
        call=call,
        cutter=Cutter(own=one.handle, others=others, role=spoken.role),
        allotment=allotment,
    )


def _started(speaking: Speaking) -> SpeechStarted:
    spoken = speaking.spoken
    return SpeechStarted(
        message_id=speaking.message_id,
        participant_id=spoken.participant_id,
        handle=spoken.handle,
        model=speaking.model,
        role=spoken.role,
        round=spoken.round,
        why=spoken.why,
    )
