"""One connection: requests one after the other, room for slow readers and writers, one timer for everything."""

import asyncio
import select
from collections.abc import Callable
from typing import cast

from chimera.transport.answer import Answer
from chimera.transport.faults import Fault, TransportError
from chimera.transport.hearing import Hearing

_KEPT_S = 60.0
_AT_ONCE = 64 * 1024
_WRITTEN_PIECE = 256 * 1024
# Held for a reader who is slow; beyond it the server has to wait.
_MOST_HELD = 256 * 1024


class Connection(asyncio.Protocol):
    """A connection to one origin.

    Args:
        loop: The running one.
        on_free: Told when it may be used again.
        on_lost: Told when it is gone, once.
    """

    __slots__ = (
        "_free_until",
        "_full",
        "_hearing",
        "_idle_s",
        "_looks_at",
        "_loop",
        "_on_free",
        "_on_lost",
        "_paused",
        "_readable",
        "_since",
        "_timer",
        "_transport",
        "_unsent",
        "_waiter",
        "closed",
    )

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        on_free: Callable[["Connection"], None],
        on_lost: Callable[["Connection"], None],
    ) -> None:
        self.closed = False
        self._loop = loop
        self._on_free = on_free
        self._on_lost = on_lost
        self._hearing = Hearing()
        self._waiter: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._looks_at = self._since = self._free_until = self._idle_s = 0.0
        self._full = self._paused = self._unsent = False

    # What its user does.

    @property
    def fit(self) -> bool:
        """Whether another request may be sent: it is open, and nothing waits to be read, neither bytes nor its end."""
        return not self._gone and not self._readable.poll(0)

    @property
    def heard(self) -> bool:
        """Whether any byte of the current answer has come."""
        return self._hearing.heard

    async def ask(self, head: bytes, body: bytes | None, *, bodiless: bool, idle_s: float) -> Answer:
        """Send a request and return its answer when the status and the headers are there.

        A refusal ends the writing of a body that is still on its way. Cancelled or failed, the connection is closed.

        Raises:
            TransportError: it was lost, was silent for too long, or did not speak HTTP.
        """
        if self._gone:
            raise TransportError(Fault.GARBAGE if self._hearing.heard else Fault.LOST)
        answer = Answer(self, bodiless=bodiless)
        self._hearing.begin(answer)
        self._idle_s = idle_s
        self._unsent = False
        self._watch(self._loop.time() + idle_s)
        try:
            if body is None or len(body) <= _AT_ONCE:
                self._transport.write(head + body if body else head)
            else:
                self._transport.write(head)
                await self._write(body, answer)
            await answer.begun()
        except BaseException:
            self.close()
            answer.close()  # which knows us, as we know it
            raise
        return answer

    async def wait(self) -> None:
        """Wait until bytes come, there is room to write, or the connection has failed; see `Answer.fault`."""
        answer = self._hearing.answer
        if self._paused and not self._gone and answer is not None and not answer.held:
            self._paused = False
            self._transport.resume_reading()
        waiter = self._waiter = self._loop.create_future()
        self._since = self._loop.time()
        try:
            await waiter
        finally:
            self._waiter = None

    def let_go(self) -> None:
        """Keep it for another request if all has been said on both sides; else close it at once."""
        hearing, answer = self._hearing, self._hearing.answer
        hearing.answer = None
        if self._gone:
            return
        unsent = self._unsent or self._transport.get_write_buffer_size()
        if unsent or answer is None or not answer.ended or not hearing.reusable:
            self.close()
            return
        if self._paused:
            self._paused = False
            self._transport.resume_reading()
        self._free_until = self._loop.time() + _KEPT_S
        self._watch(self._free_until)
        self._on_free(self)

    def close(self) -> None:
        """Close at once, without waiting for anything to be sent or received."""
        if not self.closed:
            self.closed = True
            self._transport.abort()

    # What the loop tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not asserted: uvloop's transports are no subclasses of asyncio's.
        self._transport = cast("asyncio.Transport", transport)
        self._readable = select.poll()
        self._readable.register(transport.get_extra_info("socket").fileno(), select.POLLIN)

    def data_received(self, data: bytes) -> None:
        if self.closed:
            return
        try:
            self._hearing.feed(data)
        except TransportError as error:
            self._fail(error.fault)
            return
        answer = self._hearing.answer
        if answer is not None and answer.held > _MOST_HELD and not (self._paused or self._gone):
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self.closed = True  # the transport closes itself

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        if self._timer is not None:
            self._timer.cancel()
        fault = self._hearing.end(cleanly=exc is None)
        if fault is not None:
            self._fail(fault)
        self._wake()
        self._on_lost(self)

    def pause_writing(self) -> None:
        self._full = True

    def resume_writing(self) -> None:
        self._full = False
        self._wake()

    # What it does by itself.

    @property
    def _gone(self) -> bool:
        # A transport that found an error closes itself at once and tells of it later; uvloop's raises when used then.
        return self.closed or self._transport.is_closing()

    async def _write(self, body: bytes, answer: Answer) -> None:
        left = memoryview(body)
        while left and not (self._gone or answer.ended or answer.status >= 300):
            if self._full:
                await self.wait()
                continue
            self._transport.write(left[:_WRITTEN_PIECE])
            left = left[_WRITTEN_PIECE:]
        self._unsent = bool(left)

    def _wake(self) -> None:
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def _fail(self, fault: Fault) -> None:
        answer = self._hearing.answer
        if answer is not None and not answer.ended and answer.fault is None:
            answer.fault = fault
        self.close()
        self._wake()

    def _watch(self, due: float) -> None:
        """Look again at `due` or before. Nearly always the timer that there is will do: each call costs none."""
        if self._timer is not None:
            if due >= self._looks_at:
                return
            self._timer.cancel()
        self._looks_at = due
        self._timer = self._loop.call_at(due, self._look)

    def _look(self) -> None:
        self._timer = None
        now = self._loop.time()
        if self._hearing.answer is None:
            due = self._free_until
        elif self._waiter is None or self._waiter.done() or (self._readable.poll(0) and not self._paused):
            # Nobody waits, or something has come and the loop was too busy to read it: nothing is late.
            due = now + self._idle_s
        else:
            due = self._since + self._idle_s
        if due > now:
            self._watch(due)
        else:
            self._fail(Fault.SILENT)
