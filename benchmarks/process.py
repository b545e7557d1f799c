"""A contender's process: started, awaited, and read: CPU time and memory of it and all its children. Linux only."""

import asyncio
import os
import signal
import time
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

_PROC = Path("/proc")
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_POLL_S = 0.01
_GRACE_S = 10.0


class StartError(Exception):
    """A contender did not become ready."""


@dataclass(frozen=True, slots=True)
class Running:
    """A contender that answers; `start_s` is the time from exec to its first ready answer."""

    pid: int
    start_s: float

    def cpu_s(self) -> float:
        """Return user and system time so far, of all threads, of living children and of children that have ended."""
        return sum(_cpu_s(pid) for pid in _family(self.pid))

    def memory_mb(self) -> float:
        """Return the resident memory of the family, in MB."""
        return self._status_mb("VmRSS")

    def peak_mb(self) -> float:
        """Return the sum of the highest resident memory that each member ever had, in MB."""
        return self._status_mb("VmHWM")

    def _status_mb(self, field: str) -> float:
        return sum(_status_kb(pid, field) for pid in _family(self.pid)) * 1024 / 1e6


@asynccontextmanager
async def run(
    command: Sequence[str], *, environment: Mapping[str, str], ready_url: str, log: Path, patience_s: float
) -> AsyncGenerator[Running, None]:
    """Start a contender and yield it when `ready_url` answers with a success; leaving ends its whole process group.

    Raises:
        StartError: with the end of its log, when it ends or is not ready in time.
    """
    with log.open("wb") as output:
        begin = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            *command, env=dict(environment), cwd=log.parent, stdin=DEVNULL, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
        try:
            try:
                async with asyncio.timeout(patience_s):
                    await _ready(ready_url, process)
            except TimeoutError:
                raise StartError(f"not ready in {patience_s:.0f} s:\n{_end_of(log)}") from None
            if process.returncode is not None:
                raise StartError(f"ended with {process.returncode}:\n{_end_of(log)}")
            yield Running(process.pid, time.perf_counter() - begin)
        finally:
            await _stop(process)


async def _ready(url: str, process: asyncio.subprocess.Process) -> None:
    async with aiohttp.ClientSession() as session:
        while process.returncode is None:
            try:
                async with session.get(url) as response:
                    if response.ok:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(_POLL_S)


async def _stop(process: asyncio.subprocess.Process) -> None:
    try:
        os.killpg(process.pid, signal.SIGTERM)
        async with asyncio.timeout(_GRACE_S):
            await process.wait()
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    except TimeoutError:
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def _family(pid: int) -> Iterator[int]:
    yield pid
    for task in (_PROC / str(pid) / "task").iterdir():
        for child in (task / "children").read_text().split():
            yield from _family(int(child))


def _cpu_s(pid: int) -> float:
    # The clock of a process (clock_getcpuclockid) counts nanoseconds where /proc/<pid>/stat counts ticks of 10 ms.
    own = time.clock_gettime(~pid << 3 | 2)
    fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return own + (int(fields[13]) + int(fields[14])) / _TICKS_PER_S


def _status_kb(pid: int, field: str) -> int:
    lines = (_PROC / str(pid) / "status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:"))


def _end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]
