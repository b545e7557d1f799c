"""A response that its caller waits for: whole or as events. What is to be kept is kept before its end is told."""

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import msgspec
import structlog
from starlette.requests import Request
from starlette.types import Send

from chimera.compat.accounting import accounting_headers
from chimera.compat.answering import EVENT_STREAM
from chimera.compat.exchange import Surface, answer_headers, request_id_of, send_json
from chimera.compat.openai.responses.telling import Telling, cancelled
from chimera.compat.openai.shape import OPENAI
from chimera.gateway.call import Call
from chimera.gateway.deadline import armed
from chimera.kit.errors import AppError
from chimera.llm import Answer, Event, Started
from chimera.responses.errors import AnswerCutError
from chimera.web.connection import while_connected
from chimera.web.outcome import note_broken
from chimera.web.sse import Outlet
from chimera.wires.openai_responses import Head, answered, encode_response

log = structlog.get_logger()

Keep: TypeAlias = Callable[[dict[str, Any]], Awaitable[None]]
"""Keeps a response object; does nothing for one that is not to be kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Somebody waits for an answer.

    Attributes:
        head: What the response object says whoever answers; its model is still as it was asked for.
    """

    surface: Surface
    call: Call
    request: Request
    send: Send
    head: Head
    keep: Keep

    def headers(self, lost: tuple[str, ...], told: tuple[tuple[str, str], ...]) -> list[tuple[bytes, bytes]]:
        return answer_headers(self.call, lost, told, shape=OPENAI)

    def error(self, error: AppError) -> bytes:
        return OPENAI.encode_error(error, request_id_of(self.request))


async def answer_whole(waiting: Waiting) -> None:
    """Answer with one body. A client that leaves ends the call, and nothing is kept."""
    call, answer = waiting.call, Answer()
    async with while_connected(waiting.request.receive):
        async with armed(call), aclosing(waiting.surface.gateway(call)) as events:
            async for event in events:
                answer.add(event)
        response = _response(waiting.head, answer)
        await waiting.keep(response)
        headers = waiting.headers(answer.lost, answer.headers)
        headers += accounting_headers(waiting.surface, call, answer.usage)
        await send_json(waiting.send, encode_response(response), headers)


async def answer_stream(waiting: Waiting) -> None:
    """Answer with events; a failure before the first is an HTTP status.

    What a client leaves in the middle is kept as cancelled.
    """
    stream = _Stream(waiting=waiting, outlet=Outlet(waiting.send))
    async with while_connected(waiting.request.receive, on_silence=stream.outlet.keep_alive):
        await stream.run()
    await stream.keep_if_left()


@dataclass(slots=True, kw_only=True, eq=False)
class _Stream:
    waiting: Waiting
    outlet: Outlet
    _telling: Telling | None = None
    _last: bytes = b""
    _kept: bool = field(default=False)

    async def run(self) -> None:
        try:
            await self._hear()
        except AppError as error:
            if self._telling is None:
                raise
            if not self._telling.is_over:
                self._last += self._fail(self._telling, error)
        assert self._telling is not None, "a stream begins with Started"
        try:
            await self.waiting.keep(self._telling.response)
        except AppError as error:
            # Whoever saw the end could not go on from it.
            self._last = self._fail(self._telling, error)
        self._kept = True
        await self.outlet.put(self._last)
        await self.outlet.end()

    def _fail(self, telling: Telling, error: AppError) -> bytes:
        note_broken(self.waiting.request.scope)
        return telling.fail(self.waiting.error(error))

    async def keep_if_left(self) -> None:
        """Keep what was heard before the client left."""
        if self._kept or self._telling is None:
            return
        response = self._telling.response
        if not self._telling.is_over:
            response = cancelled(response)
        try:
            await self.waiting.keep(response)
        except AppError as error:
            log.warning("response.not_kept", code=error.code)

    async def _hear(self) -> None:
        call = self.waiting.call
        async with armed(call), aclosing(self.waiting.surface.gateway(call)) as events:
            async for event in events:
                telling = self._telling
                if telling is None:
                    telling = await self._start(event)
                frames = telling.hear(event)
                if telling.is_over:
                    self._last += frames  # told when it is kept
                elif frames:
                    await self.outlet.put(frames)
        if self._telling is None or not self._telling.is_over:
            raise AnswerCutError("The answer ended before it was complete.")

    async def _start(self, first: Event) -> Telling:
        assert isinstance(first, Started), "a stream begins with Started"
        telling = Telling(head=replace(self.waiting.head, model=first.model))
        await self.outlet.start(EVENT_STREAM + self.waiting.headers(first.lost, first.headers))
        self._telling = telling
        return telling


def _response(head: Head, answer: Answer) -> dict[str, Any]:
    if answer.forwarded is not None:
        told: dict[str, Any] = msgspec.json.decode(answer.forwarded)
        return told
    return answered(replace(head, model=answer.model), answer)
