"""Requests with keys that this process carries out: each in a task of the server, which outlives who asked."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final, TypeAlias
from weakref import WeakValueDictionary

import structlog
from starlette.types import Send

from chimera.idempotency.errors import KeyInProgressError
from chimera.idempotency.recording import Recording, Room
from chimera.idempotency.service import LEASE, FirstResults, not_kept, reused
from chimera.idempotency.states import Keyed, Mine, Result
from chimera.kit.lifetimes import to_its_end
from chimera.kit.rounds import rounds
from chimera.kit.scope import Scope
from chimera.store import DatabaseUnavailableError

log = structlog.get_logger()


# Carries a request out: sends its answer, and tells whether that answer is one to be given again.
Work: TypeAlias = Callable[[Send], Awaitable[bool]]
Spawn: TypeAlias = Callable[[Coroutine[None, None, None]], "asyncio.Task[None]"]

_BEAT_S: Final = 10.0
_SWEEP_EVERY: Final = 60  # beats
_LOOK_S, _LOOK_MOST_S = 0.05, 1.0
_TRIES: Final = 3
_PARTING_S: Final = 2.0
_RETRY_AFTER_S: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A request that is being carried out here."""

    keyed: Keyed
    mine: Mine
    recording: Recording


@dataclass(slots=True, kw_only=True, eq=False)
class Runs:
    """Carries requests with keys out, each once.

    Attributes:
        spawn: Starts a task that the house owns.
        longest_s: A run that takes longer is ended; the surfaces' own limits should end it before.
        dead_before: Whatever seems to have run until then is known to be dead.
    """

    results: FirstResults
    spawn: Spawn
    longest_s: float
    dead_before: datetime | None = None
    room: Room = field(default_factory=Room)
    _live: dict[str, Run] = field(default_factory=dict)
    _asking: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    _tasks: "dict[asyncio.Task[None], Run]" = field(default_factory=dict)
    _held_at: float = 0.0

    async def first(self, keyed: Keyed, work: Work, *, within_s: float) -> Result | tuple[Recording, bool]:
        """The first result; or the recording of the run that makes it, and whether this request began it.

        Raises:
            IdempotencyKeyReusedError: if the key stands for another request.
            ResultNotKeptError: if it was carried out and its answer cannot be given again.
            KeyInProgressError: if another process carries it out for longer than `within_s`.
            DatabaseUnavailableError: if nobody can say.
        """
        deadline, pause = asyncio.get_running_loop().time() + within_s, _LOOK_S
        while True:
            # Whoever asked may leave; what was claimed must be begun.
            found = await to_its_end(self._look(keyed, work))
            if found is not None:
                return found
            if asyncio.get_running_loop().time() + pause > deadline:
                raise in_progress()
            await asyncio.sleep(pause)
            while await self.results.runs(keyed) and asyncio.get_running_loop().time() + pause <= deadline:
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, _LOOK_MOST_S)

    async def run(self) -> None:
        """Tell of the runs here that they live, and sweep, until cancelled."""
        beats = 0

        async def beat() -> None:
            nonlocal beats
            await self._beat(sweeps=beats % _SWEEP_EVERY == 0)
            beats += 1

        await rounds(beat, every_s=_BEAT_S, named="idempotency")

    def running(self) -> list[tuple[Scope, Callable[[], object]]]:
        """For whom requests are being carried out here, and how each is ended because they may not go on.

        Its key is free again then, and who waits for the answer hears why there is none.
        """
        return [(run.keyed.scope, partial(_shut_out, task, run)) for task, run in self._tasks.items()]

    async def drain(self, *, grace_s: float, at_once: asyncio.Event | None = None) -> None:
        """Let the runs come to their end, for so long or until `at_once` is set; then end them and free their keys."""
        if not self._tasks:
            return
        hurried = asyncio.ensure_future((at_once or asyncio.Event()).wait())
        ended = asyncio.ensure_future(asyncio.wait(self._tasks))
        await asyncio.wait({hurried, ended}, timeout=grace_s, return_when=asyncio.FIRST_COMPLETED)
        hurried.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.wait({ended}, timeout=_PARTING_S)

    async def _look(self, keyed: Keyed, work: Work) -> Result | tuple[Recording, bool] | None:
        lock = self._asking.setdefault(keyed.name, asyncio.Lock())
        async with lock:
            run = self._live.get(keyed.name)
            if run is not None:
                if run.keyed.fingerprint != keyed.fingerprint:
                    raise reused()
                if run.recording.overlong:
                    raise not_kept()
                return run.recording, False
            claimed = await self.results.claim(keyed)
            if isinstance(claimed, Mine):
                return self._begin(Run(keyed=keyed, mine=claimed, recording=Recording(self.room)), work), True
            return claimed if isinstance(claimed, Result) else None

    def _begin(self, run: Run, work: Work) -> Recording:
        self._live[run.keyed.name] = run
        self._held_at = asyncio.get_running_loop().time()
        task = self.spawn(self._carry_out(run, work))
        self._tasks[task] = run
        task.add_done_callback(self._ended)
        return run.recording

    def _ended(self, task: "asyncio.Task[None]") -> None:
        run = self._tasks.pop(task)
        if self._live.get(run.keyed.name) is run:  # cancelled before it began
            del self._live[run.keyed.name]
            run.recording.close()
            self.spawn(self._settle(run, is_kept=False))

    async def _carry_out(self, run: Run, work: Work) -> None:
        is_kept = False
        try:
            async with asyncio.timeout(self.longest_s):
                is_good = await work(run.recording.send)
            is_kept = is_good and run.recording.complete
        except TimeoutError:
            log.warning("idempotency.run_too_long")
        finally:
            try:
                await to_its_end(self._settle(run, is_kept=is_kept))
            except Exception:  # the outermost edge of this task, which must not take the house along
                log.exception("idempotency.run_not_settled")
            finally:
                run.recording.close()
                del self._live[run.keyed.name]

    async def _settle(self, run: Run, *, is_kept: bool) -> None:
        for trial in range(_TRIES):
            try:
                await self._write_down(run, is_kept=is_kept)
            except DatabaseUnavailableError as error:
                log.warning("idempotency.result_not_kept", code=error.code, trial=trial)
                # Who waits for the answer need not wait for the database.
                run.recording.close()
                await asyncio.sleep(trial + 1)
            else:
                return

    async def _write_down(self, run: Run, *, is_kept: bool) -> None:
        scope, result = run.keyed.scope, run.recording.result
        if not is_kept:
            await self.results.release(scope, run.mine)
        elif result is None or _is_shown_once(result):
            await self.results.keep_only_that(scope, run.mine)
        else:
            await self.results.keep(scope, run.mine, result)

    async def _renew(self) -> None:
        """Prolong the leases, and end the runs whose keys are in other hands, or may be: they would be paid twice."""
        held, loop = tuple(self._live.values()), asyncio.get_running_loop()
        try:
            still = await self.results.renew([run.mine for run in held])
        except DatabaseUnavailableError:
            if loop.time() - self._held_at > LEASE.total_seconds():
                self._end(held)
            raise
        self._held_at = loop.time()
        self._end([run for run in held if run.mine.id not in still])

    def _end(self, lost: Collection[Run]) -> None:
        for task, run in self._tasks.items():
            if run in lost and self._live.get(run.keyed.name) is run:
                log.warning("idempotency.lease_lost", key=str(run.mine.id))
                task.cancel()

    async def _beat(self, *, sweeps: bool) -> None:
        if self.dead_before is not None:
            await self.results.end_leases(self.dead_before)
            self.dead_before = None
        if self._live:
            await self._renew()
        if sweeps:
            await self.results.sweep()


def _shut_out(task: "asyncio.Task[None]", run: Run) -> None:
    run.recording.shut_out = True
    task.cancel()


def in_progress() -> KeyInProgressError:
    return KeyInProgressError(
        "The first request with this Idempotency-Key is still being answered. Try again in a moment.",
        retry_after_s=_RETRY_AFTER_S,
    )


def _is_shown_once(result: Result) -> bool:
    """Endpoints say `no-store` themselves where their answer holds a secret."""
    return any(name.lower() == b"cache-control" and b"no-store" in value.lower() for name, value in result.headers)
