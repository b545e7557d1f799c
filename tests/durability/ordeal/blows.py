"""What befalls servers and databases while people talk."""

import asyncio
import os
import random
import signal
import sqlite3
import time
from collections.abc import Coroutine, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

import psutil
from tests.durability.ordeal.doors import Door, Doors
from tests.durability.rows import file_of, run

# Longer than a writer may be silent.
_SILENCE_S: Final = 31
# A server that is frozen in the middle of a transaction keeps its locks until PostgreSQL ends that, after 60 s.
_REAPED_WITHIN_S: Final = 75.0


@dataclass(frozen=True, slots=True)
class Standstill:
    """When nothing could be written, in monotonic seconds; of one server, or of all."""

    begin: float
    end: float
    door: Door | None = None


@dataclass(slots=True, kw_only=True)
class Field:
    """Where blows fall.

    Attributes:
        postgres: Process of the database's server, where there is one.
        standstills: Those that were.
        done: The names of all blows, in order.
        killed: The lives that a kill ended.
        falling: The last blow, which must be waited for.
    """

    doors: Doors
    database_url: str
    lots: random.Random
    postgres: int | None = None
    standstills: list[Standstill] = field(default_factory=list[Standstill])
    done: list[str] = field(default_factory=list[str])
    killed: list[Door] = field(default_factory=list[Door])
    falling: "asyncio.Future[None] | None" = None

    async def silence(self, door: Door) -> None:
        """Let the turns of a server, and its cashier, have been silent for as long as makes it dead for others."""
        if not door.turns or self.database_url.startswith("sqlite"):
            return  # of a file a server knows that it is the only one
        known = ",".join(f"'{turn}'" for turn in door.turns)
        written_by = f"(SELECT replica FROM turns WHERE id IN ({known}))"
        await run(
            self.database_url,
            "",
            f"UPDATE turns SET heartbeat_at = heartbeat_at - interval '{_SILENCE_S} seconds'"
            f" WHERE status = 'running' AND replica IN {written_by}",
        )


class Blow(Protocol):
    """One thing that can happen."""

    @property
    def __name__(self) -> str: ...

    def __call__(self, field: Field, /) -> Coroutine[None, None, None]: ...


async def kill(field: Field) -> None:
    """Kill a server, and start another in its place."""
    door = await field.doors.any()
    await field.doors.kill(door.name)
    field.killed.append(door)
    await field.silence(door)
    await asyncio.sleep(field.lots.uniform(0, 0.5))
    await field.doors.begin(door.name)


async def freeze_postgres(field: Field) -> None:
    assert field.postgres is not None
    server = psutil.Process(field.postgres)
    await _stand_still(field, [server, *server.children(recursive=True)], field.lots.uniform(0.5, 4))


async def freeze_a_server(field: Field) -> None:
    door = await field.doors.any()
    await _stand_still(field, [psutil.Process(door.server.process.pid)], field.lots.uniform(0.5, 3), door)


async def usurp(field: Field) -> None:
    """Freeze a server until another has ended its turns; it comes back and must not write to them any more."""
    door = await field.doors.any()
    begin = time.monotonic()
    os.kill(door.server.process.pid, signal.SIGSTOP)
    try:
        await field.silence(door)
        await _until_none_is_silent(field)
    finally:
        os.kill(door.server.process.pid, signal.SIGCONT)
    field.standstills.append(Standstill(begin, time.monotonic(), door))


async def lock_the_file(field: Field) -> None:
    """Let somebody else write to the file for longer than some wait for it."""
    begin, rest_s = time.monotonic(), field.lots.uniform(0.3, 3)
    await asyncio.to_thread(_lock, Path(file_of(field.database_url)), rest_s)
    field.standstills.append(Standstill(begin, time.monotonic()))


def _lock(file: Path, rest_s: float) -> None:
    with closing(sqlite3.connect(file, isolation_level=None, timeout=10)) as other:
        other.execute("BEGIN IMMEDIATE")
        time.sleep(rest_s)
        other.execute("ROLLBACK")


async def _stand_still(
    field: Field, processes: Sequence[psutil.Process], rest_s: float, door: Door | None = None
) -> None:
    begin = time.monotonic()
    try:
        for process in processes:
            process.suspend()
        await asyncio.sleep(rest_s)
    finally:
        for process in reversed(processes):
            process.resume()
    field.standstills.append(Standstill(begin, time.monotonic(), door))


async def _until_none_is_silent(field: Field) -> None:
    query = "SELECT count(*) FROM turns WHERE status = 'running' AND heartbeat_at < now() - interval '30 seconds'"
    for _ in range(int(_REAPED_WITHIN_S / 0.1)):
        if (await run(field.database_url, "", query))[0][0] == 0:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("nobody ended the turns of a silent server")


ON_A_FILE: Final[tuple[Blow, ...]] = (kill, kill, lock_the_file, freeze_a_server)
ON_POSTGRES: Final[tuple[Blow, ...]] = (kill, kill, freeze_postgres, freeze_a_server, usurp)
