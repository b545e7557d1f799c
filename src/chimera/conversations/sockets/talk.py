"""One socket, from its introduction to its end: what its client says is done, what happens is told to it."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import Any, assert_never
from uuid import UUID

from starlette.types import Receive

from chimera.conversations.bus import MOST_NOTES, SHELVES_NOTE, person_topic
from chimera.conversations.endpoints.rendering import Told
from chimera.conversations.service import Conversations, Saying, Turns
from chimera.conversations.sockets.bounds import Pacer
from chimera.conversations.sockets.errors import (
    NoConversationError,
    NothingToApproveError,
    NotReadingError,
    TooManyFramesError,
)
from chimera.conversations.sockets.following import Follower, Following, Places
from chimera.conversations.sockets.frames import (
    Approve,
    Auth,
    Frame,
    Message,
    Ping,
    Presence,
    Resume,
    Stop,
    Typing,
    read_frame,
)
from chimera.conversations.sockets.outlet import DepartedError, Outlet
from chimera.conversations.sockets.rooms import TYPING_S, Member, Room, Rooms
from chimera.kit.errors import AppError, InvalidRequestError
from chimera.kit.scope import Scope
from chimera.store import DatabaseUnavailableError

_MOST_OTHERS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What every socket works with."""

    conversations: Conversations
    turns: Turns
    follower: Follower
    rooms: Rooms


@dataclass(slots=True, kw_only=True, eq=False)
class Talk:
    """Runs once.

    Attributes:
        at: The conversation that was asked for; `None`: one will be.
        overhears: Whether it is to be told when any conversation of the caller's changes.
        places: What the client has heard; `None`: it asks for nothing that is over.
    """

    means: Means
    scope: Scope
    outlet: Outlet
    receive: Receive
    at: UUID | None
    places: Places | None
    overhears: bool = False
    _member: Member = field(init=False)
    _room: Room | None = None
    _following: "asyncio.Task[None] | None" = None
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _group: asyncio.TaskGroup = field(default_factory=asyncio.TaskGroup)

    def __post_init__(self) -> None:
        self._member = Member(user_id=self.scope.actor_id)

    async def run(self) -> None:
        """Go on until the client leaves, which raises DepartedError, or an error ends it; both come in groups."""
        async with self._stack, self._group:
            await self.outlet.put("ready", socket_id=self._member.id, user_id=self.scope.actor_id)
            if self.at is not None:
                await self._enter(self.at, self.places)
            if self.overhears:
                self._group.create_task(self._overhear())
            await self._hear()

    async def _hear(self) -> None:
        pacer = Pacer(now=asyncio.get_running_loop().time)
        while True:
            received = await self.receive()
            if received["type"] == "websocket.disconnect":
                raise DepartedError
            pacer.take()
            await self._heed(received)

    async def _heed(self, received: Mapping[str, Any]) -> None:
        """Do what a frame asks, or say why not."""
        frame: Frame | None = None
        try:
            frame = read_frame(received)
            await self._do(frame)
        except (NotReadingError, TooManyFramesError):
            raise
        except AppError as error:
            await self.outlet.error(error, id=frame.id if frame else None)

    async def _do(self, frame: Frame) -> None:
        match frame:
            case Auth():
                raise InvalidRequestError("This socket is introduced already.", field="type")
            case Message():
                await self._say(frame)
            case Stop():
                await self._stop(frame)
            case Resume():
                await self._resume(frame)
            case Approve():
                raise NothingToApproveError("No tool waits for an approval: models call none in conversations yet.")
            case Ping():
                await self.outlet.put("pong", id=frame.id)
            case Typing():
                self._member.typing_until = asyncio.get_running_loop().time() + TYPING_S if frame.typing else 0.0
                await self._here().tell()
            case Presence():
                self._member.state = frame.state
                await self._here().tell()
            case _:
                assert_never(frame)

    async def _say(self, frame: Message) -> None:
        at = self.at if self._room is None else self._room.id
        wanted = frame.conversation_id or at
        if at not in {None, wanted}:
            raise InvalidRequestError("This socket is in another conversation.", field="conversation_id")
        if wanted is None:
            taken = await self.means.turns.begin(self.scope, _saying(frame))
        else:
            taken = await self.means.turns.take(self.scope, wanted, _saying(frame))
        turn = taken.turn
        await self.outlet.put(
            "message.accepted",
            id=frame.id,
            conversation_id=turn.conversation_id,
            turn_id=turn.id,
            user_message_id=turn.user_message_id,
            message_id=turn.message_id,
        )
        if self._room is None:
            await self._enter(turn.conversation_id, {turn.id: 0})

    async def _stop(self, frame: Stop) -> None:
        if frame.turn_id is None:
            running = (await self.means.conversations.get(self.scope, self._here().id)).active_turn_ids
        else:
            running = [frame.turn_id]
        for turn_id in running:
            await self.means.turns.stop(self.scope, turn_id)
        await self.outlet.put("stop.accepted", id=frame.id, turn_ids=running)

    async def _resume(self, frame: Resume) -> None:
        places = {heard.turn_id: heard.after for heard in frame.turns}
        if self._room is None:
            if not places:
                raise NoConversationError("Name a turn, or come to /api/v1/ws/{conversation_id}.")
            view = await self.means.follower.readers.get(self.scope, next(iter(places)))
            await self._enter(view.turn.conversation_id, places)
            return
        await self.means.follower.check(self.scope, self._room.id, places)
        if self._following is not None:
            self._following.cancel()
            await asyncio.wait([self._following])
        self._follow(self._room, places)

    def _here(self) -> Room:
        if self._room is None:
            raise NoConversationError("Say something first: this socket is in no conversation yet.")
        return self._room

    async def _enter(self, conversation_id: UUID, places: Places | None) -> None:
        """Be in a conversation from now on, and hear what happens there."""
        follower = self.means.follower
        if places is None:
            places = await follower.now(self.scope, conversation_id)
        else:
            await follower.check(self.scope, conversation_id, places)
        room = await self._stack.enter_async_context(
            self.means.rooms.entered(self.scope, conversation_id, self._member)
        )
        await self.outlet.put("entered", conversation_id=conversation_id, turns=_told(places))
        self._room = room
        self._follow(room, places)
        self._group.create_task(self._tell_presence(room))
        self._group.create_task(self._tell_changes(room))

    def _follow(self, room: Room, places: Places) -> None:
        following = Following(
            readers=self.means.follower.readers,
            scope=self.scope,
            conversation_id=room.id,
            bell=self._member.turns,
            tell=self._tell,
            request_id=self.outlet.request_id,
        )
        self._following = self._group.create_task(following.run(places))

    async def _tell(self, turn_id: UUID, event: Told) -> None:
        await self.outlet.put(event.name, turn_id=turn_id, seq=event.seq, data=event.data)

    async def _tell_presence(self, room: Room) -> None:
        last: object = ()
        while True:
            others = room.others(self._member)[:_MOST_OTHERS]
            if others != last:
                await self.outlet.put("presence", others=others)
                last = others
            while not await self._member.presence.wait(3_600):
                pass

    async def _tell_changes(self, room: Room) -> None:
        while True:
            while not await self._member.changes.wait(3_600):
                pass
            with suppress(DatabaseUnavailableError):
                row = (await self.means.conversations.get(self.scope, room.id)).row
                told = {"conversation_id": room.id, "title": row.title, "state": row.state}
                await self.outlet.put("conversation.changed", **told)

    async def _overhear(self) -> None:
        """Tell which conversations to look at again; none: at what lies where; what was missed is `null`."""
        async with self.means.rooms.bus.subscribe(person_topic(self.scope.actor_id)) as bell:
            await self.outlet.put("overhearing")
            while True:
                while not await bell.wait(3_600):
                    pass
                ids = _changed(bell.notes())
                await self.outlet.put("conversations.changed", conversation_ids=ids)


def _changed(notes: list[str]) -> list[str] | None:
    if not notes or len(notes) >= MOST_NOTES:
        return None
    return [str(UUID(note)) for note in dict.fromkeys(notes) if note != SHELVES_NOTE]


def _told(places: Places) -> list[dict[str, object]]:
    """As a `resume` frame says it."""
    return [{"turn_id": turn_id, "after": places[turn_id]} for turn_id in sorted(places)]


def _saying(frame: Message) -> Saying:
    return Saying(
        text=frame.text,
        images=frame.images,
        model=frame.model,
        temperature=frame.temperature,
        max_output_tokens=frame.max_tokens,
        system_prompt=frame.system_prompt,
        fallback_model=frame.fallback_model,
        send_id=frame.send_id,
    )
