"""All that can be done with responses, as the surface needs it."""

from dataclasses import dataclass

from chimera.responses.service.archive import Archive
from chimera.responses.service.desk import Desk
from chimera.responses.service.following import Readers
from chimera.responses.service.room import BackgroundRoom
from chimera.responses.service.runs import Runs, Spawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Responses:
    """The rooms of this house."""

    archive: Archive
    runs: Runs
    readers: Readers


def responses_of(desk: Desk, room: BackgroundRoom, *, spawn: Spawn, replica: str) -> Responses:
    """Put the rooms together.

    Args:
        desk: What writers work with.
        room: How many of them may be.
        spawn: Starts a coroutine as a task of a group that outlives every request.
        replica: Name of this process.
    """
    archive = Archive(database=desk.database, pace=desk.pace, clock=desk.clock, may_go=desk.may_go, replica=replica)
    return Responses(
        archive=archive,
        runs=Runs(desk=desk, archive=archive, room=room, spawn=spawn),
        readers=Readers(database=desk.database, bus=desk.bus, pace=desk.pace),
    )
