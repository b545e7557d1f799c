"""A whole answer from its events. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import assert_never

from chimera.llm.content import Part, Text, Thinking, ToolCall
from chimera.llm.events import (
    Embedded,
    Event,
    Finished,
    FinishReason,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    UsageReported,
)
from chimera.llm.usage import Usage


@dataclass(slots=True)
class Answer:
    """What was heard so far. Feed it every event; read it at any time.

    Attributes:
        reason: Why it ended; `None` while it is being written, or when it was cut.
        vectors: The answer of an embedding model.
    """

    id: str = ""
    model: str = ""
    lost: tuple[str, ...] = ()
    usage: Usage | None = None
    reason: FinishReason | None = None
    stop_sequence: str | None = None
    vectors: tuple[tuple[float, ...], ...] = ()
    _done: list[Part] = field(default_factory=list[Part])
    _open: list[TextDelta | ThinkingDelta] = field(default_factory=list[TextDelta | ThinkingDelta])
    _calls: dict[int, list[ToolCallDelta]] = field(default_factory=dict[int, list[ToolCallDelta]])

    def add(self, event: Event) -> None:
        match event:
            case TextDelta() | ThinkingDelta():
                self._extend(event)
            case ToolCallDelta():
                self._calls.setdefault(event.index, []).append(event)
            case UsageReported():
                self.usage = event.usage
            case Finished():
                self.reason, self.stop_sequence = event.reason, event.stop_sequence
            case Started():
                self.id, self.model, self.lost = event.id, event.model, event.lost
            case Embedded():
                self.vectors = event.vectors
            case _:
                assert_never(event)

    @property
    def parts(self) -> tuple[Part, ...]:
        """Thinking and text in the order heard, then the tool calls by their index."""
        calls = (_call(deltas) for _, deltas in sorted(self._calls.items()))
        return (*self._done, *_joined(self._open), *calls)

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts if isinstance(part, Text))

    def _extend(self, delta: TextDelta | ThinkingDelta) -> None:
        if self._open and type(self._open[-1]) is not type(delta):
            self._close()
        self._open.append(delta)
        if isinstance(delta, ThinkingDelta) and delta.signature is not None:
            self._close()

    def _close(self) -> None:
        self._done += _joined(self._open)
        self._open = []


def _joined(deltas: list[TextDelta | ThinkingDelta]) -> list[Part]:
    """One part out of deltas of one kind; none out of none."""
    if not deltas:
        return []
    text, last = "".join(delta.text for delta in deltas), deltas[-1]
    if isinstance(last, TextDelta):
        return [Text(text=text)]
    return [Thinking(text=text, signature=last.signature, origin=last.origin, redacted=last.redacted)]


def _call(deltas: list[ToolCallDelta]) -> ToolCall:
    first = deltas[0]
    signature = next((delta.signature for delta in deltas if delta.signature), None)
    arguments = "".join(delta.arguments for delta in deltas)
    return ToolCall(id=first.id, name=first.name, arguments=arguments, signature=signature)


def fold(events: Iterable[Event]) -> Answer:
    answer = Answer()
    for event in events:
        answer.add(event)
    return answer
