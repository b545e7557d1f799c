"""A whole answer from its events. Pure."""

from collections.abc import Iterable
from typing import assert_never

from msgspec import Struct, field

from chimera.llm.content import Citation, Part, Text, Thinking, ToolCall
from chimera.llm.events import (
    Cited,
    Embedded,
    Event,
    Finished,
    FinishReason,
    Forwarded,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    UsageReported,
)
from chimera.llm.usage import Usage


class Answer(Struct):
    """What was heard so far. Feed it every event; read it at any time.

    Attributes:
        reason: Why it ended; `None` while it is being written, or when it was cut.
        vectors: The answer of an embedding model.
        forwarded: The provider's own bytes, if the answer is forwarded.
    """

    id: str = ""
    model: str = ""
    lost: tuple[str, ...] = ()
    usage: Usage | None = None
    reason: FinishReason | None = None
    stop_sequence: str | None = None
    vectors: tuple[tuple[float, ...], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    forwarded: bytes | None = None
    _citations: list[Citation] = field(default_factory=list)
    _done: list[Part] = field(default_factory=list)
    _open: list[TextDelta | ThinkingDelta] = field(default_factory=list)
    _calls: dict[int, list[ToolCallDelta]] = field(default_factory=dict)

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
            case Cited():
                self._cite(event.citation)
            case Started():
                self.id, self.model, self.lost, self.headers = event.id, event.model, event.lost, event.headers
            case Embedded():
                self.vectors = event.vectors
            case Forwarded():
                self.forwarded = (self.forwarded or b"") + event.data
            case _:
                assert_never(event)

    @property
    def parts(self) -> tuple[Part, ...]:
        """Thinking and text in the order heard, then the tool calls by their index."""
        calls = (_call(deltas) for _, deltas in sorted(self._calls.items()))
        return (*self._done, *self._joined(), *calls)

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts if isinstance(part, Text))

    def _extend(self, delta: TextDelta | ThinkingDelta) -> None:
        if self._open and not self._continues(delta):
            self._close()
        self._open.append(delta)
        if isinstance(delta, ThinkingDelta) and delta.signature is not None:
            self._close()

    def _cite(self, citation: Citation) -> None:
        if not self._open or not isinstance(self._open[-1], TextDelta):
            self._extend(TextDelta(text=""))
        self._citations.append(citation)

    def _close(self) -> None:
        self._done += self._joined()
        self._open, self._citations = [], []

    def _joined(self) -> list[Part]:
        """One part out of the open deltas, which are of one kind; none out of none."""
        if not self._open:
            return []
        text, last = "".join(delta.text for delta in self._open), self._open[-1]
        if isinstance(last, TextDelta):
            return [Text(text=text, citations=tuple(self._citations), refusal=last.refusal)]
        first = self._open[0]
        assert isinstance(first, ThinkingDelta), "the open deltas are of one kind"
        return [Thinking(text=text, signature=last.signature, origin=last.origin, redacted=last.redacted, id=first.id)]

    def _continues(self, delta: TextDelta | ThinkingDelta) -> bool:
        """Whether it belongs to the part that the open deltas make."""
        first = self._open[0]
        if isinstance(delta, TextDelta):
            return isinstance(first, TextDelta) and first.refusal is delta.refusal and not delta.starts_part
        return isinstance(first, ThinkingDelta) and delta.id in {None, first.id}


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
