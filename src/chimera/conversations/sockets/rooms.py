"""Rooms: who is in a conversation on this and other replicas, and what wakes them.

Kept nowhere: a replica tells the others of its own people when something changes and from time to time, soon again
where the bus did not take it, and believes what it was told for as long as three tellings take.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Struct

from chimera.conversations.bus import CHANGE_NOTE, TURN_NOTE, Bell, EventBus, room_topic
from chimera.conversations.sockets.repository import Heads
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.store import Database

LOOK_S: Final = 3.0
TYPING_S: Final = 6.0
_TELL_S: Final = 15.0
_TELL_AGAIN_S: Final = 1.0
_FAREWELLS: Final = 5
_BELIEVED_S: Final = 3 * _TELL_S
_LOT: Final = 500

State: TypeAlias = Literal["active", "away"]
Spawn: TypeAlias = Callable[[Coroutine[None, None, None]], "asyncio.Task[None]"]


class Seen(Struct, frozen=True, kw_only=True):
    """Somebody at a socket, as others see them."""

    socket_id: UUID
    user_id: UUID
    state: State = "active"
    typing: bool = False


class _Here(Struct, frozen=True, kw_only=True):
    """All who are in a room on one replica. `asks`: the others shall tell of theirs."""

    replica: UUID
    people: tuple[Seen, ...]
    asks: bool = False


_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final[msgspec.json.Decoder[_Here]] = msgspec.json.Decoder(_Here)


@dataclass(slots=True, kw_only=True, eq=False)
class Member:
    """A socket in a room.

    Attributes:
        turns: Rings when there may be a new turn.
        presence: Rings when others came, left, or did something.
        changes: Rings when the conversation's title or a recap may have changed.
    """

    user_id: UUID
    id: UUID = field(default_factory=new_id)
    state: State = "active"
    typing_until: float = 0.0
    turns: Bell = field(default_factory=Bell)
    presence: Bell = field(default_factory=Bell)
    changes: Bell = field(default_factory=Bell)

    def seen(self, now: float) -> Seen:
        return Seen(socket_id=self.id, user_id=self.user_id, state=self.state, typing=now < self.typing_until)


@dataclass(slots=True, kw_only=True, eq=False)
class Room:
    """The sockets in one conversation here, and what is known of those elsewhere.

    Attributes:
        arrived: Set once nothing is missed any more.
        head: The last message, when that was last looked up.
    """

    id: UUID
    tenant_id: UUID
    replica: UUID
    bus: EventBus
    members: dict[UUID, Member] = field(default_factory=dict[UUID, Member])
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    head: UUID | None = None
    _elsewhere: dict[UUID, tuple[float, tuple[Seen, ...]]] = field(
        default_factory=dict[UUID, tuple[float, tuple[Seen, ...]]]
    )
    _told: float = 0.0
    _is_heard: bool = True

    def others(self, member: Member) -> tuple[Seen, ...]:
        """Everybody else, in the order in which they came."""
        now = _now()
        here = [one.seen(now) for one in self.members.values() if one is not member]
        there = [seen for until, people in self._elsewhere.values() if now < until for seen in people]
        return tuple(sorted((*here, *there), key=lambda seen: seen.socket_id))

    async def run(self) -> None:
        """Hear the bus until cancelled."""
        async with self.bus.subscribe(room_topic(self.id)) as bell:
            self.arrived.set()
            await self.tell(asks=True)
            while True:
                rung = await bell.wait(max(self._due() - _now(), 0.0))
                notes = bell.notes()
                is_asked = self._hear(notes)
                # A ring without a word: some were lost.
                is_deaf = bool(rung and not notes)
                if is_asked or is_deaf or self._due() <= _now():
                    await self.tell(asks=is_deaf)

    async def tell(self, *, asks: bool = False) -> bool:
        """Let the other replicas know who is here, and everybody here; tell whether the bus took it."""
        self._told, self._is_heard = (now := _now()), False
        people = tuple(member.seen(now) for member in self.members.values())
        note = _ENCODER.encode(_Here(replica=self.replica, people=people, asks=asks)).decode()
        self._is_heard = await self.bus.publish(room_topic(self.id), note)
        return self._is_heard

    def ring(self) -> None:
        """Let everybody look for a new turn."""
        for member in self.members.values():
            member.turns.ring()

    def _due(self) -> float:
        """When the others must be told again: regularly, and when somebody stopped typing without a word."""
        stopped = (member.typing_until for member in self.members.values() if member.typing_until > self._told)
        return min((self._told + (_TELL_S if self._is_heard else _TELL_AGAIN_S), *stopped))

    def _hear(self, notes: list[str]) -> bool:
        """Take note of what the bus brought; tell whether others ask who is here."""
        is_asked, until = False, _now() + _BELIEVED_S
        if not notes or TURN_NOTE in notes:
            self.ring()
        if CHANGE_NOTE in notes:
            for member in self.members.values():
                member.changes.ring()
        for here in _decoded(notes):
            if here.replica != self.replica:
                self._elsewhere[here.replica] = (until, here.people)
                is_asked = is_asked or here.asks
        self._elsewhere = {one: held for one, held in self._elsewhere.items() if held[0] > _now() and held[1]}
        for member in self.members.values():
            member.presence.ring()
        return is_asked


@dataclass(slots=True, kw_only=True, eq=False)
class Rooms:
    """The rooms of this process that somebody is in.

    Attributes:
        spawn: Starts a task that the house owns.
    """

    database: Database
    bus: EventBus
    spawn: Spawn
    replica: UUID = field(default_factory=new_id)
    _rooms: dict[UUID, tuple[Room, "asyncio.Task[None]"]] = field(
        default_factory=dict[UUID, tuple[Room, "asyncio.Task[None]"]]
    )

    @asynccontextmanager
    async def entered(self, scope: Scope, conversation_id: UUID, member: Member) -> AsyncGenerator[Room]:
        """Be in a conversation, which was found to be the caller's, until the block is left."""
        if conversation_id not in self._rooms:
            room = Room(id=conversation_id, tenant_id=scope.tenant_id, replica=self.replica, bus=self.bus)
            self._rooms[conversation_id] = (room, self.spawn(room.run()))
        room, task = self._rooms[conversation_id]
        room.members[member.id] = member
        try:
            await room.arrived.wait()
            await room.tell()
            yield room
        finally:
            del room.members[member.id]
            if not room.members:
                del self._rooms[conversation_id]
                task.cancel()
            if not await room.tell() and not room.members:
                self.spawn(self._part(room))

    async def _part(self, room: Room) -> None:
        """Let the other replicas know that nobody is here any more, where the bus did not take it at once."""
        for _ in range(_FAREWELLS):
            await asyncio.sleep(_TELL_AGAIN_S)
            if room.id in self._rooms or await room.tell():
                return

    async def look(self) -> None:
        """Ring where something was said that no bus told of: one round. Raises DatabaseUnavailableError."""
        by_tenant: dict[UUID, list[Room]] = {}
        for room, _ in self._rooms.values():
            by_tenant.setdefault(room.tenant_id, []).append(room)
        for tenant_id, rooms in by_tenant.items():
            scope = Scope(tenant_id=tenant_id, actor_id=tenant_id, permissions=frozenset())
            for lot in _lots(rooms):
                async with self.database.reading(scope) as tx:
                    heads = await Heads(tx, scope).of([room.id for room in lot])
                for room in lot:
                    head = heads.get(room.id)
                    if room.head != head:
                        room.head = head
                        room.ring()


def _lots(rooms: list[Room]) -> Iterator[list[Room]]:
    return (rooms[start : start + _LOT] for start in range(0, len(rooms), _LOT))


def _decoded(notes: list[str]) -> Iterator[_Here]:
    """What replicas told of themselves; another version of the program may tell what this one does not know."""
    for note in notes:
        with suppress(msgspec.DecodeError):
            yield _DECODER.decode(note)


def _now() -> float:
    return asyncio.get_running_loop().time()
