"""A request in a foreign format, and what that format could not carry. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from chimera.llm import Message, Request, Thinking


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """A JSON body ready to be sent.

    Attributes:
        body: The body; values may be `msgspec.Raw` where JSON text goes out byte for byte.
        lost: Request parameters that this wire cannot carry: `seed`, `top_k`, `extra.logit_bias`, …
    """

    body: dict[str, Any]
    lost: tuple[str, ...] = ()

    def to_json(self) -> bytes:
        """Return the body as JSON; the same request gives the same bytes, so that prompt caches hit."""
        return msgspec.json.encode(self.body)


def lost_of_messages(messages: Sequence[Message], *, origin: str) -> set[str]:
    """Return what the messages lose on a wire without names of speakers: these, and thinking of other origin."""
    lost: set[str] = set()
    for message in messages:
        if message.name:
            lost.add("messages.name")
        if any(isinstance(part, Thinking) and part.origin != origin for part in message.parts):
            lost.add("messages.thinking")
    return lost


def lost_extra(request: Request) -> list[str]:
    """Return the parameters that only OpenAI and its imitators know."""
    return [f"extra.{name}" for name in request.extra]
