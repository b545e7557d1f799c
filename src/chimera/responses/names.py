"""How a response is named outside: `resp_` and the digits of its id."""

import hashlib
from typing import Final
from uuid import UUID

_PREFIX: Final = "resp_"


def public_name(id: UUID) -> str:
    return f"{_PREFIX}{id.hex}"


def item_key(name: str) -> UUID:
    """The key of an output item of this name: names are as their makers like, keys are of one kind."""
    return UUID(bytes=hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[:16])


def id_of(name: str) -> UUID | None:
    """Return the id, or `None` for a name that we never give."""
    digits = name.removeprefix(_PREFIX)
    if digits == name or len(digits) != 32:
        return None
    try:
        found = UUID(hex=digits)
    except ValueError:
        return None
    return found if found.hex == digits else None
