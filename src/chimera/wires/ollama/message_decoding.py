"""Messages as a client of Ollama sends them, as ours. Calls need no id there: results find them by name."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from msgspec import Raw, Struct

from chimera.kit.errors import InvalidRequestError
from chimera.llm import Image, Message, Part, Text, Thinking, ToolCall, ToolResult, data_url
from chimera.wires.ollama.content import ORIGIN
from chimera.wires.signatures import split_id

# How the first bytes look in base64; Ollama's images say nothing else of their kind.
_KINDS = (("iVBORw0KGgo", "image/png"), ("/9j/", "image/jpeg"), ("R0lGOD", "image/gif"), ("UklGR", "image/webp"))


class _Function(Struct, frozen=True, gc=False):
    name: str
    arguments: Raw = Raw(b"{}")


class _Call(Struct, frozen=True, gc=False):
    function: _Function
    id: str | None = None


class WireMessage(Struct, frozen=True, gc=False):
    role: Literal["system", "user", "assistant", "tool"]
    content: str | None = None
    thinking: str | None = None
    images: list[str] | None = None
    tool_calls: list[_Call] | None = None
    tool_name: str | None = None
    tool_call_id: str | None = None
    name: str | None = None


@dataclass(slots=True)
class Decoded:
    """A conversation in the making; leading instructions stand apart."""

    system: list[Text] = field(default_factory=list[Text])
    messages: list[Message] = field(default_factory=list[Message])
    _calls: int = 0
    _open: list[ToolCall] = field(default_factory=list[ToolCall])

    def add(self, told: WireMessage, path: str) -> None:
        """Add what was said.

        Raises:
            InvalidRequestError: for a message that cannot be read, with its path.
        """
        if told.role == "system" and not self.messages and not told.images:
            self.system += [Text(text=told.content)] if told.content else []
        elif told.role == "tool":
            self._result(told, path)
        else:
            parts = tuple(self._parts(told, path))
            if told.role == "assistant":
                self._open = [part for part in parts if isinstance(part, ToolCall)]
            self.messages.append(Message(role=told.role, parts=parts))

    def _parts(self, told: WireMessage, path: str) -> Iterator[Part]:
        if told.role == "assistant" and told.thinking:
            yield Thinking(text=told.thinking, origin=ORIGIN)
        yield from _said(told, path)
        for call in told.tool_calls or () if told.role == "assistant" else ():
            yield self._call(call)

    def _call(self, told: _Call) -> ToolCall:
        self._calls += 1
        call_id, signature = split_id(told.id or f"call_{self._calls}")
        return ToolCall(
            id=call_id, name=told.function.name, arguments=_arguments(told.function.arguments), signature=signature
        )

    def _result(self, told: WireMessage, path: str) -> None:
        parts = tuple(_said(told, path))
        result = ToolResult(call_id=self._answered(told), parts=parts or (Text(text=""),))
        if self.messages and self.messages[-1].role == "tool":
            result_parts = (*self.messages.pop().parts, result)
        else:
            result_parts = (result,)
        self.messages.append(Message(role="tool", parts=result_parts))

    def _answered(self, told: WireMessage) -> str:
        """Return the id of the call that this answers: by its id, else the first open one of that name, or of any."""
        wanted = split_id(told.tool_call_id)[0] if told.tool_call_id else None
        name = told.tool_name or told.name
        for call in self._open:
            if call.id == wanted or (wanted is None and name in {None, "", call.name}):
                self._open.remove(call)
                return call.id
        self._calls += 1
        return wanted or f"call_{self._calls}"


def image(data: str, path: str) -> Image:
    """Return a picture.

    Raises:
        InvalidRequestError: for an address: Ollama's images are bytes.
    """
    if "://" in data[:16]:
        raise InvalidRequestError("Send images as base64, not as addresses.", field=path)
    kind = next((kind for start, kind in _KINDS if data.startswith(start)), "image/png")
    return Image(url=data if data.startswith("data:") else data_url(kind, data))


def _said(told: WireMessage, path: str) -> Iterator[Text | Image]:
    if told.content:
        yield Text(text=told.content)
    for index, data in enumerate(told.images or ()):
        yield image(data, f"{path}.images.{index}")


def _arguments(raw: Raw) -> str:
    text = str(bytes(raw), "utf-8", "replace")
    return text if text.startswith("{") else "{}"
