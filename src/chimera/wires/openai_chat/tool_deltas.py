"""Tool calls out of their pieces: numbered 0, 1, …, each with an id and a name, however careless the sender."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import Struct

from chimera.kit.ids import new_id
from chimera.llm import Event, ToolCallDelta
from chimera.wires.failure import WireError


class _Function(Struct, frozen=True, gc=False):
    name: str | None = None
    # A string by the book; some send the object itself.
    arguments: str | dict[str, Any] | None = None


class ToolDelta(Struct, frozen=True, gc=False):
    """A piece of a tool call as it is sent."""

    index: int | None = None
    id: str | None = None
    function: _Function | None = None
    extra_content: Any = None


@dataclass(slots=True)
class _Call:
    number: int
    id: str
    named: bool = False
    has_arguments: bool = False
    held: str = ""


class ToolNumbering:
    """Tells which call a piece belongs to.

    By the book the index tells. But some repeat 0 for every call, with another id or (having none) another name, and
    some leave the index out.

    Args:
        names: Our name of each tool that the provider knows by another.
    """

    __slots__ = ("_by_index", "_calls", "_names")

    def __init__(self, names: Mapping[str, str] | None = None) -> None:
        self._names = names or {}
        self._by_index: dict[int | None, _Call] = {}
        self._calls: list[_Call] = []

    @property
    def heard(self) -> bool:
        return bool(self._calls)

    def hear(self, piece: ToolDelta, events: list[Event]) -> None:
        """Append the event for a piece; a piece without a name is held back until the name is known."""
        function = piece.function or _Function()
        call = self._by_index.get(piece.index)
        if call is None or _begins_another(call, piece.id, function.name):
            named = piece.id if all(piece.id != other.id for other in self._calls) else None
            call = _Call(number=len(self._calls), id=named or f"call_{new_id().hex}")
            self._calls.append(call)
            self._by_index[piece.index] = call
        arguments = _text(function.arguments)
        call.has_arguments |= bool(arguments)
        signature = thought_signature(piece.extra_content)
        if call.named:
            if arguments or signature:
                events.append(ToolCallDelta(index=call.number, arguments=arguments, signature=signature))
        elif function.name:
            call.named = True
            events.append(
                ToolCallDelta(
                    index=call.number,
                    id=call.id,
                    name=self._names.get(function.name, function.name),
                    arguments=call.held + arguments,
                    signature=signature,
                )
            )
        else:
            call.held += arguments

    def close(self) -> None:
        """Raise `WireError` if a call never got its name."""
        if not all(call.named for call in self._calls):
            raise WireError("malformed", "The provider called a tool without saying which.")


def _begins_another(call: _Call, id: str | None, name: str | None) -> bool:
    if id:
        return id != call.id and call.named
    return bool(name) and call.named and call.has_arguments


def _text(arguments: str | dict[str, Any] | None) -> str:
    if isinstance(arguments, dict):
        return msgspec.json.encode(arguments).decode()
    return arguments or ""


def thought_signature(extra: object) -> str | None:
    """Return Gemini's thought signature: https://ai.google.dev/gemini-api/docs/thought-signatures#openai."""
    google = extra.get("google") if isinstance(extra, dict) else None
    signature = google.get("thought_signature") if isinstance(google, dict) else None
    return signature if isinstance(signature, str) else None
