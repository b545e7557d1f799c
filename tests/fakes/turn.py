"""One request on its way: the key, the fault, the answer, and the sending of it byte by byte."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import msgspec

from tests.fakes.answer import Answer, Finish
from tests.fakes.faults import (
    GARBAGE,
    HUGE_TEXT,
    MULTIBYTE_TEXT,
    REFUSALS,
    TELLS_WHEN_TO_RETRY,
    Fault,
    Move,
    Refusal,
    Step,
    document_steps,
    model_fault,
    stream_steps,
)
from tests.fakes.flavours import Flavour, Route
from tests.fakes.frames import Json
from tests.fakes.http import Exchange
from tests.fakes.limits import headers_of
from tests.fakes.received import Received
from tests.fakes.speech import Asked, Saying, Speech, speak
from tests.fakes.wires.wire import Ask, BadRequestError, Blob, Circumstances, Refused, Wire

_JSON = "application/json"
_PAUSE_S = 0.05
_SLOW_HEADERS_S = 0.2
_OF_UNKNOWN_LENGTH = frozenset({Fault.CUT, Fault.MALFORMED, Fault.SPLIT_UTF8})


class _Named(msgspec.Struct, frozen=True):
    """The part of any body that names the model."""

    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Answers one request; `scripted` is the fault that the test ordered for it, if any."""

    exchange: Exchange
    received: Received
    flavour: Flavour
    route: Route
    ask: Ask
    answer: Saying
    scripted: Fault | None
    retry_after_s: float

    async def refuse_key(self) -> None:
        """Answer as the provider does to a wrong key."""
        await self._refuse(Refusal.WRONG_KEY)

    async def run(self) -> None:
        """Answer. Raises ClientLeftError."""
        if self.route.needs_query and self.route.needs_query not in self.ask.query:
            await self._send(404, _JSON, b'{"error":{"code":"404","message":"Resource not found"}}')
            return
        model = self._model()
        fault = self.scripted or model_fault(model)
        match fault:
            case Fault.HANG:
                await self.exchange.until_client_leaves()
            case Fault.RESET:
                self.exchange.reset()
            case Fault.GARBAGE:
                await self._send(200, "text/html; charset=utf-8", GARBAGE)
            case _ if fault in REFUSALS:
                retry_after_s = self.retry_after_s if fault in TELLS_WHEN_TO_RETRY else None
                await self._refuse(REFUSALS[fault], Circumstances(model=model, retry_after_s=retry_after_s))
            case _:
                await self._answer(fault, model)

    async def _answer(self, fault: Fault | None, model: str) -> None:
        serve = self.route.serve
        try:
            if not isinstance(serve, Wire):
                await self._send_document(serve(self.ask), fault)
                return
            asked = serve.read(self.ask)
        except (BadRequestError, msgspec.DecodeError) as error:
            await self._refuse(Refusal.BAD_REQUEST, Circumstances(model=model, message=str(error)))
            return
        await self._speak(serve, asked, fault)

    async def _speak(self, wire: Wire, asked: Asked, fault: Fault | None) -> None:
        answer = self.answer(asked) if callable(self.answer) else self.answer
        speech = self.received.speech = speak(asked, _spoilt(answer, fault), self.ask.serial)
        if not asked.stream:
            if speech.delay_s:
                await self.exchange.rest(speech.delay_s * len(speech.text_pieces))
            if fault is Fault.ERROR_MIDWAY:
                await self._refuse(Refusal.SERVER_ERROR)
            else:
                await self._send_document(wire.document(speech), fault)
            return
        await self._start(200, wire.framing.content_type, fault)
        steps = stream_steps(wire.frames(speech), wire.framing, fault, wire.error_frame())
        await self._carry_out(steps, speech)

    async def _send_document(self, document: Json | Blob, fault: Fault | None) -> None:
        if isinstance(document, Blob):
            body, content_type = document.body, document.content_type
        else:
            body, content_type = msgspec.json.encode(document), _JSON
        await self._start(200, content_type, fault, length=None if fault in _OF_UNKNOWN_LENGTH else len(body))
        await self._carry_out(document_steps(body, fault))

    async def _carry_out(self, steps: Iterator[Step], speech: Speech | None = None) -> None:
        for step in steps:
            match step:
                case bytes():
                    await self.exchange.write(step)
                    if len(step) == 1:
                        # Lets a reader in the same loop see the byte alone.
                        await asyncio.sleep(0)
                case Move.BEFORE_DELTA:
                    if speech and speech.delay_s:
                        await self.exchange.rest(speech.delay_s)
                    self.received.told_at.append(time.monotonic())
                case Move.PAUSE:
                    await self.exchange.rest(_PAUSE_S)
                case Move.WAIT_FOR_CLIENT_TO_LEAVE:
                    await self.exchange.until_client_leaves()
                case Move.RESET:
                    self.exchange.reset()
                    return
                case Move.CLOSE_UNFINISHED:
                    self.exchange.close()
                    return
        await self.exchange.end()

    async def _refuse(self, refusal: Refusal, about: Circumstances | None = None) -> None:
        about = replace(about or Circumstances(), serial=self.ask.serial)
        refused = self.flavour.refuse(refusal, about)
        await self._send(refused.status, _JSON, msgspec.json.encode(refused.body), refused)

    async def _send(self, status: int, content_type: str, body: bytes, refused: Refused | None = None) -> None:
        extra = refused.headers if refused else ()
        ids = headers_of(self.flavour.name, self.ask.serial)
        await self.exchange.start(status, (("content-type", content_type), *ids, *extra), length=len(body))
        await self.exchange.write(body)
        await self.exchange.end()

    async def _start(self, status: int, content_type: str, fault: Fault | None, *, length: int | None = None) -> None:
        headers = (("content-type", content_type), *headers_of(self.flavour.name, self.ask.serial))
        pause_s = _SLOW_HEADERS_S if fault is Fault.SLOW_HEADERS else 0.0
        await self.exchange.start(status, headers, pause_s=pause_s, length=length)

    def _model(self) -> str:
        in_path = self.ask.params.get("model") or self.ask.params.get("deployment")
        if in_path:
            return in_path
        try:
            return msgspec.json.decode(self.ask.body, type=_Named).model if self.ask.body else ""
        except msgspec.DecodeError:
            return ""


def _spoilt(answer: Answer, fault: Fault | None) -> Answer:
    match fault:
        case Fault.CONTENT_FILTERED:
            return replace(answer, finish=Finish.CONTENT_FILTER)
        case Fault.HUGE_LINE:
            return replace(answer, text=HUGE_TEXT, chunks=1)
        case Fault.SPLIT_UTF8 if answer.text is None:
            return replace(answer, text=MULTIBYTE_TEXT)
        case _:
            return answer
