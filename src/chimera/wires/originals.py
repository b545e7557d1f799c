"""Requests that go out as their callers worded them, and the refusal to leave out what matters. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from chimera.llm import Message, Original, Part, Request, Text, Thinking, ToolCall, UntranslatableError
from chimera.wires.encoded import Encoded

_SIGNS_CALLS = frozenset({"gemini"})
"""Wires on which the signature of a call can only be their own."""


def forwardable(request: Request, wires: Collection[str]) -> Original | None:
    """Return the caller's own words if a provider that takes these wires may get them.

    It may not if they hold another's reasoning: signatures never go to a model that did not make them.
    """
    original = request.original
    if original is None or original.wire not in wires or _holds_foreign(request.messages, original.wire):
        return None
    return original


def restated(original: Original, changes: Mapping[str, Any]) -> bytes:
    """Return the body with some members changed or added; the values of all others are the caller's bytes."""
    return msgspec.json.encode({**original.fields, **changes})


def told(encoded: Encoded, request: Request, *, provider: str) -> Encoded:
    """Return what was encoded, if its caller can live with what it lost.

    Raises:
        UntranslatableError: if the request is strict and something was lost, or if it asks for what no translation
            can give.
    """
    beyond = request.original.beyond if request.original else ()
    if request.original and request.original.minor:
        encoded = replace(encoded, lost=(*encoded.lost, *request.original.minor))
    if beyond:
        raise UntranslatableError(
            f"{_listed(beyond)} cannot be translated for {provider}. Leave it out, or choose a model of a provider "
            "that speaks the API you use.",
            provider=provider,
        )
    if request.strict and encoded.lost:
        raise UntranslatableError(
            f"{provider} cannot be told {_listed(encoded.lost)}, and the request is strict. Leave it out, choose "
            "another model, or send it without `x-chimera-strict`.",
            provider=provider,
        )
    return encoded


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _holds_foreign(messages: Collection[Message], wire: str) -> bool:
    return any(_is_foreign(part, wire) for message in messages if message.role == "assistant" for part in message.parts)


def _is_foreign(part: Part, wire: str) -> bool:
    match part:
        case Thinking():
            return part.origin != wire
        case ToolCall():
            return part.signature is not None and wire not in _SIGNS_CALLS
        case Text():
            return any(citation.origin not in {None, wire} for citation in part.citations)
        case _:
            return False
