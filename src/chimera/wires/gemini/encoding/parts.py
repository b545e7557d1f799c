"""What a model says, thinks and calls, as the parts of Gemini's answers."""

from typing import Any

import msgspec
from msgspec import Raw

from chimera.llm import TextDelta, Thinking, ThinkingDelta, ToolCallDelta
from chimera.wires.gemini.content import ORIGIN
from chimera.wires.gemini.seals import sealed
from chimera.wires.json_text import arguments_object

_json = msgspec.json.Encoder().encode


class PartEncoder:
    """Writes the parts of one answer, thought by thought and piece by piece; calls are written whole, at its end.

    Reasoning of another provider goes along in a seal, shown or not: its clients give it back, and so it finds home.

    Args:
        shows_thoughts: Whether the client asked to see reasoning.
    """

    __slots__ = ("_calls", "_in_thought", "_open", "_seal", "_shows_thoughts")

    def __init__(self, *, shows_thoughts: bool) -> None:
        self._shows_thoughts = shows_thoughts
        self._open: Thinking | None = None
        self._in_thought = False
        self._seal: str | None = None
        self._calls: dict[int, list[ToolCallDelta]] = {}

    @property
    def is_plain(self) -> bool:
        """Whether the next piece of text is a part of nothing but itself."""
        return self._open is None and self._seal is None and not self._in_thought

    def text(self, delta: TextDelta) -> list[bytes]:
        parts = self._close()
        seal, self._seal = self._seal, None
        if delta.text or seal:
            parts.append(_part(text=delta.text, signature=seal))
        return parts

    def call(self, delta: ToolCallDelta) -> None:
        self._calls.setdefault(delta.index, []).append(delta)

    def thinking(self, delta: ThinkingDelta) -> list[bytes]:
        if delta.origin == ORIGIN:
            return [*self._close_foreign(), *self._own(delta)]
        parts = [] if _goes_on(self._open, delta) else self._close_foreign()
        before = self._open or Thinking(text="", origin=delta.origin, id=delta.id)
        self._open = Thinking(
            text=before.text + delta.text,
            signature=delta.signature,
            origin=delta.origin,
            redacted=delta.redacted,
            id=before.id or delta.id,
        )
        if delta.text and self._shows_thoughts:
            parts.append(_part(text=delta.text, thought=True))
        if delta.signature is not None:
            parts += self._close_foreign()
        return parts

    def end(self) -> list[bytes]:
        """Return what is left: the rest of the thoughts, and every call."""
        parts = self._close()
        for _, deltas in sorted(self._calls.items()):
            parts += self._whole_call(deltas)
        if self._seal is not None:
            parts.append(_part(text="", signature=self._seal))
        return parts

    def _own(self, delta: ThinkingDelta) -> list[bytes]:
        shown = delta.text if self._shows_thoughts else ""
        if not shown and not delta.signature:
            return []
        is_thought = bool(shown) or self._in_thought
        self._in_thought = is_thought and not delta.signature
        return [_part(text=shown, thought=is_thought, signature=delta.signature)]

    def _close(self) -> list[bytes]:
        self._in_thought = False
        return self._close_foreign()

    def _close_foreign(self) -> list[bytes]:
        """End another provider's thought: right here if it was shown, with the next part if not."""
        thinking, self._open = self._open, None
        if thinking is None:
            return []
        if self._shows_thoughts:
            return [_part(text="", thought=True, signature=sealed(msgspec.structs.replace(thinking, text="")))]
        parts = [_part(text="", signature=self._seal)] if self._seal is not None else []
        self._seal = sealed(thinking)
        return parts

    def _whole_call(self, deltas: list[ToolCallDelta]) -> list[bytes]:
        first = deltas[0]
        signature = next((delta.signature for delta in deltas if delta.signature), None)
        parts: list[bytes] = []
        if self._seal is not None and signature is not None:
            parts.append(_part(text="", signature=self._seal))
            self._seal = None
        if signature is None:
            signature, self._seal = self._seal, None
        # Written anew: what the model wrote may hold line breaks, which end an event.
        arguments = arguments_object("".join(delta.arguments for delta in deltas))
        call = {"id": first.id, "name": first.name, "args": arguments}
        parts.append(_json({"functionCall": call} | ({"thoughtSignature": signature} if signature else {})))
        return parts


def _goes_on(before: Thinking | None, delta: ThinkingDelta) -> bool:
    return before is not None and before.origin == delta.origin and delta.id in {None, before.id}


def _part(*, text: str, thought: bool = False, signature: str | None = None) -> bytes:
    part: dict[str, Any] = {"text": Raw(_json(text))}
    if thought:
        part["thought"] = True
    if signature:
        part["thoughtSignature"] = signature
    return _json(part)
