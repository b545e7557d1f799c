"""Turns: a person speaks, a model answers, and the answer belongs to the server."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias
from uuid import UUID

from msgspec.structs import replace

from chimera.conversations.bus import TURN_NOTE, room_topic, stop_topic, tell_person
from chimera.conversations.errors import NoModelError, PanelConversationError, ShuttingDownError
from chimera.conversations.journal import numbered
from chimera.conversations.keeping.waking import check_not_retired, wake
from chimera.conversations.prompted import casting
from chimera.conversations.repository import KeptConversations, KeptEntries, KeptMessages, KeptTurns
from chimera.conversations.service.composing import Composer
from chimera.conversations.service.conversations import ConversationChange, new_conversation
from chimera.conversations.service.opening import (
    Opened,
    Question,
    Saying,
    answer_row,
    asked_row,
    ended_of,
    request_of,
    said_row,
    started,
)
from chimera.conversations.service.preparing import Preparing
from chimera.conversations.service.views import TurnView
from chimera.conversations.service.writing import Desk, TurnWriter, Writer
from chimera.conversations.shelves.repository import KeptFolders
from chimera.conversations.states import TitledBy, TurnStatus
from chimera.conversations.steps.afterwards import Afterwards, Ended
from chimera.conversations.steps.taking import Steps
from chimera.conversations.tables import ConversationRow, MessageRow, TurnRow
from chimera.conversations.title import title_of
from chimera.gateway.call import NO_WISHES, Call, Origin, Wishes, new_call
from chimera.kit.ids import new_id
from chimera.kit.lifetimes import uninterrupted
from chimera.kit.scope import Scope
from chimera.llm import Request
from chimera.store import Transaction

Spawn: TypeAlias = Callable[[Coroutine[None, None, None]], object]
Note: TypeAlias = Callable[[Transaction, MessageRow], Awaitable[None]]
"""Notes what a person said, in the transaction that keeps it."""
Find: TypeAlias = Callable[[Transaction, ConversationRow], Awaitable[Sequence[Question]]]
"""Finds what to ask in a conversation that is locked."""

PARTING_S: Final = 2.0


@dataclass(slots=True, kw_only=True, eq=False)
class Turns:
    """Opens turns and starts their writers.

    Attributes:
        composer: Decides what of a conversation the model is shown.
        spawn: Starts a coroutine as a task of a group that outlives every request; the composition root's.
        default_model: The model that is asked when nobody named one.
        replica: Name of this process, for whoever wonders who writes a turn.
        noting: Gives who notes what the caller says, for who learns from it; with none nobody does.
        steps: Takes the steps before a model is asked; without it none are taken.
        afterwards: Begins what follows a turn; without it nothing does.
    """

    desk: Desk
    composer: Composer
    spawn: Spawn
    default_model: Callable[[Scope], str | None]
    replica: str
    noting: Callable[[Scope], Awaitable[Note]] | None = None
    steps: Steps | None = None
    afterwards: Afterwards | None = None
    _writers: dict[UUID, Writer] = field(default_factory=dict[UUID, Writer])
    _idle: asyncio.Event = field(default_factory=asyncio.Event)
    _draining: bool = False

    async def take(self, scope: Scope, conversation_id: UUID, saying: Saying) -> TurnView:
        """Keep what was said and begin to write the answer, which goes on whether anybody reads it or not.

        Raises:
            MessageNotFoundError: if what it should be said after is no message of this conversation.
            As `ask`.
        """

        async def find(tx: Transaction, conversation: ConversationRow) -> Sequence[Question]:
            row = await asked_row(tx, scope, conversation, saying)
            return [Question(row=row, saying=saying)]

        # Several, where this was sent to several models before.
        return (await self.ask(scope, conversation_id, find, send_id=saying.send_id))[0]

    @uninterrupted
    async def ask(
        self, scope: Scope, conversation_id: UUID, find: Find, *, send_id: UUID | None = None
    ) -> list[TurnView]:
        """Ask whatever is found to be asked, all of it at once, each in a turn of its own.

        What was begun here under the same `send_id` is handed back instead, however far it has come.

        Raises:
            ConversationNotFoundError: also when it is another's.
            ConversationRetiredError: if its words were deleted.
            PanelConversationError: if several models speak in it.
            TurnInProgressError: if an answer is still being written in it.
            NoModelError: if no model is named anywhere.
            ShuttingDownError: if this replica takes no turns any more.
        """
        self.admit()
        note = await self._noting(scope)
        async with self.desk.database.transaction(scope) as tx:
            conversation = await KeptConversations(tx, scope).locked(conversation_id)
            check_not_retired(conversation)
            if conversation.has_panel:
                raise PanelConversationError("Several models speak in this conversation: let its panel run.")
            if send_id is not None and (known := await _sent(tx, scope, conversation_id, send_id)):
                return known
            await KeptTurns(tx, scope).check_idle(conversation_id)
            questions = await find(tx, conversation)
            opened = [await self._open(tx, scope, conversation, one) for one in questions]
            for one in questions:
                if not one.is_kept:
                    await note(tx, one.row)
            conversation.leaf_id = opened[0].answer.id
        return [self._start(scope, one) for one in opened]

    @uninterrupted
    async def begin(self, scope: Scope, saying: Saying) -> TurnView:
        """As `take`, in a new conversation that keeps the saying's model, settings, prompt and persona."""
        self.admit()
        profile = ConversationChange(
            model=saying.model,
            system_prompt=saying.system_prompt,
            temperature=saying.temperature,
            fallback_model=saying.fallback_model,
            prompt=saying.prompt,
            temporary=saying.temporary,
        )
        note = await self._noting(scope)
        async with self.desk.database.transaction(scope) as tx:
            conversation = new_conversation(scope, profile, self.desk.clock())
            await casting.begin(tx, scope, conversation, saying.persona_id)
            await KeptConversations(tx, scope).add(conversation)
            row = said_row(conversation, new_id(), saying.text, saying.images)
            opened = await self._open(tx, scope, conversation, Question(row=row, saying=saying))
            await note(tx, row)
            conversation.leaf_id = opened.answer.id
        return self._start(scope, opened)

    async def stop(self, scope: Scope, turn_id: UUID) -> TurnView:
        """Ask for the end of a turn, on whatever replica it runs; what was written so far is kept.

        Raises:
            TurnNotFoundError: also when it is another's.
        """
        async with self.desk.database.transaction(scope) as tx:
            turns = KeptTurns(tx, scope)
            turn = await turns.found(turn_id)
            requested = await turns.request_stop(turn_id)
            message = await KeptMessages(tx, scope).get(turn.message_id)
        if requested:
            await self.desk.bus.publish(stop_topic(turn_id))
        return TurnView(turn=turn, message=message)

    def start(self, writer: Writer, ended: Ended | None = None) -> None:
        """Let a turn that was opened be written, and then begin what follows it."""
        self._writers[writer.turn.id] = writer
        self._idle.clear()
        self.spawn(self._watched(writer, ended))
        self.spawn(self._begun(writer))

    def running(self) -> list[tuple[Scope, Callable[[], None]]]:
        """For whom answers are being written here, and how each is interrupted."""
        return [(writer.scope, writer.interrupt) for writer in self._writers.values()]

    async def drain(self, *, grace_s: float, at_once: asyncio.Event | None = None) -> None:
        """Take no more turns, give the running ones the grace to end, then interrupt them and keep their text.

        Does nothing the second time: those that could not be kept then are left to the reaper.

        Args:
            grace_s: How long they may go on.
            at_once: Ends the grace when it is set.
        """
        drained, self._draining = self._draining, True
        if drained or not self._writers:
            return
        waits = [asyncio.ensure_future(event.wait()) for event in (self._idle, at_once) if event is not None]
        await asyncio.wait(waits, timeout=grace_s, return_when=asyncio.FIRST_COMPLETED)
        for writer in self._writers.values():
            writer.interrupt()
        # Bounded, because the database in which they are to be kept may be away.
        await asyncio.wait(waits[:1], timeout=PARTING_S)
        for wait in waits:
            wait.cancel()

    def admit(self) -> None:
        """Raises ShuttingDownError if this replica takes no turns any more."""
        if self._draining:
            raise ShuttingDownError("This server is about to stop. Try again in a moment.", retry_after_s=2)

    async def _noting(self, scope: Scope) -> Note:
        return _unnoted if self.noting is None else await self.noting(scope)

    async def _open(self, tx: Transaction, scope: Scope, conversation: ConversationRow, question: Question) -> Opened:
        asked, saying = question.row, question.saying
        folder_id = conversation.folder_id
        folder = None if folder_id is None else await KeptFolders(tx, scope).get(folder_id)
        model = saying.model or conversation.model or (folder.model if folder else None) or self.default_model(scope)
        if not model:
            raise NoModelError("Name a model: there is no default one.")
        now = self.desk.clock()
        turn_id = new_id() if question.is_kept else asked.turn_id
        answer = answer_row(asked, turn_id, model)
        prompt = await casting.chosen(tx, scope, conversation, saying.prompt)
        if prompt is not None:
            answer.prompt_id, answer.prompt_version = prompt.use.id, prompt.version
        turn = TurnRow(
            id=turn_id,
            conversation_id=conversation.id,
            owner_id=scope.actor_id,
            user_message_id=asked.id,
            message_id=answer.id,
            status=TurnStatus.RUNNING.value,
            model=model,
            replica=self.replica,
            heartbeat_at=now,
            slot=question.slot,
            send_id=saying.send_id,
        )
        await KeptTurns(tx, scope).open(turn)
        messages = KeptMessages(tx, scope)
        if not question.is_kept:
            await messages.add(asked)
            if not conversation.title:
                conversation.title, conversation.titled_by = title_of(saying.text), TitledBy.WORDS.value
        await messages.add(answer)
        path = await messages.path(asked.id)
        await wake(tx, scope, conversation, now)
        await KeptEntries(tx, scope).append(turn.id, numbered([started(turn)], 1))
        call = self._call(scope, conversation, question, request_of(conversation, saying, model, folder))
        # So that feedback and ledger speak of the message.
        call = replace(call, id=answer.id)
        return Opened(
            turn=turn,
            answer=answer,
            call=call,
            path=path,
            begun=question.begun,
            prompt=prompt,
            own=conversation.steps,
            untitled=conversation.titled_by == TitledBy.WORDS and not conversation.temporary,
            may_ask_back=not question.is_kept and not question.beside,
        )

    def _call(self, scope: Scope, conversation: ConversationRow, question: Question, request: Request) -> Call:
        fallback = question.saying.fallback_model or conversation.fallback_model
        fallbacks = (fallback,) if fallback and fallback != request.model else ()
        return new_call(
            scope,
            request,
            patience_s=self.desk.pace.patience_s,
            fallbacks=fallbacks,
            origin=Origin(feature="chat", conversation_id=conversation.id),
            # Whoever asks again does not want the same answer again.
            wishes=Wishes(cache="refresh") if question.anew else NO_WISHES,
        )

    def _start(self, scope: Scope, opened: Opened) -> TurnView:
        turn = opened.turn
        compose = Preparing(composer=self.composer, steps=self.steps, scope=scope, opened=opened)
        writer = TurnWriter(desk=self.desk, turn=turn, call=opened.call, compose=compose, begun=opened.begun)
        self.start(writer, ended_of(opened))
        return TurnView(turn=turn, message=opened.answer)

    async def _begun(self, writer: Writer) -> None:
        await self.desk.bus.publish(room_topic(writer.turn.conversation_id), TURN_NOTE)
        await tell_person(self.desk.bus, writer.scope, writer.turn.conversation_id)

    async def _watched(self, writer: Writer, ended: Ended | None) -> None:
        try:
            await writer.run()
        finally:
            del self._writers[writer.turn.id]
            if not self._writers:
                self._idle.set()
        await tell_person(self.desk.bus, writer.scope, writer.turn.conversation_id)
        if ended is not None and self.afterwards is not None:
            await self.afterwards.of(writer.scope, ended)


async def _sent(tx: Transaction, scope: Scope, conversation_id: UUID, send_id: UUID) -> list[TurnView]:
    """The turns that were begun under this name before, none if it is new."""
    messages = KeptMessages(tx, scope)
    turns = await KeptTurns(tx, scope).sent(conversation_id, send_id)
    return [TurnView(turn=turn, message=await messages.get(turn.message_id)) for turn in turns]


async def _unnoted(tx: Transaction, message: MessageRow) -> None:
    """Nobody learns from it."""
