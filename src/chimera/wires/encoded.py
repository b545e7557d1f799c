"""A request in a foreign format, and what that format could not carry. Pure."""

from dataclasses import dataclass
from typing import Any

import msgspec

from chimera.llm import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """A JSON body ready to be sent.

    Attributes:
        body: The body; values may be `msgspec.Raw` where JSON text goes out byte for byte.
        lost: What this wire cannot carry, in the names of `wires.losses`: `seed`, `top_k`, `extra.logit_bias`, …
    """

    body: dict[str, Any]
    lost: tuple[str, ...] = ()

    def to_json(self) -> bytes:
        """Return the body as JSON; the same request gives the same bytes, so that prompt caches hit."""
        return msgspec.json.encode(self.body)


def lost_extra(request: Request) -> list[str]:
    """Return the parameters that only OpenAI and its imitators know."""
    return [f"extra.{name}" for name in request.extra]
