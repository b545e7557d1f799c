"""One speech: a model is asked, and what it says of its own is passed on while it says it."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog
from msgspec.structs import replace

from chimera.conversations.encoding import Failure, Spoken
from chimera.conversations.errors import AnswerCutError
from chimera.conversations.journal import SpeechFinished
from chimera.conversations.panel_runs.pen import Pen
from chimera.conversations.panel_runs.purse import spent
from chimera.conversations.panels.impersonation import Cutter
from chimera.conversations.service.speeches import Ended
from chimera.conversations.states import MessageStatus
from chimera.gateway.call import Call
from chimera.gateway.deadline import armed
from chimera.kit.errors import AppError, Kind
from chimera.llm import Event, Finished, TextDelta, ToolCallDelta

log = structlog.get_logger()

CUT: Final = Failure.of(AnswerCutError("The answer ended before it was complete."))
UNFORESEEN: Final = Failure(
    code="internal_error", kind=Kind.INTERNAL, detail="Something went wrong on our side while the answer was written."
)


@dataclass(slots=True, kw_only=True, eq=False)
class Speaking:
    """A speech that is being made.

    Attributes:
        allotment: What it may cost; `None` where nothing limits it.
        is_begun: Whether its message is there, and the journal says so.
        is_skipped: Whether the person has heard enough of it.
        is_over: Whether the model was heard out.
        is_told: Whether its end was noted for the journal.
        is_kept: Whether it is written down.
    """

    message_id: UUID
    spoken: Spoken
    model: str
    call: Call
    cutter: Cutter
    allotment: int | None = None
    task: asyncio.Task[None] | None = None
    is_begun: bool = False
    is_skipped: bool = False
    is_over: bool = False
    is_told: bool = False
    is_kept: bool = False
    _finish_reason: str | None = None
    _failure: Failure | None = None
    _status: MessageStatus = MessageStatus.COMPLETE

    async def speak(self, pen: Pen) -> None:
        """Hear the model out. Cancelling it keeps what was said; it is not closed then unless it was skipped."""
        try:
            await self._hear(pen)
        except asyncio.CancelledError:
            if not self.is_skipped:
                raise
            task = asyncio.current_task()
            assert task is not None, "it runs in one"
            task.uncancel()
            self._status = MessageStatus.STOPPED
        except AppError as error:
            self._status, self._failure = MessageStatus.FAILED, Failure.of(error)
        except Exception:  # one speaker's fault must not end the others' speeches
            log.exception("panel.unforeseen_error", message_id=str(self.message_id))
            self._status, self._failure = MessageStatus.FAILED, UNFORESEEN
        self.is_over = True
        self._pass_on(pen, TextDelta(text=self.cutter.close()))

    def skip(self) -> None:
        """Let it end now, and count as it is."""
        # Once: what comes after the speech is its being kept, which must not be cancelled.
        if self.task is not None and not self.is_skipped and not self.is_over:
            self.is_skipped = True
            self.task.cancel()

    def ended(self, pen: Pen, status: MessageStatus | None = None, failure: Failure | None = None) -> Ended:
        """The speech as it is to be kept; with a status where others ended it."""
        told = self.call.trail.told
        answered_by = self.call.trail.answered_by
        return Ended(
            message_id=self.message_id,
            entries=pen.said(self.message_id),
            status=status or self._status,
            model=answered_by.id if answered_by else self.model,
            spoken=replace(self.spoken, impersonated=self.cutter.cut),
            finish_reason=self._finish_reason,
            failure=failure or self._failure,
            cost_nusd=told.cost_nusd,
            held_nusd=self.allotment or 0,
            spent_nusd=spent(told, self.allotment),
        )

    def finished(self, status: MessageStatus | None = None) -> SpeechFinished:
        return SpeechFinished(
            message_id=self.message_id,
            status=status or self._status,
            finish_reason=self._finish_reason,
            impersonated=self.cutter.cut,
        )

    async def _hear(self, pen: Pen) -> None:
        async with armed(self.call), aclosing(pen.desk.gateway(self.call)) as events:
            async for event in events:
                for shown in self._own(event):
                    self._pass_on(pen, shown)
                if self.cutter.cut is not None:
                    self._finish_reason = "stop"
                    return
        if self._finish_reason is None:
            self._status, self._failure = MessageStatus.FAILED, CUT

    def _own(self, event: Event) -> Iterator[Event]:
        match event:
            case TextDelta(text=text):
                yield replace(event, text=self.cutter.feed(text))
            case ToolCallDelta():
                # It was given no tools.
                return
            case Finished(reason=reason):
                self._finish_reason = reason.value
            case _:
                yield event

    def _pass_on(self, pen: Pen, event: Event) -> None:
        if not isinstance(event, TextDelta) or event.text:
            pen.hear(self.message_id, event)

    @property
    def failure_code(self) -> str | None:
        return self._failure.code if self._failure is not None else None
