"""Which IP addresses are of the public internet, whatever notation they come in, and whose are one. Pure.

`ipaddress.is_global` alone says yes to fec0::1 and to IPv6 addresses that carry 127.0.0.1 inside.
"""

import re
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

LONGEST_URL: Final = 2000
_HOST: Final = re.compile(r"[a-z0-9_.-]{1,253}|[0-9a-f:.%]{2,60}")
# RFC 6761, 6762, 8375; and what clouds call their metadata.
_INNER_NAMES: Final = frozenset({"localhost", "metadata", "instance-data", "metadata.google.internal"})
_INNER_ENDS: Final = (".localhost", ".local", ".internal", ".home.arpa", ".lan", ".onion")

_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")  # all that is handed out: RFC 4291, section 2.4
_TUNNELS: Final = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))  # Teredo, 6to4: nobody listens there
_TRANSLATED: Final = IPv6Network("64:ff9b::/96")  # IPv4 through NAT64: RFC 6052
_ISATAP: Final = (0x00005EFE, 0x02005EFE)  # before an IPv4 address in the last 64 bits: RFC 5214, section 6.1
# Azure's inner services answer at a public address: https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
_INNER: Final = (
    IPv4Network("168.63.129.16/32"),
    IPv4Network("192.0.0.0/24"),  # of protocols, of which Python calls some global; Oracle's metadata: RFC 6890
    IPv4Network("192.88.99.0/24"),  # relays of 6to4: RFC 7526
)


def is_public(address: str) -> bool:
    """Whether an IP address is one that anybody can reach; false for what is no address."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return all(_is_public_v4(inner) for inner in _carried(found)) and (
        isinstance(found, IPv4Address) or _is_public_v6(found)
    )


def fault_in(url: str, *, admits: Callable[[str], bool] | None, insecure: bool = False) -> str | None:
    """Why nothing may be sent to an address that somebody gave us, as far as its text tells; `None` if it may.

    Args:
        url: As it was given.
        admits: Judges IP addresses; `None` admits all.
        insecure: Whether plain HTTP is allowed.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host.encode("idna")
    except (ValueError, UnicodeError):
        return "This is not an address."
    if parts.scheme not in ({"https", "http"} if insecure else {"https"}):
        return "The address must begin with https://."
    odd = not url.isascii() or any(sign <= " " or sign in "\\\x7f" for sign in url)
    if not host or odd or port == 0 or len(url) > LONGEST_URL or not _HOST.fullmatch(host):
        return "This is not an address."
    if "@" in parts.netloc or parts.fragment:
        return "The address must have no name, password or fragment."
    if admits is not None and (_is_inner_name(host) or (looks_numeric(host) and not admits(host))):
        return "The address is not one of the public internet."
    return None


def _is_inner_name(host: str) -> bool:
    """A name that no public resolver knows, but many a machine."""
    name = host.rstrip(".")
    return name in _INNER_NAMES or name.endswith(_INNER_ENDS)


def looks_numeric(host: str) -> bool:
    """Such as 127.0.0.1, ::1, 0x7f.1 and 2130706433, all of which some resolver takes for an IP address."""
    last = host.rstrip(".").rpartition(".")[2]
    return ":" in host or last.isdigit() or last.startswith("0x")


def _carried(address: IPv4Address | IPv6Address) -> Iterator[IPv4Address]:
    """The IPv4 address that this is, or that it brings along."""
    if isinstance(address, IPv4Address):
        yield address
        return
    last = IPv4Address(int(address) & 0xFFFFFFFF)
    if address.ipv4_mapped or address in _TRANSLATED or (int(address) >> 32) & 0xFFFFFFFF in _ISATAP:
        yield last


def _is_public_v4(address: IPv4Address) -> bool:
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    return not any(address in network for network in _INNER)


def _is_public_v6(address: IPv6Address) -> bool:
    if address.ipv4_mapped or address in _TRANSLATED:
        return True  # judged by what it carries
    return address in _GLOBAL_UNICAST and address.is_global and not any(address in tunnel for tunnel in _TUNNELS)


def place_of(address: str) -> str:
    """By what somebody is counted who comes from an address: an IPv6 customer holds a whole /64, so it is one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped else f"{int(parsed) >> 64:x}/64"
    return str(parsed)
