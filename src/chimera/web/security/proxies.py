"""Whose a request is that came through proxies: told by them alone, where the operator named them, and by nobody else.

One header is read, the one that the operator chose: a proxy passes the other on as a stranger wrote it.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final, Literal, TypeAlias

from starlette.types import ASGIApp, Receive, Scope, Send

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
Told: TypeAlias = Literal["x-forwarded-for", "forwarded"]

# What a proxy may say that it was asked by, and the scheme of the connection then; some call that of a socket https.
_SCHEMES: Final = {
    "http": {"http": "http", "https": "https"},
    "websocket": {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"},
}
_PROTO: Final = b"x-forwarded-proto"
_PAIR: Final = re.compile(r'[ \t]*(?:([!#-\'*+.^-z|~0-9A-Z-]+)=("(?:[^"\\]|\\.)*"|[^\s",;]*)[ \t]*)?(;|,|$)')


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hop:
    """What one proxy said of the connection that it took.

    Attributes:
        address: Of whoever connected to it; `None`: it does not tell, or not as an address.
        scheme: That it says it was asked by, in lower case.
    """

    address: Address | None
    scheme: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxied:
    """Puts the client in the place of the proxies: the right-most address that is not one of theirs.

    What stands left of it was sent by the client, and is not believed. A proxy that hides the address leaves a request
    without any: a key that is bound to networks is refused then.

    Attributes:
        trusted: Networks of the proxies. Who connects from elsewhere is the client, whatever it says.
        told: The header that the proxies write; `forwarded` is RFC 7239's.
    """

    app: ASGIApp
    trusted: Collection[Network]
    told: Told = "x-forwarded-for"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in _SCHEMES and self._is_proxy(_address((scope.get("client") or ("",))[0])):
            hops = list(_rfc7239(scope) if self.told == "forwarded" else _x_forwarded(scope))
            if hops:
                scope = {**scope, **self._seen(hops, scope)}
        await self.app(scope, receive, send)

    def _seen(self, hops: list[_Hop], scope: Scope) -> dict[str, object]:
        """The client and its scheme; the hops are from left to right, as they were appended."""
        hop = next((hop for hop in reversed(hops) if not self._is_proxy(hop.address)), hops[0])
        client = None if hop.address is None else (str(hop.address), 0)
        return {"client": client, "scheme": _SCHEMES[scope["type"]].get(hop.scheme, scope["scheme"])}

    def _is_proxy(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self.trusted)


def _x_forwarded(scope: Scope) -> Iterator[_Hop]:
    scheme = b",".join(_said(scope, _PROTO)).rpartition(b",")[2].strip().lower().decode("latin-1")
    for entry in b",".join(_said(scope, b"x-forwarded-for")).decode("latin-1").split(","):
        if entry.strip():
            yield _Hop(address=_address(_without_port(entry.strip())), scheme=scheme)


def _rfc7239(scope: Scope) -> Iterator[_Hop]:
    """Its elements; `for` is an address, of IPv6 in brackets and quotes, or a word that hides it: RFC 7239, section 6.

    Commas may stand in quotes, and strangers may open quotes: what is not well-formed to its end tells nothing at all.
    """
    text = b",".join(_said(scope, b"forwarded")).decode("latin-1")
    elements: list[dict[str, str]] = [{}]
    at = 0
    while at < len(text):
        pair = _PAIR.match(text, at)
        if pair is None:
            yield _Hop(address=None)
            return
        name, value, end = pair.groups()
        if name is not None:
            elements[-1][name.lower()] = value.strip('"')
        if end == ",":
            elements.append({})
        at = pair.end()
    for said in filter(None, elements):
        yield _Hop(address=_address(_without_port(said.get("for", ""))), scheme=said.get("proto", "").lower())


def _said(scope: Scope, name: bytes) -> list[bytes]:
    return [value for each, value in scope["headers"] if each == name]


def _without_port(text: str) -> str:
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text


def _address(text: str) -> Address | None:
    """IPv4 in IPv6 is the IPv4 address that it is."""
    try:
        known = ip_address(text)
    except ValueError:
        return None
    return known.ipv4_mapped or known if isinstance(known, IPv6Address) else known
