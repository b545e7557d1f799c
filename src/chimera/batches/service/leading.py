"""One batch led to its end: its lines judged, asked, and their results written to its files."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Final

from chimera.batches.errors import LineTooLongError, OwnerGoneError, StoredFileNotFoundError
from chimera.batches.lines import Fault, Judge, LineRequest, read_line
from chimera.batches.repository import BatchResults
from chimera.batches.service.asking import Asker, unasked
from chimera.batches.service.crew import Crew
from chimera.batches.service.files import Files
from chimera.batches.service.lease import Lease
from chimera.batches.service.output import LOST, write_outputs
from chimera.batches.service.pace import BatchPace, Execute
from chimera.batches.states import BatchStatus
from chimera.batches.tables import BatchResultRow
from chimera.crypto.sealing import KeyDestroyedError
from chimera.kit.scope import Scope
from chimera.store import DatabaseUnavailableError

_AT_ONCE: Final = 200
_FILE_GONE = Fault(code="input_file_not_found", message="The input file is not there any more.", param="input_file_id")
_OWNER_GONE = Fault(code="owner_not_found", message="Its owner may not use this server any more.")
_UNASKED = {
    BatchStatus.CANCELLED: ("batch_cancelled", "The batch was cancelled before this request was asked."),
    BatchStatus.EXPIRED: (
        "batch_expired",
        "This request could not be executed before the completion window expired.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    """Leads one batch, from whatever state it was left in.

    Attributes:
        acting: What the batch's owner may do now; `None` if they are gone.
        places: As many lines of the tenant as may be in flight.
    """

    lease: Lease
    files: Files
    pace: BatchPace
    execute: Execute
    acting: Callable[[], Awaitable[Scope | None]]
    places: asyncio.Semaphore

    async def run(self) -> None:
        """Lead it on until it has ended.

        Raises:
            LeaseLostError: if another replica has taken it.
        """
        try:
            await self._lead()
        except StoredFileNotFoundError:
            await self._fail([_FILE_GONE])
        except KeyDestroyedError:
            await self._fail([LOST])

    async def _lead(self) -> None:
        if self.lease.batch.status == BatchStatus.VALIDATING.value and not self.lease.stopping.is_set():
            faults = await self._judge()
            if faults:
                await self._fail(faults)
                return
        if self.lease.batch.status == BatchStatus.FINALIZING.value:
            await write_outputs(self.lease, self.files, BatchStatus.COMPLETED)
            return
        if trouble := await self._ask_all():
            await self._fail([trouble])
        else:
            await self._end()

    async def _judge(self) -> list[Fault]:
        judge = Judge(self.lease.batch.endpoint)
        try:
            async with aclosing(self._lines()) as lines:
                async for number, line in lines:
                    judge.look_at(number, line)
                    if judge.has_seen_enough:
                        break
        except LineTooLongError as error:
            return [*judge.faults, Fault(code=error.code, message=error.message, line=error.number)]
        faults = judge.verdict()
        if not faults:
            await self.lease.enter(BatchStatus.IN_PROGRESS, total=judge.total)
        return faults

    async def _ask_all(self) -> Fault | None:
        """Ask every line that has no result, and tell why they could not be asked to the end."""
        trouble = None
        try:
            await self._ask_lines()
        except* OwnerGoneError:
            trouble = _OWNER_GONE
        except* KeyDestroyedError:
            trouble = LOST
        return trouble

    async def _ask_lines(self) -> None:
        """Ask as many lines at once as there are places, until told to stop.

        Raises:
            OwnerGoneError: in a group, as soon as the owner is shut out; what is in flight is cut off.
            KeyDestroyedError: likewise, as soon as lines cannot be read any more.
        """
        scope = await self._owner()
        lease = self.lease
        if lease.stopping.is_set():
            return
        done = await self._done()
        asker = Asker(
            execute=self.execute, scope=scope, batch_id=lease.batch.id, pace=self.pace, stopping=lease.stopping
        )
        async with asyncio.TaskGroup() as group, aclosing(self._lines()) as lines:
            watch = group.create_task(self._watch(asker))
            crew = Crew(group=group, places=self.places, stopping=lease.stopping, parting_s=self.pace.parting_s)
            async for number, line in lines:
                if number in done:
                    continue
                if not await crew.place():
                    break
                crew.begin(self._ask(asker, number, read_line(line)))
            await crew.settle()
            watch.cancel()

    async def _owner(self) -> Scope:
        scope = await self.acting()
        if scope is None:
            raise OwnerGoneError(_OWNER_GONE.message)
        return scope

    async def _watch(self, asker: Asker) -> None:
        while True:
            await asyncio.sleep(self.pace.recheck_s)
            with suppress(DatabaseUnavailableError):
                asker.scope = await self._owner()

    async def _ask(self, asker: Asker, number: int, asked: LineRequest) -> None:
        result = await asker.ask(number, asked)
        if result is not None:
            await self.lease.keep([result])

    async def _end(self) -> None:
        lease = self.lease
        if not lease.stopping.is_set():
            if not await self._is_all_told():
                await self._fail([_FILE_GONE])
                return
            await lease.enter(BatchStatus.FINALIZING)
            if not lease.is_cancelled:
                await write_outputs(lease, self.files, BatchStatus.COMPLETED)
                return
        ending = BatchStatus.CANCELLED if lease.is_cancelled else BatchStatus.EXPIRED
        faults = list[Fault]()
        try:
            await self._tell_of_the_rest(ending)
        except KeyDestroyedError:
            faults.append(LOST)
        await write_outputs(lease, self.files, ending, faults)

    async def _tell_of_the_rest(self, ending: BatchStatus) -> None:
        """Give every line that has no result the reason for it."""
        if not await self._was_judged():
            return
        done = await self._done()
        code, message = _UNASKED[ending]
        waiting: list[BatchResultRow] = []
        async with aclosing(self._lines()) as lines:
            async for number, line in lines:
                if number not in done:
                    waiting.append(unasked(number, read_line(line), code=code, message=message))
                if len(waiting) == _AT_ONCE:
                    await self.lease.keep(waiting)
                    waiting = []
        if waiting:
            await self.lease.keep(waiting)

    async def _was_judged(self) -> bool:
        async with self.lease.held() as (_, row):
            return row.total > 0

    async def _is_all_told(self) -> bool:
        """Whether every line has its result; not if the input file was deleted while it was read."""
        async with self.lease.held() as (_, row):
            return row.completed + row.failed == row.total

    def _lines(self) -> AsyncGenerator[tuple[int, bytes]]:
        batch = self.lease.batch
        return self.files.lines(self.lease.scope, batch.input_file_id, longest=self.pace.longest_line)

    async def _done(self) -> set[int]:
        lease = self.lease
        async with self.files.database.reading(lease.scope) as tx:
            return await BatchResults(tx, lease.scope).numbers(lease.batch.id)

    async def _fail(self, faults: list[Fault]) -> None:
        """End it, and keep what was answered."""
        await write_outputs(self.lease, self.files, BatchStatus.FAILED, faults)
