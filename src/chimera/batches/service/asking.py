"""One line of a batch is asked, again where trouble may pass, and what came of it worded for the output file."""

import asyncio
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import msgspec
from msgspec import Raw

from chimera.batches.lines import LineError, LineRequest, LineResponse, LineResult, write_line
from chimera.batches.service.pace import Answered, BatchPace, Execute
from chimera.batches.tables import BatchResultRow
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope

_RAW: Final = msgspec.json.Decoder(Raw)
# What may be otherwise in a moment: timeouts, rate limits, and trouble on our or the provider's side.
_PASSING: Final = frozenset({408, 429, 500, 502, 503, 504, 529})


@dataclass(slots=True, kw_only=True, eq=False)
class Asker:
    """Asks lines on behalf of the batch's owner.

    Attributes:
        scope: What the owner's key may do now.
        stopping: Ends the pauses between tries.
    """

    execute: Execute
    scope: Scope
    batch_id: UUID
    pace: BatchPace
    stopping: asyncio.Event

    async def ask(self, number: int, asked: LineRequest) -> BatchResultRow | None:
        """Return what became of the line; `None` if it was to be tried again and there is no time any more.

        Refusals by rate limits of our own are waited out and count as no tries.
        """
        for pause_s in (*self.pace.pauses_s, None):
            answered = await self._admitted(asked)
            if answered is None:
                return None
            if answered.status not in _PASSING or pause_s is None:
                return _result(number, asked.custom_id, answered)
            if await self._stopped_within(max(pause_s, min(answered.retry_after_s or 0.0, self.pace.pauses_s[-1]))):
                return None
        raise AssertionError("the last try has no pause after it")

    async def _admitted(self, asked: LineRequest) -> Answered | None:
        body = bytes(asked.body)
        while (answered := await self.execute(self.scope, asked.url, body)).limited:
            if await self._stopped_within(min(answered.retry_after_s or 1.0, self.pace.limited_s)):
                return None
        return answered

    async def _stopped_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self.stopping.wait()
        except TimeoutError:
            return False
        return True


def unasked(number: int, asked: LineRequest, *, code: str, message: str) -> BatchResultRow:
    """What is told of a line that was never answered."""
    error = LineError(code=code, message=message)
    result = LineResult(id=_request_name(), custom_id=asked.custom_id, error=error)
    return BatchResultRow(number=number, good=False, line=write_line(result))


def _result(number: int, custom_id: str, answered: Answered) -> BatchResultRow:
    response = LineResponse(status_code=answered.status, request_id=answered.request_id, body=_json(answered.body))
    result = LineResult(id=_request_name(), custom_id=custom_id, response=response)
    return BatchResultRow(number=number, good=answered.status < 400, line=write_line(result))


def _json(body: bytes) -> Raw:
    """The body in one line: JSON that came over several is written anew, and what is none becomes a string."""
    try:
        _RAW.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return Raw(msgspec.json.encode(body.decode("utf-8", "replace")))
    return Raw(body if b"\n" not in body and b"\r" not in body else msgspec.json.format(body, indent=-1))


def _request_name() -> str:
    return f"batch_req_{new_id().hex}"
