"""Addresses and the heads of requests. Whatever could be read in two ways is refused before anything is sent."""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from chimera.transport.faults import Fault, TransportError

_URL = re.compile(
    r"(?P<scheme>https?)://(?:(?P<user>[\w.~!$&'()*+,;=:%-]*)@)?(?P<host>\[[0-9a-f:.]+(?:%25[\w.-]+)?\]|[^/?#@:\[\]]+)"
    r"(?::(?P<port>[0-9]{0,5}))?(?P<path>/[!-~]*?)?(?P<query>\?[!-~]*?)?(?:#.*)?",
    re.IGNORECASE | re.ASCII,
)
_HOST = re.compile(r"[a-z0-9_~-](?:[a-z0-9._~-]*)", re.ASCII)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
# How the message is framed, and what becomes of the connection, is ours to say: RFC 9110, 7.6.1.
_OURS = frozenset({
    "connection", "content-length", "expect", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding",
    "upgrade",
})  # fmt: skip
# Compressed events come late and in lumps, so none is asked for.
_USUAL = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "chimera"}


class Origin(NamedTuple):
    """Whose connections may be used for one another's requests."""

    secure: bool
    host: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a request goes, and what its head says of that."""

    origin: Origin
    path: str
    authority: str
    authorization: str | None


@lru_cache(maxsize=512)
def target_of(url: str) -> Target:
    """Take an address apart; what is escaped stays escaped. Raises TransportError where it is none of HTTP's."""
    found = _URL.fullmatch(url)
    if found is None:
        raise TransportError(Fault.ADDRESS)
    secure = found["scheme"].lower() == "https"
    usual = 443 if secure else 80
    port = int(found["port"] or usual)
    host, shown = _host(found["host"])
    if port > 65535:
        raise TransportError(Fault.ADDRESS)
    user = None if found["user"] is None else b64encode(unquote_to_bytes(found["user"])).decode()
    return Target(
        origin=Origin(secure, host, port),
        path=(found["path"] or "/") + (found["query"] or ""),
        authority=shown if port == usual else f"{shown}:{port}",
        authorization=None if user is None else f"Basic {user}",
    )


def _host(written: str) -> tuple[str, str]:
    """The host as the resolver takes it, and as `Host` shows it."""
    try:
        if written.startswith("["):
            address = IPv6Address(written[1:-1].replace("%25", "%"))
            return str(address), f"[{str(address).partition('%')[0]}]"
        host = written.lower() if written.isascii() else written.encode("idna").decode()
    except ValueError as error:
        raise TransportError(Fault.ADDRESS) from error
    if not _HOST.fullmatch(host):
        raise TransportError(Fault.ADDRESS)
    return host, host


def head_of(method: str, target: Target, headers: Mapping[str, str], length: int | None) -> bytes:
    """The request line and the headers, with the empty line. Raises TransportError where a header cannot be sent."""
    if target.authorization and "authorization" not in map(str.lower, headers):
        headers = {**headers, "Authorization": target.authorization}
    lines, told_host, connection = _lines(tuple(headers))
    values = tuple(headers.values())
    if _CONTROL.search("".join(values)):
        raise TransportError(Fault.HEADER)
    host = "" if told_host else f"Host: {target.authority}\r\n"
    size = "" if length is None else f"Content-Length: {length}\r\n"
    # The one thing that a caller may say of the connection: that this is its last request. The server closes it then.
    last = "Connection: close\r\n" if connection is not None and values[connection].lower() == "close" else ""
    try:
        return f"{method} {target.path} HTTP/1.1\r\n{host}{lines % values}{size}{last}\r\n".encode()
    except UnicodeError as error:
        raise TransportError(Fault.HEADER) from error


@lru_cache(maxsize=512)
def _lines(names: tuple[str, ...]) -> tuple[str, bool, int | None]:
    """Lines with a place for each value, whether the host is among them, and the place of `Connection`.

    Of a name said twice the last counts.
    """
    if not all(map(_TOKEN.fullmatch, names)):
        raise TransportError(Fault.HEADER)
    last = {name.lower(): place for place, name in enumerate(names)}
    lines = [
        # A precision of 0 swallows the value.
        f"{name.replace('%', '%%')}: %s\r\n" if last[low] == place and low not in _OURS else "%.0s"
        for place, name in enumerate(names)
        if (low := name.lower())
    ]
    lines += [f"{name}: {value}\r\n" for name, value in _USUAL.items() if name.lower() not in last]
    return "".join(lines), "host" in last, last.get("connection")
