"""Foreign JSON read into structs: a body that cannot be read is the wire's failure, never a JSON library's. Pure."""

from typing import TypeVar

import msgspec

from chimera.wires.failure import WireError

T = TypeVar("T")

UNREADABLE = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)
"""All that a decoder of JSON raises, whatever bytes it is given."""


def read(decoder: msgspec.json.Decoder[T], body: bytes, *, what: str) -> T:
    """Return the body as the decoder's type.

    Args:
        decoder: Knows the type.
        body: What was received.
        what: Name of the body in the error's message: `The list of models`.

    Raises:
        WireError: if it is not of that type.
    """
    try:
        return decoder.decode(body)
    except UNREADABLE as error:
        raise WireError("malformed", f"{what} cannot be read.") from error
