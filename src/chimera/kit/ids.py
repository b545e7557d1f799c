"""Ids made by us: UUIDv7 (RFC 9562, section 5.7), so that they sort by the time they were made."""

import os
import time
from uuid import UUID

_VERSION_AND_VARIANT = (0x7 << 76) | (0b10 << 62)
_RANDOM_BITS = ~((0xF << 76) | (0b11 << 62)) & ((1 << 80) - 1)
# Random bits drawn ahead: asking the kernel for each id costs more than all the rest.
_drawn: list[int] = []
_AT_ONCE = 256
_BYTES = 10


def new_id() -> UUID:
    """Return a UUIDv7: 48 bits of Unix milliseconds, then 74 random bits."""
    try:
        random = _drawn.pop()
    except IndexError:
        random = _draw()
    return UUID(int=((time.time_ns() // 1_000_000) << 80) | random)


def _draw() -> int:
    data = os.urandom(_BYTES * _AT_ONCE)
    drawn = (int.from_bytes(data[start : start + _BYTES], "big") for start in range(0, len(data), _BYTES))
    _drawn.extend(random & _RANDOM_BITS | _VERSION_AND_VARIANT for random in drawn)
    return _drawn.pop()


os.register_at_fork(after_in_child=_drawn.clear)
