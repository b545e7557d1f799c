"""The one task of a process that writes the books: whatever arrives during a transaction goes into the next one."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Never
from uuid import UUID

import structlog
from msgspec import Struct

from chimera.kit.clock import utc_now
from chimera.kit.errors import AppError
from chimera.kit.ids import new_id
from chimera.spend.cashier.operations import Adjust, Bury, Hold, Operation, Outcome, Release, Settle, Shelf
from chimera.spend.cashier.script import Sitting
from chimera.spend.cashier.steps import Till
from chimera.spend.claims import Claim, Entry, Grant
from chimera.store import DatabaseUnavailableError

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often and how long.

    Attributes:
        most: Operations in one transaction.
        most_waiting: Holds that may wait; more are refused at once.
        beat_s: Between two signs of life.
        lease_s: After so much silence a process is believed dead.
        pause_s: Before the next try while the database is away.
        many: From so many operations in one transaction on, the next one waits for `gather_s` for more of them: what it
            costs depends little on how many share it.
    """

    most: int = 500
    most_waiting: int = 10_000
    beat_s: float = 5.0
    lease_s: float = 30.0
    pause_s: float = 0.25
    many: int = 4
    gather_s: float = 0.002


class _Waiting(Struct, eq=False):
    """An operation in the queue; `outcome` is `None` where nobody waits for it."""

    operation: Operation
    outcome: "asyncio.Future[Outcome] | None" = None

    def tell(self, outcome: Outcome) -> None:
        future, self.outcome = self.outcome, None
        if future is None or future.done():
            return
        if isinstance(outcome, AppError):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)

    def fail(self, error: Exception) -> None:
        future, self.outcome = self.outcome, None
        if future is not None and not future.done():
            future.set_exception(error)


@dataclass(slots=True, kw_only=True, eq=False)
class Cashier:
    """Implements `claims.Books` on a till. It works as long as `run` does.

    Settlements that cannot be written stay in the queue. It is no longer than calls are under way, since nobody is
    granted anything while the database is away.

    Attributes:
        id: In `cashiers`; holds bear it.
    """

    till: Till
    clock: Callable[[], datetime] = utc_now
    monotonic: Callable[[], float] = time.monotonic
    pace: Pace = field(default_factory=Pace)
    id: UUID = field(default_factory=new_id)
    _queue: deque[_Waiting] = field(default_factory=deque[_Waiting])
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _idle: asyncio.Event = field(default_factory=asyncio.Event)
    _shelf: Shelf = field(default_factory=Shelf)
    _beat_at: float = float("-inf")
    _steady_since: float = float("-inf")
    _is_away: bool = False

    async def hold(self, claim: Claim) -> Grant:
        """See `Books.hold`."""
        if len(self._queue) >= self.pace.most_waiting:
            raise DatabaseUnavailableError("Too many calls wait for the database.", retry_after_s=1)
        future = self._put(Hold(claim))
        try:
            grant = await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled() and future.exception() is None:
                self._put_later(Release(claim))
            raise
        assert isinstance(grant, Grant), "a hold is granted or refused"
        return grant

    async def settle(self, grant: Grant, entry: Entry) -> None:
        """See `Books.settle`. Cancelling waits for nothing, and what was begun goes on."""
        await self._put(Settle(grant, entry))

    def settle_later(self, grant: Grant, entry: Entry) -> None:
        """See `Books.settle_later`."""
        self._put_later(Settle(grant, entry))

    async def adjust(self, adjusting: Adjust) -> None:
        """Put an entry right by a further one.

        Raises:
            EntryNotFoundError: if there is none of that id.
            DatabaseUnavailableError: if it cannot be written now. Nothing will be, then.
        """
        await self._put(adjusting)

    async def bury(self, dead: Sequence[Bury]) -> None:
        """Settle what the dead held; what has been settled meanwhile stays as it is."""
        if dead:
            for operation in dead[:-1]:
                self._put_later(operation)
            await self._put(dead[-1])

    @property
    def is_steady(self) -> bool:
        """Whether no sign of life of ours was late within a lease: if ours were, so may be those of others."""
        return self.monotonic() - self._steady_since >= self.pace.lease_s

    async def drain(self, *, grace_s: float) -> None:
        """Wait until everything is written, for a while."""
        with suppress(TimeoutError):
            async with asyncio.timeout(grace_s):
                await self._idle.wait()
        if self._queue:
            log.error("books.left_unwritten", operations=len(self._queue))

    async def run(self) -> Never:
        """Write, until cancelled."""
        hurried = False
        while True:
            if not self._queue:
                self._arrived.clear()
                self._idle.set()
                await self._until_something_is_due()
            self._idle.clear()
            if hurried:
                await asyncio.sleep(self.pace.gather_s)
            batch = [self._queue.popleft() for _ in range(min(len(self._queue), self.pace.most))]
            hurried = len(batch) >= self.pace.many
            if not await self._write([waiting for waiting in batch if not _is_dropped(waiting)]):
                await asyncio.sleep(self.pace.pause_s)

    def _put(self, operation: Operation) -> "asyncio.Future[Outcome]":
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(operation, future))
        self._wake()
        return future

    def _put_later(self, operation: Operation) -> None:
        self._queue.append(_Waiting(operation))
        self._wake()

    def _wake(self) -> None:
        self._idle.clear()
        self._arrived.set()

    async def _until_something_is_due(self) -> None:
        wait_s = self._beat_at + self.pace.beat_s - self.monotonic()
        if wait_s > 0:
            due = asyncio.get_running_loop().call_later(wait_s, self._arrived.set)
            try:
                await self._arrived.wait()
            finally:
                due.cancel()

    async def _write(self, batch: list[_Waiting]) -> bool:
        """One transaction; tell whether the database answered."""
        now = self.monotonic()
        beat = now - self._beat_at >= self.pace.beat_s
        if not batch and not beat:
            return True
        sitting = Sitting(self._shelf, cashier_id=self.id, at=self.clock(), beat=beat)
        try:
            outcomes = await self.till.run(sitting.script([waiting.operation for waiting in batch]))
        except DatabaseUnavailableError as error:
            self._put_off(batch, error, sitting)
            return False
        except Exception as error:  # one operation that cannot be written must not keep the others from it
            log.exception("books.refused", operations=len(batch))
            return await self._write_apart(batch, error)
        if self._is_away:
            log.info("books.written_again")
            self._is_away = False
        if beat:
            self._was_seen(now)
        spent: list[tuple[_Waiting, Outcome]] = []
        for waiting, outcome in zip(batch, outcomes, strict=True):
            if isinstance(waiting.operation, Hold):
                self._tell(waiting, outcome)
            else:
                spent.append((waiting, outcome))
        if spent:
            self._tell_once_kept(spent)
        return True

    def _tell_once_kept(self, spent: Sequence[tuple[_Waiting, Outcome]]) -> None:
        """A hold is believed before it is on the disk: a failure of the power ends the call it is for as well."""
        kept = self.till.kept()
        if kept is None:
            _tell_all(spent, None)
        else:
            kept.add_done_callback(partial(_tell_all, spent))

    def _tell(self, waiting: _Waiting, outcome: Outcome) -> None:
        if isinstance(outcome, Grant) and (waiting.outcome is None or waiting.outcome.cancelled()):
            self._put_later(Release(outcome.claim))
        waiting.tell(outcome)

    def _put_off(self, batch: Sequence[_Waiting], error: DatabaseUnavailableError, sitting: Sitting) -> None:
        """Tell whoever waits; keep what must not be lost, before all that came since."""
        if not self._is_away:
            log.warning("books.put_off", operations=len(batch), code=error.code)
            self._is_away = True
        kept: list[_Waiting] = []
        for waiting in batch:
            waiting.fail(error)
            match waiting.operation:
                case Hold(claim):
                    if sitting.is_written:
                        kept.append(_Waiting(Release(claim)))
                case Adjust():
                    pass
                case Settle() | Release() | Bury():
                    kept.append(waiting)
        self._queue.extendleft(reversed(kept))

    async def _write_apart(self, batch: list[_Waiting], error: Exception) -> bool:
        if len(batch) > 1:
            return all([await self._write([waiting]) for waiting in batch])
        for waiting in batch:
            waiting.fail(error)
        return bool(batch)

    def _was_seen(self, now: float) -> None:
        if now - self._beat_at > 2 * self.pace.beat_s and self._beat_at != float("-inf"):
            self._steady_since = now
        self._beat_at = now


def _tell_all(spent: Sequence[tuple[_Waiting, Outcome]], kept: "asyncio.Future[None] | None") -> None:
    failure = kept.exception() if kept is not None else None
    for waiting, outcome in spent:
        if isinstance(failure, Exception):
            waiting.fail(failure)
        else:
            waiting.tell(outcome)


def _is_dropped(waiting: _Waiting) -> bool:
    """Whether a hold is no longer wanted: who asked for it has left."""
    return isinstance(waiting.operation, Hold) and waiting.outcome is not None and waiting.outcome.cancelled()
