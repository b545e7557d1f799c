"""What browsers are told with every answer, and which requests are refused before anybody looks at them.

Other people's APIs are for programs: each header costs a microsecond there, so they get only those that protect whoever
opens an answer in a browser. Pages and our own API get all.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from starlette.types import Scope

Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]

PAGE_POLICY: Final = (
    b"default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; script-src 'self'; "
    b"connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'"
)
# The page that draws diagrams: in a frame of ours, as nobody's origin, with scripts from here and nothing else.
FRAME_POLICY: Final = (
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; frame-ancestors 'self'; "
    b"base-uri 'none'; form-action 'none'; sandbox allow-scripts"
)
DATA_POLICY: Final = b"default-src 'none'; frame-ancestors 'none'"
NO_STORE: Final = (b"cache-control", b"no-store")
_NOSNIFF: Final = (b"x-content-type-options", b"nosniff")
_HSTS: Final = (b"strict-transport-security", b"max-age=31536000")
_FULL: Final[Headers] = (
    _NOSNIFF,
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(self), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
# A page without an origin asks for scripts as a stranger. They are the same for all, and hold nothing of anybody.
_FRAMES: Final[Headers] = (
    (b"content-security-policy", FRAME_POLICY),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"access-control-allow-origin", b"*"),
    (b"x-dns-prefetch-control", b"off"),
)
# What is shown by a link is for who was given it, not for who looks for it.
_UNLISTED: Final = (b"x-robots-tag", b"noindex, nofollow, noarchive")
# RFC 3986 has more; what else may stand in a name has been used to shift the path: https://nvd.nist.gov/vuln/detail/CVE-2026-48710
_HOST: Final = re.compile(rb"(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,253})|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")


def is_foreign(path: str) -> bool:
    """Whether a path is of somebody else's API."""
    return path.startswith(("/v1/", "/v1beta/")) or (path.startswith("/api/") and not path.startswith("/api/v1"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """The rules of one installation.

    Attributes:
        https: Whether people reach it by https: then browsers are told never to come otherwise.
        hosts: Names under which it may be asked, `*.` before a name for all below it; empty: any.
        origins: Other sites whose pages may ask, with a key and never with a cookie.
    """

    https: bool = False
    hosts: Collection[str] = ()
    origins: Collection[str] = ()
    _lean: Headers = field(init=False)
    _data: Headers = field(init=False)
    _pages: Headers = field(init=False)
    _frames: Headers = field(init=False)

    def __post_init__(self) -> None:
        always: Headers = (_HSTS,) if self.https else ()
        policy, page = (b"content-security-policy", DATA_POLICY), (b"content-security-policy", PAGE_POLICY)
        object.__setattr__(self, "_lean", (_NOSNIFF, policy, *always))
        object.__setattr__(self, "_data", (*_FULL, policy, *always))
        object.__setattr__(self, "_pages", (*_FULL, page, *always))
        framed = {name for name, _ in _FRAMES}
        object.__setattr__(self, "_frames", (*(one for one in _FULL if one[0] not in framed), *_FRAMES, *always))

    def complete(self, headers: list[tuple[bytes, bytes]], path: str, origin: bytes | None) -> None:
        """Add what no inner layer has said for itself; the origin is that of another site whose page may read it."""
        said = {name for name, _ in headers}
        if is_foreign(path):
            chosen: Headers = (*self._lean, NO_STORE)
        elif path.startswith("/api/"):
            chosen = (*self._data, NO_STORE)
        elif path.startswith("/frames/"):
            headers += [header for header in self._frames if header[0] not in said]
            return
        else:
            chosen = self._pages
        if path.startswith(("/shared/", "/api/v1/shared/")):
            chosen = (*chosen, _UNLISTED)
        headers += [header for header in chosen if header[0] not in said]
        if origin is not None:
            headers += _shared(origin)

    def admits_host(self, scope: Scope) -> bool:
        """Whether the request says one well-formed host, and one of ours; HTTP/1.0 may say none."""
        said = [value for name, value in scope["headers"] if name == b"host"]
        if not said:
            return not self.hosts
        if len(said) > 1 or not _HOST.fullmatch(said[0]):
            return False
        return not self.hosts or _is_one_of(self.hosts, said[0].decode().lower())

    def shared_with(self, scope: Scope) -> bytes | None:
        """The origin of another site whose page asks and may; `None` for all else."""
        if not self.origins:
            return None
        origin = next((value for name, value in scope["headers"] if name == b"origin"), None)
        return origin if origin is not None and origin.decode("latin-1") in self.origins else None


def _shared(origin: bytes) -> Headers:
    """Let a page of that origin read an answer. Credentials are never allowed."""
    return (
        (b"access-control-allow-origin", origin),
        (b"access-control-expose-headers", b"x-request-id, retry-after"),
        (b"vary", b"origin"),
    )


def _is_one_of(hosts: Collection[str], said: str) -> bool:
    name = said if said.endswith("]") else re.sub(r":[0-9]+$", "", said)
    parents = {f"*.{name.split('.', n)[n]}" for n in range(1, name.count(".") + 1)}
    return name in hosts or not parents.isdisjoint(hosts)
