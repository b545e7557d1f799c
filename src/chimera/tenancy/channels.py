"""Where in a request credentials may stand, and the rule that keeps other sites from using a person's cookie."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from chimera.tenancy.errors import CrossSiteRequestError

COOKIE: Final = "chimera_session"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# In this order; a browser's cookie counts only when no key is there.
_KEY_HEADERS = (b"x-api-key", b"api-key", b"x-goog-api-key")
_WANTED = frozenset({b"authorization", b"cookie", b"sec-fetch-site", b"origin", b"host", *_KEY_HEADERS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """What a request brought along to prove who sent it. At most one of the two secrets is set."""

    key: bytes | None = field(repr=False)
    session: bytes | None = field(repr=False)
    headers: Mapping[bytes, bytes] = field(repr=False)


def presented(headers: Iterable[tuple[bytes, bytes]]) -> Presented:
    """Read the raw ASGI headers, once: this is on the way of every request."""
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in _WANTED:
            found[name] = found[name] + b"; " + value if name == b"cookie" and name in found else value
    key = _key(found)
    return Presented(key=key, session=None if key is not None else session_token(found), headers=found)


def session_token(headers: Mapping[bytes, bytes]) -> bytes | None:
    """The value of our cookie."""
    for pair in headers.get(b"cookie", b"").split(b";"):
        name, _, value = pair.strip().partition(b"=")
        if name == COOKIE.encode():
            return value or None
    return None


def require_same_origin(headers: Mapping[bytes, bytes]) -> None:
    """Let a request pass only if no page of another site caused it.

    Browsers send `Sec-Fetch-Site` to https and to this machine, and `Origin` with every unsafe method and WebSocket;
    who sends neither is no browser, and no page can have misled it.

    Raises:
        CrossSiteRequestError: if a page of another site caused it.
    """
    site, origin = headers.get(b"sec-fetch-site"), headers.get(b"origin")
    if site is not None:
        same = site in {b"same-origin", b"none"}
    else:
        same = origin is None or _host_of(origin) == headers.get(b"host", b"").lower() != b""
    if not same:
        raise CrossSiteRequestError(
            "A session cookie changes things only from the web app itself. Scripts use an API key."
        )


def _key(found: Mapping[bytes, bytes]) -> bytes | None:
    scheme, _, value = found.get(b"authorization", b"").partition(b" ")
    if scheme.lower() == b"bearer":
        return value.strip()
    return next((found[name] for name in _KEY_HEADERS if name in found), None)


def _host_of(origin: bytes) -> bytes:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return b""
