"""A call answered over HTTP, whole or as a stream, whatever the surface: its wire gives the words."""

from collections.abc import Callable
from contextlib import aclosing
from typing import Protocol

from starlette.requests import Request
from starlette.types import Send

from chimera.compat.accounting import accounting_headers
from chimera.compat.exchange import Shape, Surface, answer_headers, request_id_of, send_json
from chimera.gateway.call import Call
from chimera.gateway.deadline import armed
from chimera.kit.errors import AppError
from chimera.llm import Answer, Event, Finished, Forwarded, Started, Stream, UsageReported
from chimera.web.connection import while_connected
from chimera.web.outcome import note_broken
from chimera.web.sse import HEADERS, Outlet

EVENT_STREAM = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
_UNTYPED = [header for header in EVENT_STREAM if header[0] != b"content-type"]


class Writer(Protocol):
    """A wire's encoder of one streamed answer."""

    def encode(self, event: Event) -> bytes:
        """Return the frames of an event: none for what the wire has no place for, several for the end."""
        ...

    def cut(self, passed: bytes) -> bytes:
        """Return the frames that end, for its length, an answer whose provider's frames were passed on until now.

        Args:
            passed: The last frames that were.
        """
        ...

    def done(self) -> bytes:
        """Return what follows a complete answer, forwarded or encoded; nothing on most wires."""
        ...

    def error(self, body: bytes) -> bytes:
        """Return the frames that end an answer that failed.

        Args:
            body: What the surface's `encode_error` gave.
        """
        ...


async def answer_whole(
    surface: Surface, call: Call, request: Request, send: Send, *, shape: Shape, encode: Callable[[Answer], bytes]
) -> Answer:
    """Consume the call's answer and send it as one JSON body; forwarded bytes as they are.

    Returns the answer, for whoever keeps it. A client that leaves ends the call, and the answer is then incomplete.
    """
    answer = Answer()
    async with while_connected(request.receive), armed(call), aclosing(surface.gateway(call)) as events:
        async for event in events:
            answer.add(event)
        body = encode(answer) if answer.forwarded is None else answer.forwarded
        headers = answer_headers(call, answer.lost, answer.headers, shape=shape)
        await send_json(send, body, headers + accounting_headers(surface, call, answer.usage))
    return answer


async def answer_stream(
    surface: Surface, call: Call, request: Request, send: Send, *, shape: Shape, writer: Callable[[Started], Writer]
) -> None:
    """Send the call's answer piece by piece; a failure before the first piece is still an HTTP status."""
    outlet = Outlet(send, keep_alive=shape.keep_alive)
    words: Writer | None = None
    async with while_connected(request.receive, on_silence=outlet.keep_alive):
        try:
            async with armed(call), aclosing(surface.gateway(call)) as events:
                started = await _started(events)
                words = writer(started)
                told = answer_headers(call, started.lost, started.headers, shape=shape)
                await outlet.start([(b"content-type", shape.stream_type), *_UNTYPED, *told])
                if started.forwarded:
                    await _forward(started, events, words, outlet)
                else:
                    await _write(started, events, words, outlet)
                if end := words.done():
                    await outlet.put(end)
        except AppError as error:
            if words is None:
                raise
            note_broken(request.scope)
            await outlet.put(words.error(shape.encode_error(error, request_id_of(request))))
        await outlet.end()


async def _write(started: Started, events: Stream, words: Writer, outlet: Outlet) -> None:
    await outlet.put(words.encode(started))
    async for event in events:
        if frame := words.encode(event):
            await outlet.put(frame)


async def _forward(started: Started, events: Stream, words: Writer, outlet: Outlet) -> None:
    passed = b""
    async for event in events:
        if type(event) is Forwarded:
            passed = event.data
            await outlet.put(passed)
        elif type(event) is UsageReported:
            words.encode(event)
        elif type(event) is Finished and event.cut:
            await outlet.put(words.cut(passed) if passed else words.encode(started) + words.encode(event))


async def _started(events: Stream) -> Started:
    first: Event = await anext(events)
    assert isinstance(first, Started), "a stream begins with Started"
    return first
