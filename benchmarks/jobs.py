"""The messages between the harness and its worker processes: one JSON line each way. No measuring happens here."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

ROOT = Path(__file__).parents[1]
_PATIENCE_S = 120.0


class WorkerError(Exception):
    """A worker died, or a request that it made was answered wrongly: the figures would mean nothing."""


class Say(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """To the upstream: answer with this many one-word chunks, each `delay_ms` after the one before."""

    chunks: int
    delay_ms: float = 0.0


class Hang(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """To the upstream: let the next `count` streams fall silent after their first chunks."""

    count: int


class Load(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """To the load generator: send `body` `count` times, `concurrency` at once; each answer must say `words` words.

    Attributes:
        end: What a whole stream has at its end.
        fresh_header: A header to be given another value each time.
        rate: Requests a second, each sent when it is due, whatever became of those before (an open loop); without one
            `concurrency` of them are under way all the time.
    """

    url: str
    headers: dict[str, str]
    body: str
    count: int
    concurrency: int
    words: int
    end: str = "data: [DONE]\n\n"
    fresh_header: str | None = None
    rate: float | None = None


class Hold(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """To the load generator: open `count` streams, wait for the first bytes of each, and keep them open."""

    url: str
    headers: dict[str, str]
    body: str
    count: int


class Release(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """To the load generator: hang up on every held stream."""


class Ail(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """To the upstream: let a provider fail every request in one way from now on; without a fault it is well again."""

    provider: str
    fault: str | None = None


Job = Say | Hang | Load | Hold | Release | Ail


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """A worker's answer: how long each request took, or what went wrong first."""

    latencies_ms: Sequence[float] = ()
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Worker:
    """A running worker; made by `open_worker`. `greeting` is the line it began with."""

    _process: Process
    greeting: str

    async def do(self, job: Job) -> Outcome:
        """Have one job done. Raises WorkerError."""
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(job) + b"\n")
        outcome = msgspec.json.decode(await _line(self._process), type=Outcome)
        if outcome.fault is not None:
            raise WorkerError(outcome.fault)
        return outcome


@asynccontextmanager
async def open_worker(module: str) -> AsyncGenerator[Worker, None]:
    """Start `python -m <module>`; leaving ends it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, stdin=PIPE, stdout=PIPE, cwd=ROOT, limit=16 * 1024 * 1024
    )
    try:
        yield Worker(process, (await _line(process)).decode().strip())
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def work(greeting: str, handle: Callable[[Job], Awaitable[Outcome]]) -> None:
    """Be a worker: greet, then do jobs from stdin until it ends. Errors go back as faults."""
    decoder = msgspec.json.Decoder[Job](Job)
    _print(greeting.encode())
    while line := await asyncio.to_thread(sys.stdin.buffer.readline):
        try:
            outcome = await handle(decoder.decode(line))
        except Exception as error:  # noqa: BLE001  # the edge of the process: told to the harness, which stops
            outcome = Outcome(fault=_named(error))
        _print(msgspec.json.encode(outcome))


async def _line(process: Process) -> bytes:
    assert process.stdout is not None
    async with asyncio.timeout(_PATIENCE_S):
        line = await process.stdout.readline()
    if not line:
        raise WorkerError("A worker process died.")
    return line


def _named(error: BaseException) -> str:
    """Name the error itself, not the task group that it came through."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"


def _print(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()
