"""What a person does with a panel: put it, change it, let it speak, speak in between, skip, pause, ask again."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from chimera.conversations.bus import stop_topic
from chimera.conversations.encoding import (
    decode_seats,
    decode_spoken,
    encode_setting,
    encode_spoken,
)
from chimera.conversations.errors import (
    MessageNotFoundError,
    PanelSettingsError,
    ParticipantNotFoundError,
    TurnInProgressError,
)
from chimera.conversations.journal import TurnStarted, numbered
from chimera.conversations.keeping.waking import check_not_retired, wake
from chimera.conversations.panel_runs.standing import Stage, stage_of
from chimera.conversations.panel_runs.writing import MODEL, PanelWriter
from chimera.conversations.panels.limits import Limits
from chimera.conversations.panels.participants import Participant, may_be_called
from chimera.conversations.panels.settings import Policy, seat_of
from chimera.conversations.panels.steps import Ask, Slot
from chimera.conversations.prompted.seating import seated
from chimera.conversations.repository import KeptConversations, KeptEntries, KeptMessages, KeptPanels, KeptTurns
from chimera.conversations.service import Desk, Turns, TurnView
from chimera.conversations.service.opening import said_row
from chimera.conversations.states import TitledBy, TurnStatus
from chimera.conversations.tables import ConversationRow, MessageRow, PanelRow, TurnRow
from chimera.conversations.title import title_of
from chimera.kit.ids import new_id
from chimera.kit.lifetimes import uninterrupted
from chimera.kit.scope import Scope
from chimera.store import Transaction

_SEEDS = 2**31


class Words(Struct, frozen=True, kw_only=True):
    """What the person says."""

    text: str
    images: tuple[str, ...] = ()


class Running(Struct, frozen=True, kw_only=True):
    """How a panel should run."""

    words: Words | None = None
    next: str | None = None
    steps: int | None = None


class Settings(Struct, frozen=True, kw_only=True):
    """A whole panel, as it is put."""

    participants: tuple[Participant, ...]
    policy: Policy
    limits: Limits
    seed: int | None = None


class SeatChange(Struct, frozen=True, kw_only=True):
    """What should become of a participant; what is unset stays."""

    model: str | UnsetType = UNSET
    persona: str | UnsetType = UNSET
    muted: bool | UnsetType = UNSET
    budget_nusd: int | UnsetType | None = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class Panels:
    """Every method raises ConversationNotFoundError, and all but `put` PanelNotFoundError."""

    turns: Turns

    @property
    def _desk(self) -> Desk:
        return self.turns.desk

    async def put(self, scope: Scope, conversation_id: UUID, settings: Settings) -> PanelRow:
        """Make or replace the panel of a conversation; it holds from the next speaker on.

        Raises:
            PanelSettingsError: if names clash, a part is for nobody, or somebody has no model.
            PersonaNotFoundError and the like: if a persona of the library cannot be used.
            TurnInProgressError: if one model alone is answering just now.
        """
        _check(settings.participants, settings.policy)
        participants = await seated(self._desk.database, scope, conversation_id, settings.participants)
        async with self._desk.database.transaction(scope) as tx:
            conversation = await KeptConversations(tx, scope).locked(conversation_id)
            check_not_retired(conversation)
            panels = KeptPanels(tx, scope)
            kept = await panels.get(conversation_id)
            if kept is None:
                if await KeptTurns(tx, scope).running([conversation_id]):
                    raise TurnInProgressError("An answer is still being written in this conversation.")
                seed = conversation_id.int % _SEEDS if settings.seed is None else settings.seed
                kept = PanelRow(id=conversation_id, seats="[]", policy="", limits="", seed=seed)
            known = {one.handle.casefold(): one.id for one in decode_seats(kept.seats)}
            seats = tuple(replace(one, id=known.get(one.handle.casefold(), one.id)) for one in participants)
            kept.seats, kept.policy = encode_setting(seats), encode_setting(settings.policy)
            kept.limits = encode_setting(settings.limits)
            kept.seed = kept.seed if settings.seed is None else settings.seed
            conversation.has_panel = True
            return await panels.add(kept)

    async def get(self, scope: Scope, conversation_id: UUID) -> PanelRow:
        async with self._desk.database.reading(scope) as tx:
            return await KeptPanels(tx, scope).of(await KeptConversations(tx, scope).found(conversation_id))

    async def stage(self, scope: Scope, conversation_id: UUID) -> Stage:
        """The panel with what it came to, and who follows those who speak now."""
        async with self._desk.database.reading(scope) as tx:
            conversation = await KeptConversations(tx, scope).found(conversation_id)
            panel = await KeptPanels(tx, scope).of(conversation)
            path = await KeptMessages(tx, scope).path(conversation.leaf_id)
        return stage_of(panel, path)

    async def seat(self, scope: Scope, conversation_id: UUID, handle: str, change: SeatChange) -> PanelRow:
        """Mute somebody, swap its model, and so on, from its next speech on.

        Raises:
            ParticipantNotFoundError: if nobody is called so.
        """
        async with self._desk.database.transaction(scope) as tx:
            _, panel = await _held(tx, scope, conversation_id)
            seats = decode_seats(panel.seats)
            found = _named(seats, handle)
            given = {name: getattr(change, name) for name in change.__struct_fields__}
            if change.persona is not UNSET:
                given["persona_id"] = None
            changed = replace(found, **{name: value for name, value in given.items() if value is not UNSET})
            panel.seats = encode_setting(tuple(changed if one is found else one for one in seats))
            return panel

    @uninterrupted
    async def run(self, scope: Scope, conversation_id: UUID, running: Running) -> TurnView:
        """Let the panel speak, in a turn that goes on whether anybody reads it or not.

        Raises:
            TurnInProgressError: if it is speaking.
            ParticipantNotFoundError: if nobody is called as whoever should be next.
            ShuttingDownError: if this replica takes no turns any more.
        """
        self.turns.admit()
        async with self._desk.database.transaction(scope) as tx:
            conversation, panel = await _held(tx, scope, conversation_id)
            if running.next is not None:
                panel.nominated = _named(decode_seats(panel.seats), running.next).id
            view = await self._open(tx, scope, conversation, running.words)
            panel.pausing = False
        self.turns.start(PanelWriter(desk=self._desk, scope=scope, turn=view.turn, steps=running.steps))
        return view

    @uninterrupted
    async def retry(self, scope: Scope, conversation_id: UUID, message_id: UUID) -> TurnView:
        """Have one speech made again: nobody is shown the former one any more.

        Raises:
            MessageNotFoundError: if it is no speech of this panel.
            TurnInProgressError: if it is speaking.
        """
        self.turns.admit()
        async with self._desk.database.transaction(scope) as tx:
            conversation, panel = await _held(tx, scope, conversation_id)
            message = await KeptMessages(tx, scope).get(message_id)
            spoken = None if message is None else decode_spoken(message.speech)
            if message is None or spoken is None or message.conversation_id != conversation_id:
                raise MessageNotFoundError("There is no such speech in this conversation.")
            if all(one.id != spoken.participant_id for one in decode_seats(panel.seats)):
                raise ParticipantNotFoundError("Whoever said it is not on the panel any more.")
            view = await self._open(tx, scope, conversation, None)
            message.speech = encode_spoken(replace(spoken, replaced=True))
        slot = Slot(speaker=spoken.participant_id, role=spoken.role, why="You asked for this speech again.")
        first = Ask(slots=(slot,), round=spoken.round)
        self.turns.start(PanelWriter(desk=self._desk, scope=scope, turn=view.turn, first=first, steps=1))
        return view

    async def interject(self, scope: Scope, conversation_id: UUID, words: Words) -> MessageRow:
        """Say something; whoever speaks is heard out, and the next speakers answer it."""
        async with self._desk.database.transaction(scope) as tx:
            conversation, _ = await _held(tx, scope, conversation_id)
            running = await KeptTurns(tx, scope).running([conversation_id])
            turn_id = next(iter(running.get(conversation_id, ())), None) or new_id()
            return await self._say(tx, scope, (conversation, turn_id), words)

    async def skip(self, scope: Scope, conversation_id: UUID, handle: str) -> PanelRow:
        """Let whoever speaks end now; what was said counts.

        Raises:
            ParticipantNotFoundError: if nobody is called so.
        """
        async with self._desk.database.transaction(scope) as tx:
            _, panel = await _held(tx, scope, conversation_id)
            panel.skipped = _named(decode_seats(panel.seats), handle).id
            running = await KeptTurns(tx, scope).running([conversation_id])
        for turn_id in running.get(conversation_id, ()):
            await self._desk.bus.publish(stop_topic(turn_id))
        return panel

    async def pause(self, scope: Scope, conversation_id: UUID) -> PanelRow:
        """Stop before the next speaker; `run` goes on. Nothing happens where nobody speaks."""
        async with self._desk.database.transaction(scope) as tx:
            _, panel = await _held(tx, scope, conversation_id)
            panel.pausing = bool(await KeptTurns(tx, scope).running([conversation_id]))
            return panel

    async def _open(
        self, tx: Transaction, scope: Scope, conversation: ConversationRow, words: Words | None
    ) -> TurnView:
        now, turn_id = self._desk.clock(), new_id()
        before = conversation.leaf_id or turn_id
        turn = TurnRow(
            id=turn_id,
            created_at=now,
            conversation_id=conversation.id,
            owner_id=scope.actor_id,
            user_message_id=before,
            message_id=before,
            status=TurnStatus.RUNNING.value,
            model=MODEL,
            replica=self.turns.replica,
            heartbeat_at=now,
        )
        await KeptTurns(tx, scope).open(turn)
        if words is not None:
            said = await self._say(tx, scope, (conversation, turn_id), words)
            turn.user_message_id = turn.message_id = said.id
        started = TurnStarted(
            turn_id=turn_id,
            conversation_id=conversation.id,
            user_message_id=turn.user_message_id,
            message_id=turn.message_id,
            model=MODEL,
        )
        await KeptEntries(tx, scope).append(turn_id, numbered([started], 1))
        return TurnView(turn=turn, message=None)

    async def _say(
        self, tx: Transaction, scope: Scope, place: tuple[ConversationRow, UUID], words: Words
    ) -> MessageRow:
        conversation, turn_id = place
        row = said_row(conversation, turn_id, words.text, words.images)
        await KeptMessages(tx, scope).add(row)
        conversation.leaf_id = row.id
        await wake(tx, scope, conversation, self._desk.clock())
        if not conversation.title:
            conversation.title, conversation.titled_by = title_of(words.text), TitledBy.WORDS.value
        return row


async def _held(tx: Transaction, scope: Scope, conversation_id: UUID) -> tuple[ConversationRow, PanelRow]:
    conversation = await KeptConversations(tx, scope).locked(conversation_id)
    check_not_retired(conversation)
    return conversation, await KeptPanels(tx, scope).of(conversation)


def _named(seats: Sequence[Participant], handle: str) -> Participant:
    for one in seats:
        if one.handle.casefold() == handle.casefold():
            return one
    raise ParticipantNotFoundError(f"Nobody on this panel is called {handle}.")


def _check(participants: Sequence[Participant], policy: Policy) -> None:
    handles = [one.handle.casefold() for one in participants]
    for one in participants:
        if not may_be_called(one.handle):
            raise PanelSettingsError(f"{one.handle} means somebody or something else: choose another name.")
    if len(set(handles)) < len(handles):
        raise PanelSettingsError("Two participants have the same name.")
    seat = seat_of(policy)
    if seat is not None and seat.casefold() not in handles:
        raise PanelSettingsError(f"Nobody on this panel is called {seat}.")
