"""Responses in the background: begun, cancelled, drained."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias
from uuid import UUID

from chimera.gateway.call import Call
from chimera.kit.lifetimes import uninterrupted
from chimera.kit.scope import Scope
from chimera.llm import Request
from chimera.responses.errors import NotInBackgroundError, ShuttingDownError
from chimera.responses.names import id_of
from chimera.responses.repository import KeptContents, KeptResponses
from chimera.responses.service.archive import Archive, Question, said_by
from chimera.responses.service.desk import Desk, Takeover
from chimera.responses.service.room import BackgroundRoom
from chimera.responses.service.writing import ResponseWriter
from chimera.responses.states import ResponseStatus
from chimera.responses.telling import Telling
from chimera.responses.waking import events_topic, stop_topic

Spawn: TypeAlias = Callable[[Coroutine[None, None, None]], asyncio.Task[None]]

PARTING_S: Final = 2.5
CANCELLED: Final = Takeover(status=ResponseStatus.CANCELLED)


@dataclass(slots=True, kw_only=True, eq=False)
class Runs:
    """Starts writers, which go on whether anybody reads or not.

    Attributes:
        spawn: Starts a coroutine as a task of a group that outlives every request; the composition root's.
    """

    desk: Desk
    archive: Archive
    spawn: Spawn
    room: BackgroundRoom
    _tasks: dict[asyncio.Task[None], Scope] = field(default_factory=dict[asyncio.Task[None], Scope])
    _draining: bool = False

    @uninterrupted
    async def begin(self, question: Question, call: Call, telling: Telling, body: Mapping[str, Any]) -> None:
        """Keep the response as it begins, and have it written.

        Raises:
            ShuttingDownError: if this replica begins nothing more.
            TenantBusyError: if its organisation has too much in the background already.
        """
        if self._draining:
            raise ShuttingDownError("This server is about to stop. Try again in a moment.", retry_after_s=2)
        tenant, size = call.scope.tenant_id, _size_of(call)
        self.room.take(tenant, size)
        try:
            task = await self._started(question, call, telling, body)
        except BaseException:
            self.room.leave(tenant, size)
            raise
        task.add_done_callback(lambda _: self.room.leave(tenant, size))

    async def _started(
        self, question: Question, call: Call, telling: Telling, body: Mapping[str, Any]
    ) -> asyncio.Task[None]:
        row = self.archive.row(call.scope, question, ResponseStatus.QUEUED)
        row.background, row.fence = True, 1
        async with self.desk.database.transaction(call.scope) as tx:
            await self.archive.add(tx, call.scope, row, question, body)
        writer = ResponseWriter(
            desk=self.desk,
            turn=self.room.turn(call.scope.tenant_id),
            id=row.id,
            fence=row.fence,
            streamed=row.streamed,
            call=call,
            telling=telling,
        )
        task = self.spawn(writer.run())
        self._tasks[task] = call.scope
        task.add_done_callback(self._tasks.pop)
        return task

    async def cancel(self, scope: Scope, name: str) -> bytes:
        """End a response in the background, on whatever replica it runs; one that is over stays as it is.

        Returns the response object.

        Raises:
            ResponseNotFoundError: also when it is another's.
            NotInBackgroundError: if somebody waits for it: closing their connection cancels it.
        """
        async with self.desk.database.transaction(scope) as tx:
            row = await KeptResponses(tx, scope).locked(id_of(name))
            if not row.background:
                raise NotInBackgroundError("Only a response that was asked for with `background` can be cancelled.")
            body = await CANCELLED.take(tx, scope, row, self.desk.clock())
            if body is None:
                return said_by(row, await KeptContents(tx, scope).body(row.id))
        await self.tell(row.id)
        return body

    async def delete(self, scope: Scope, name: str) -> None:
        """Delete a response; if it is being written, it is not from now on.

        Raises:
            ResponseNotFoundError: also when it is another's.
            UnderLegalHoldError: if all that is the caller's must be kept.
        """
        await self.archive.delete(scope, name)
        found = id_of(name)
        assert found is not None, "the archive found it"
        await self.tell(found)

    async def tell(self, id: UUID) -> None:
        """Have writer and readers look again."""
        await self.desk.bus.publish(stop_topic(id))
        await self.desk.bus.publish(events_topic(id))

    def running(self) -> list[tuple[Scope, Callable[[], bool]]]:
        """For whom responses are being written here, and how each is ended as far as it is."""
        return [(scope, task.cancel) for task, scope in self._tasks.items()]

    async def drain(self, *, grace_s: float, at_once: asyncio.Event | None = None) -> None:
        """Begin nothing more, give what runs the grace to end, then have it fail, as far as it is.

        Args:
            grace_s: How long it may go on.
            at_once: Ends the grace when it is set.
        """
        self._draining = True
        if not self._tasks:
            return
        ends = [asyncio.ensure_future(self._all_done())]
        if at_once is not None:
            ends.append(asyncio.ensure_future(_set(at_once)))
        await asyncio.wait(ends, timeout=grace_s, return_when=asyncio.FIRST_COMPLETED)
        for task in self._tasks:
            task.cancel()
        # Bounded, because the database in which they are to be kept may be away.
        await asyncio.wait(ends[:1], timeout=PARTING_S)
        for end in ends:
            end.cancel()

    async def _all_done(self) -> None:
        await asyncio.wait(self._tasks)


def _size_of(call: Call) -> int:
    original = call.request.original if isinstance(call.request, Request) else None
    return sum(len(bytes(raw)) for raw in original.fields.values()) if original else 0


async def _set(event: asyncio.Event) -> None:
    await event.wait()
