"""Which request bears a key, and what makes it this request and no other."""

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from starlette.types import Scope as AsgiScope

from chimera.idempotency.errors import InvalidIdempotencyKeyError
from chimera.idempotency.states import Keyed
from chimera.kit.scope import Scope

HEADER: Final = b"idempotency-key"
# Headers that make it another question.
_ASKING: Final = frozenset({b"x-chimera-strict", b"anthropic-beta"})
_TIMEOUT: Final = b"x-chimera-timeout-s"
_KEY: Final = re.compile(rb"[\x20-\x7e]{1,255}")
_BOUNDARY: Final = re.compile(rb'multipart/.*boundary="?([^";,]+)', re.IGNORECASE)


def bears_key(scope: AsgiScope) -> bool:
    """Whether to look closer: this is asked of every request."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return False
    return HEADER in dict(scope["headers"])


def keyed(scope: AsgiScope, caller: Scope, body: bytes) -> Keyed:
    """Read the key, and take the request's fingerprint: address, query, body, what the caller may do.

    Raises:
        InvalidIdempotencyKeyError: if there are several keys, or one that is too long or not printable.
    """
    given = {value.strip() for name, value in scope["headers"] if name == HEADER}
    key = given.pop()
    if given or not _KEY.fullmatch(key):
        raise InvalidIdempotencyKeyError(
            "The header Idempotency-Key must be one value of 1 to 255 printable ASCII characters, such as a UUID."
        )
    known = sha256()
    permissions = ",".join(sorted(caller.permissions))
    asking = b",".join(sorted(name + b"=" + value for name, value in scope["headers"] if name in _ASKING))
    for part in (scope["path"].encode(), scope.get("query_string", b""), permissions.encode(), asking):
        known.update(b"%d:" % len(part) + part)
    known.update(_without_boundary(scope["headers"], body))
    return Keyed(scope=caller, key_hash=sha256(key).hexdigest(), fingerprint=known.hexdigest())


def patience_s(scope: AsgiScope, longest_s: float) -> float:
    """How long this caller waits for somebody else's run; a header that makes no sense is the surface's to refuse."""
    for name, value in scope["headers"]:
        if name == _TIMEOUT:
            try:
                wanted = float(value)
            except ValueError:
                return longest_s
            return min(wanted, longest_s) if wanted > 0 else longest_s
    return longest_s


def _without_boundary(headers: Iterable[tuple[bytes, bytes]], body: bytes) -> bytes:
    """Clients draw the boundary of a form anew for each attempt."""
    for name, value in headers:
        if name == b"content-type" and (found := _BOUNDARY.match(value)):
            return body.replace(found[1].strip(), b"")
    return body
