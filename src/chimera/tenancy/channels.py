"""Where in a request credentials may stand, and the rules that keep other sites and other organisations out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from chimera.tenancy.errors import CrossSiteRequestError, InvalidTenantError, TenantMismatchError

COOKIE: Final = "chimera_session"
TENANT: Final = b"x-tenant-id"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# In this order; a browser's cookie counts only when no key is there.
_KEY_HEADERS = (b"x-api-key", b"api-key", b"x-goog-api-key")
_WANTED = frozenset({b"authorization", b"cookie", b"sec-fetch-site", b"origin", b"host", TENANT, *_KEY_HEADERS})
# Sent twice, these are one; of the others the last counts. Two organisations are none, and so refused.
_JOINED = {b"cookie": b"; ", TENANT: b", "}


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """What a request brought along to prove who sent it. At most one of the two secrets is set.

    Attributes:
        tenant: The organisation that it says it means, as it was sent; see `require_tenant`.
    """

    key: bytes | None = field(repr=False)
    session: bytes | None = field(repr=False)
    tenant: bytes | None = None
    headers: Mapping[bytes, bytes] = field(repr=False)


def presented(headers: Iterable[tuple[bytes, bytes]]) -> Presented:
    """Read the raw ASGI headers, once: this is on the way of every request."""
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in _WANTED:
            found[name] = found[name] + _JOINED[name] + value if name in _JOINED and name in found else value
    key = _key(found)
    session = None if key is not None else session_token(found)
    return Presented(key=key, session=session, tenant=found.get(TENANT), headers=found)


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


def require_tenant(said: bytes | None, tenant_id: UUID) -> None:
    """Let a request pass only if the organisation that it names, where it names one, is that of its credential.

    `X-Tenant-ID` chooses nothing. It keeps a script that was given the wrong key from working in the wrong place.

    Raises:
        InvalidTenantError: if it is no id.
        TenantMismatchError: if it is another's.
    """
    if said is None:
        return
    try:
        named = UUID(said.decode("ascii"))
    except ValueError:
        raise InvalidTenantError("X-Tenant-ID is not the id of an organisation.") from None
    if named != tenant_id:
        raise TenantMismatchError("X-Tenant-ID is not the organisation of this API key or session.")


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
