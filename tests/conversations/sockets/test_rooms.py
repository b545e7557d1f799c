"""Rooms on two replicas whose bus does not take everything: who is there is told again until it does."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from tests.conversations.house import Tasks, someone

from chimera.conversations.bus import Bell, Bells
from chimera.conversations.sockets import rooms as module
from chimera.conversations.sockets.rooms import Member, Rooms
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.store import Database

PATIENCE_S = 5.0


@dataclass(slots=True)
class Line:
    """Between replicas; what is said while it is torn is lost."""

    ends: list[Bells] = field(default_factory=list[Bells])
    is_torn: bool = False


@dataclass(slots=True)
class LossyBus:
    """One replica's end of a line."""

    line: Line
    bells: Bells = field(default_factory=Bells)

    def __post_init__(self) -> None:
        self.line.ends.append(self.bells)

    async def publish(self, topic: str, note: str = "") -> bool:
        self.bells.ring(topic, note)
        if not self.line.is_torn:
            for bells in self.line.ends:
                if bells is not self.bells:
                    bells.ring(topic, note)
        return not self.line.is_torn

    @asynccontextmanager
    async def subscribe(self, topic: str) -> AsyncGenerator[Bell]:
        bell = self.bells.hang(topic)
        try:
            yield bell
        finally:
            self.bells.take_down(topic, bell)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two replicas, and a conversation."""

    line: Line
    here: Rooms
    there: Rooms
    scope: Scope = field(default_factory=someone)
    id: UUID = field(default_factory=new_id)


@pytest.fixture
def pair(database: Database, tasks: Tasks, monkeypatch: pytest.MonkeyPatch) -> Pair:
    monkeypatch.setattr(module, "_TELL_AGAIN_S", 0.05)
    line = Line()
    here, there = (Rooms(database=database, bus=LossyBus(line), spawn=tasks.spawn) for _ in range(2))
    return Pair(line=line, here=here, there=there)


async def test_what_the_bus_did_not_take_is_told_again(pair: Pair) -> None:
    ours, theirs = (Member(user_id=pair.scope.actor_id) for _ in range(2))
    async with pair.here.entered(pair.scope, pair.id, ours) as here, pair.there.entered(pair.scope, pair.id, theirs):
        pair.line.is_torn = True
        ours.state = "away"
        await here.tell()
        pair.line.is_torn = False
        await others(pair, theirs, "away")


async def test_whoever_comes_while_the_bus_is_away_is_seen_once_it_is_back(pair: Pair) -> None:
    ours, theirs = (Member(user_id=pair.scope.actor_id) for _ in range(2))
    async with pair.there.entered(pair.scope, pair.id, theirs):
        pair.line.is_torn = True
        async with pair.here.entered(pair.scope, pair.id, ours):
            pair.line.is_torn = False
            await others(pair, theirs, "active")


async def test_a_bell_without_a_word_has_the_others_asked_who_is_there(pair: Pair) -> None:
    ours, theirs = (Member(user_id=pair.scope.actor_id) for _ in range(2))
    async with (
        pair.here.entered(pair.scope, pair.id, ours) as here,
        pair.there.entered(pair.scope, pair.id, theirs) as there,
    ):
        there._elsewhere.clear()
        assert there.others(theirs) == ()
        pair.line.ends[1].ring_all()
        await others(pair, theirs, "active")
        assert len(here.others(ours)) == 1


async def test_the_last_to_leave_is_not_seen_for_long_where_the_bus_did_not_hear_of_it(pair: Pair) -> None:
    ours, theirs = (Member(user_id=pair.scope.actor_id) for _ in range(2))
    async with pair.there.entered(pair.scope, pair.id, theirs):
        async with pair.here.entered(pair.scope, pair.id, ours):
            await others(pair, theirs, "active")
            pair.line.is_torn = True
        pair.line.is_torn = False
        await others(pair, theirs)


async def others(pair: Pair, member: Member, *states: str) -> None:
    """Wait until a member of the replica that is there sees others, and in these states."""
    room, _ = pair.there._rooms[pair.id]
    while [seen.state for seen in room.others(member)] != list(states):
        assert await member.presence.wait(PATIENCE_S), "nobody told of it"
