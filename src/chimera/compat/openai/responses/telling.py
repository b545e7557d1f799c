"""One answer as events of the Responses API, encoded or passed on, and as the response object that is kept of it."""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from chimera.llm import Event, Finished, Forwarded, Started
from chimera.responses.frames import items_done, split
from chimera.responses.states import ResponseStatus
from chimera.wires.openai_responses import Head, StreamEncoder

_OPENING: Final = (b"event: response.created\n", b"event: response.queued\n", b"event: response.in_progress\n")
_ENDING: Final = re.compile(rb"^event: response\.(completed|incomplete|failed)\n", re.MULTILINE)
_ITEM_DONE: Final = b"event: response.output_item.done\n"


@dataclass(slots=True, kw_only=True, eq=False)
class Telling:
    """See `chimera.responses.telling`."""

    head: Head
    _encoder: StreamEncoder = field(init=False)
    _begun: bool = False
    _forwarded: bool = False
    _passed: bool = False
    _over: bool = False
    _broken: bool = False
    _done: list[bytes] = field(default_factory=list[bytes])

    def __post_init__(self) -> None:
        self._encoder = StreamEncoder(self.head)

    @property
    def response(self) -> dict[str, Any]:
        """The response object so far."""
        response = self._encoder.response
        if self._forwarded and (self._broken or not self._over):
            # What is passed on is not understood; only its whole items are known.
            return {**response, "output": items_done(self._done)}
        return response

    @property
    def is_over(self) -> bool:
        """Whether the last event was told."""
        return self._over

    def begin(self) -> bytes:
        """Return the first events before the provider has said anything: who reads them learns the response's id."""
        self._begun = True
        return self._encoder.encode(Started(id=self.head.id, model=self.head.model))

    def hear(self, event: Event) -> bytes:
        """Return the events that come of what was heard."""
        match event:
            case Started():
                self._forwarded = event.forwarded
                return b"" if self._begun or event.forwarded else self._encoder.encode(event)
            case Forwarded():
                return self._pass_on(event.data)
            case Finished(cut=True) if self._forwarded:
                self._over = True
                opening = b"" if self._begun or self._passed else self.begin()
                return opening + self._encoder.cut(items_done(self._done))
            case _ if self._forwarded:
                return b""
            case _:
                self._over |= type(event) is Finished
                return self._encoder.encode(event)

    def fail(self, error: bytes) -> bytes:
        """Return the events that end an answer that failed, given the error's body."""
        self._over = self._broken = True
        return self._encoder.error(error)

    def _pass_on(self, data: bytes) -> bytes:
        self._passed = True
        if self._begun:
            data = b"".join(frame for frame in split(data) if not frame.startswith(_OPENING))
        if _ITEM_DONE in data:
            self._done += [frame for frame in split(data) if frame.startswith(_ITEM_DONE)]
        self._over |= _ENDING.search(data) is not None
        return self._encoder.encode(Forwarded(data=data)) if data else b""


def cancelled(response: dict[str, Any]) -> dict[str, Any]:
    """The response object of an answer that nobody waits for any more."""
    return {**response, "status": ResponseStatus.CANCELLED.value}
