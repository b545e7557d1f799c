"""Sockets of conversations, put together."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TypeAlias

from prometheus_client import CollectorRegistry

from chimera.bootstrap.parts.people import People
from chimera.bootstrap.web_settings import SocketsEntry
from chimera.conversations.service import Conversations, Readers, Turns
from chimera.conversations.sockets.bounds import Bounds
from chimera.conversations.sockets.door import SocketDoor
from chimera.conversations.sockets.following import Follower
from chimera.conversations.sockets.metrics import SocketMetrics
from chimera.conversations.sockets.rooms import LOOK_S, Rooms
from chimera.conversations.sockets.talk import Means
from chimera.kit.rounds import rounds
from chimera.tenancy.live.tickets import Tickets

Spawn: TypeAlias = Callable[[Coroutine[None, None, None]], "asyncio.Task[None]"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """Where sockets meet.

    Attributes:
        rooms: Who is in which conversation.
        bounds: How many there are.
    """

    rooms: Rooms
    bounds: Bounds


def open_hall(entry: SocketsEntry, readers: Readers, registry: CollectorRegistry, spawn: Spawn) -> Hall:
    """Begin to count sockets, and to look for turns that no bus tells of: other replicas' where there is no Redis."""
    bounds = Bounds(per_process=entry.per_process, per_person=entry.per_person, stall_s=entry.stall_s)
    SocketMetrics(registry, bounds)
    rooms = Rooms(database=readers.database, bus=readers.bus, spawn=spawn)
    spawn(rounds(rooms.look, every_s=LOOK_S, named="rooms"))
    return Hall(rooms=rooms, bounds=bounds)


def tickets(people: People, readers: Readers) -> Tickets:
    return Tickets(database=readers.database, sealer=people.sealer)


def socket_door(hall: Hall, people: People, conversations: Conversations, turns: Turns, readers: Readers) -> SocketDoor:
    return SocketDoor(
        authenticate=people.watched,
        demand=people.watched.demand,
        tickets=tickets(people, readers),
        bounds=hall.bounds,
        means=Means(conversations=conversations, turns=turns, follower=Follower(readers=readers), rooms=hall.rooms),
    )
