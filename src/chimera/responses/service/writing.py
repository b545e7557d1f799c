"""The writer of one response in the background: hears the model, and keeps what it says while it says it."""

import asyncio
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import msgspec
import structlog

from chimera.gateway.call import Call
from chimera.gateway.deadline import armed
from chimera.gateway.errors import TenantBusyError
from chimera.gateway.limits.errors import RateLimitExceededError
from chimera.kit.errors import AppError
from chimera.responses.errors import AnswerCutError, ResponseError
from chimera.responses.frames import last_number
from chimera.responses.repository import KeptContents, KeptEvents, KeptResponses
from chimera.responses.service.archive import name_items
from chimera.responses.service.desk import INTERRUPTED, Bell, Desk
from chimera.responses.states import ResponseStatus
from chimera.responses.telling import Telling
from chimera.responses.waking import Bell as Rings
from chimera.responses.waking import events_topic, stop_topic
from chimera.store import DatabaseUnavailableError, Transaction

log = structlog.get_logger()

RETRY_S: Final = 1.0
# How long a response whose writer is cancelled waits for a database that is away.
LAST_TRY_S: Final = 2.0
UNFORESEEN: Final = ResponseError("Something went wrong on our side while the answer was written.")
CUT: Final = AnswerCutError("The answer ended before it was complete.")


@dataclass(slots=True, kw_only=True, eq=False)
class ResponseWriter:
    """Runs once. Whatever happens, the response is closed at the end, or left to the reaper.

    Attributes:
        fence: Of the row as it was made.
        streamed: Whether events are kept.
        turn: Had while the model is asked.
    """

    desk: Desk
    turn: AbstractAsyncContextManager[None]
    id: UUID
    fence: int
    streamed: bool
    call: Call
    telling: Telling
    _unwritten: list[bytes] = field(default_factory=list[bytes])
    _last: bytes = b""
    _fresh: Bell = field(default_factory=Bell)
    _over: Bell = field(default_factory=Bell)
    _lost: bool = False
    _seen_at: float = 0.0

    async def run(self) -> None:
        """Write the answer. Cancelling it keeps what was written and marks the response failed."""
        self._seen_at = asyncio.get_running_loop().time()
        try:
            await self._write()
            await self._close(self.desk.pace.stale_s)
        except asyncio.CancelledError:
            self._fail(INTERRUPTED)
            try:
                await self._close(LAST_TRY_S)
            except DatabaseUnavailableError:
                log.warning("response.left_to_the_reaper", response_id=str(self.id))
            raise
        except Exception:  # the outermost edge of this task; the reaper will close the response
            log.exception("response.abandoned", response_id=str(self.id))
        finally:
            await self.desk.bus.publish(events_topic(self.id))

    async def _write(self) -> None:
        pace = self.desk.pace
        self._put(self.telling.begin())
        async with self.desk.bus.subscribe(stop_topic(self.id)) as stops, asyncio.TaskGroup() as group:
            hearing = group.create_task(self._hear())
            hearing.add_done_callback(lambda _: self._hurry())
            heeding = group.create_task(self._heed(stops))
            while not hearing.done():
                await self._flush()
                if self._lost:
                    hearing.cancel()
                    break
                await self._fresh.wait(pace.heartbeat_s)
                if not hearing.done():
                    await self._over.wait(pace.coalesce_s)
            heeding.cancel()

    async def _hear(self) -> None:
        try:
            async with armed(self.call):
                await self._ask()
        except AppError as error:
            self._fail(error)
        except Exception:  # a fault below must not leave the response open
            log.exception("response.unforeseen_error", response_id=str(self.id))
            self._fail(UNFORESEEN)
        else:
            self._fail(CUT)

    async def _ask(self) -> None:
        """Ask the model; what nobody waits for waits itself until its organisation has room, and may ask."""
        async with self.turn:
            while True:
                try:
                    async with aclosing(self.desk.gateway(self.call)) as events:
                        async for event in events:
                            self._put(self.telling.hear(event))
                except (TenantBusyError, RateLimitExceededError) as error:
                    await asyncio.sleep(error.retry_after_s or RETRY_S)
                else:
                    return

    def _put(self, frames: bytes) -> None:
        if self.telling.is_over:
            # The end is told together with how the response then stands.
            self._last += frames
        elif frames and self.streamed:
            self._unwritten.append(frames)
            self._fresh.ring()

    def _fail(self, error: AppError) -> None:
        """End the answer here, unless it is complete."""
        if not self.telling.is_over:
            self._put(self.telling.fail(self.desk.encode_error(error)))

    async def _heed(self, stops: Rings) -> None:
        while True:
            if await stops.wait(self.desk.pace.heartbeat_s):
                self._hurry()

    def _hurry(self) -> None:
        self._fresh.ring()
        self._over.ring()

    async def _flush(self) -> None:
        """Keep what was heard, tell that the writer lives, and learn whether it should go on."""
        now_s = asyncio.get_running_loop().time()
        frames = b"".join(self._unwritten)
        taken = len(self._unwritten)
        try:
            async with self.desk.database.transaction(self.call.scope) as tx:
                self._lost = not await KeptResponses(tx, self.call.scope).beat(
                    self.id, fence=self.fence, now=self.desk.clock()
                )
                if not self._lost:
                    await self._append(tx, frames)
        except DatabaseUnavailableError:
            if now_s - self._seen_at > self.desk.pace.stale_s:
                raise
            log.warning("response.events_delayed", response_id=str(self.id))
            return
        self._seen_at = now_s
        if frames and not self._lost:
            del self._unwritten[:taken]
            await self.desk.bus.publish(events_topic(self.id))

    async def _append(self, tx: Transaction, frames: bytes) -> None:
        if frames and self.streamed:
            events = KeptEvents(tx, self.call.scope)
            await events.append(self.id, seq=last_number(frames), frames=frames.decode())

    async def _close(self, patience_s: float) -> None:
        """End the response; try again for so long if the database is away, but not for longer than it is ours."""
        if self._lost:
            return
        loop = asyncio.get_running_loop()
        last_try_at = min(loop.time() + patience_s, self._seen_at + self.desk.pace.stale_s)
        rest_s = self.desk.pace.coalesce_s
        while True:
            try:
                await self._close_once(self.telling.response)
            except DatabaseUnavailableError:
                if loop.time() > last_try_at:
                    raise
                await asyncio.sleep(rest_s)
                rest_s = min(2 * rest_s, RETRY_S)
            else:
                return

    async def _close_once(self, body: dict[str, Any]) -> None:
        scope, status = self.call.scope, ResponseStatus(body["status"])
        async with self.desk.database.transaction(scope) as tx:
            if not await KeptResponses(tx, scope).close(
                self.id, fence=self.fence, status=status, now=self.desk.clock()
            ):
                return
            await KeptContents(tx, scope).replace(self.id, msgspec.json.encode(body).decode())
            await name_items(tx, scope, self.id, body)
            await self._append(tx, b"".join(self._unwritten) + self._last)
