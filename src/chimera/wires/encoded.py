"""A request in a foreign format, and what that format could not carry."""

from dataclasses import dataclass
from typing import Any

import msgspec


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
