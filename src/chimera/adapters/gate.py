"""The way out to addresses that somebody gave us: one connection a request, to no address but those that are admitted.

The socket is made for one resolved address, which is judged there and connected to: a name that resolves to something
else a moment later (DNS rebinding) changes nothing, and no notation of an address slips through.
"""

import errno
import socket
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from yarl import URL

from chimera.kit.addresses import fault_in, is_public

if TYPE_CHECKING:  # loaded for the first request: it takes 10 MB
    import aiohttp
    from aiohttp.abc import AbstractResolver


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Where it may go.

    Attributes:
        private: Whether private networks and plain HTTP may be asked, too: the operator's choice alone.
        admits: Judges each address that a socket is to be connected to.
        insecure: Whether plain HTTP may be spoken to admitted addresses.
        resolver: Asked for addresses of names, instead of the system.
    """

    private: bool = False
    admits: Callable[[str], bool] = is_public
    insecure: bool = False
    resolver: "AbstractResolver | None" = None

    def fault_in(self, url: str) -> str | None:
        """Why nothing may be sent there, as far as the text of the address tells."""
        return fault_in(url, admits=None if self.private else self.admits, insecure=self.private or self.insecure)


class _RefusedAddressError(OSError):
    def __init__(self) -> None:
        super().__init__(errno.EACCES, "not an admitted address")


@dataclass(slots=True)
class Gate:
    """Makes sockets for admitted addresses only, and remembers that it refused one."""

    rules: Rules
    has_refused: bool = field(default=False)

    def __call__(self, address: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _name, where = address
        if not self.rules.private and not self.rules.admits(str(where[0]).partition("%")[0]):
            self.has_refused = True
            raise _RefusedAddressError
        return socket.socket(family=family, type=kind, proto=protocol)

    @asynccontextmanager
    async def asked(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None
    ) -> "AsyncGenerator[aiohttp.ClientResponse]":
        """Ask, follow nothing, and leave the connection behind. Raises what aiohttp raises; see `trouble_of`."""
        if self.rules.fault_in(url) is not None:
            self.has_refused = True
            raise _RefusedAddressError
        http = import_module("aiohttp")
        connector = http.TCPConnector(
            force_close=True, use_dns_cache=False, socket_factory=self, resolver=self.rules.resolver
        )
        async with (
            http.ClientSession(
                connector=connector,
                cookie_jar=http.DummyCookieJar(),
                auto_decompress=False,  # of what was not asked for a few bytes may become gigabytes
            ) as session,
            session.request(
                method,
                URL(url),
                data=body,
                headers={"Accept-Encoding": "identity", **headers},
                allow_redirects=False,
                timeout=http.ClientTimeout(),
            ) as response,
        ):
            yield response

    def trouble_of(self, error: Exception) -> str:
        """What went wrong, in a word: `timeout`, `not_http`, `address_refused` or `unreachable`."""
        if isinstance(error, TimeoutError):
            return "timeout"
        http = import_module("aiohttp")
        if isinstance(error, (http.ClientResponseError, http.ClientPayloadError, _processing_error())):
            return "not_http"
        return "address_refused" if self.has_refused else "unreachable"


@cache
def faults() -> tuple[type[Exception], ...]:
    """What a request may raise."""
    # ValueError: a name that cannot be one of a host.
    return TimeoutError, import_module("aiohttp").ClientError, _processing_error(), OSError, ValueError


def _processing_error() -> type[Exception]:
    error: type[Exception] = import_module("aiohttp.http_exceptions").HttpProcessingError
    return error
