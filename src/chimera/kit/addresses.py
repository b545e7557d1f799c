"""Which IP addresses are of the public internet, whatever notation they come in. Pure.

`ipaddress.is_global` alone says yes to fec0::1 and to IPv6 addresses that carry 127.0.0.1 inside.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

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
