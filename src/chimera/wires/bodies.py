"""Bodies that clients send, read into structs: what cannot be read is refused with the path of the field. Pure."""

import re
from typing import Annotated, TypeVar

import msgspec

from chimera.kit.errors import InvalidRequestError

T = TypeVar("T")
# Each is looked at alone, which takes microseconds; no API has a tenth as many.
_MOST_MEMBERS = 1000
MEMBERS: msgspec.json.Decoder[dict[str, msgspec.Raw]] = msgspec.json.Decoder(
    Annotated[dict[str, msgspec.Raw], msgspec.Meta(max_length=_MOST_MEMBERS)]
)
"""Knows the members of a body, not what they hold."""
_AT = re.compile(r" - at `(?:key in )?\$\.?([^`]*)`$")


def decode_body(body: bytes | msgspec.Raw, decoder: msgspec.json.Decoder[T], *, at: str = "") -> T:
    """Return the decoded body.

    Args:
        body: JSON; the body, or a member of it.
        decoder: Knows the type.
        at: Path of the member.

    Raises:
        InvalidRequestError: with the path of the offending field where there is one.
    """
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        message = str(error)
        place = _AT.search(message)
        inner = place[1].replace("[", ".").replace("]", "").strip(".") if place else ""
        path = ".".join(filter(None, (at, inner)))
        said = message[: place.start()] if place else message
        raise InvalidRequestError(f"{said} at `{path}`." if path else f"{said}.", field=path or None) from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise InvalidRequestError("The body is not valid JSON in UTF-8.", field=at or None) from error
    except RecursionError as error:
        raise InvalidRequestError("The body is nested too deeply.", field=at or None) from error
