"""Given addresses over HTTP: one connection a request, to no address but those of the public internet.

As with webhooks, the socket is made for one resolved address, which is judged there and connected to; each redirect is
a request of its own, judged anew.
"""

import asyncio
import errno
import socket
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError
from pydantic import BaseModel, ConfigDict
from yarl import URL

from chimera.kit.addresses import is_public
from chimera.kit.fetching import Fetched, FetchError, Outgoing

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_LONGEST: Final = 4000
# Never carried on to another host.
_PRIVATE_HEADERS: Final = frozenset({"authorization", "cookie", "proxy-authorization"})


class Settings(BaseModel):
    """What a fetcher needs.

    Attributes:
        private_networks: Whether private networks and plain HTTP may be asked, too: the operator's choice alone.
        timeout_s: Of a whole fetch, its redirects included.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    private_networks: bool = False
    timeout_s: float = 10.0


class _RefusedAddressError(OSError):
    def __init__(self) -> None:
        super().__init__(errno.EACCES, "not an address of the public internet")


@dataclass(slots=True)
class _Gate:
    """Makes sockets for public addresses only, and remembers that it refused one."""

    has_refused: bool = field(default=False)

    def __call__(self, address: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _name, where = address
        if not is_public(str(where[0]).partition("%")[0]):
            self.has_refused = True
            raise _RefusedAddressError
        return socket.socket(family=family, type=kind, proto=protocol)


@dataclass(frozen=True, slots=True)
class HttpFetcher:
    """The port `Fetcher` over aiohttp."""

    settings: Settings

    async def fetch(self, outgoing: Outgoing) -> Fetched:
        """Ask, and follow as many redirects as `outgoing` allows.

        Raises:
            FetchError: if the address is refused, does not answer in time, or says more than was asked for.
        """
        gate = None if self.settings.private_networks else _Gate()
        try:
            async with asyncio.timeout(self.settings.timeout_s):
                return await self._followed(outgoing, gate)
        except TimeoutError as error:
            raise FetchError("The address did not answer in time.", trouble="timeout") from error
        except (aiohttp.ClientResponseError, aiohttp.ClientPayloadError, HttpProcessingError) as error:
            raise FetchError("The address does not speak HTTP as it should.", trouble="not_http") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:  # ValueError: a name that cannot be one of a host
            if gate and gate.has_refused:
                raise _refused() from error
            raise FetchError("The address cannot be reached.", trouble="unreachable") from error

    async def _followed(self, outgoing: Outgoing, gate: _Gate | None) -> Fetched:
        fetched, left = await self._once(outgoing, gate), outgoing.redirects
        while outgoing.method == "GET" and fetched.status in _REDIRECTS and "location" in fetched.headers:
            if left <= 0:
                raise FetchError("The address leads on too often.", trouble="too_many_redirects")
            left -= 1
            outgoing = _onward(outgoing, fetched)
            fetched = await self._once(outgoing, gate)
        return fetched

    async def _once(self, outgoing: Outgoing, gate: _Gate | None) -> Fetched:
        self._check(outgoing.url)
        connector = aiohttp.TCPConnector(force_close=True, use_dns_cache=False, socket_factory=gate)
        headers = {"User-Agent": "chimera", "Accept-Encoding": "identity", **outgoing.headers}
        async with (
            aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,  # of what was not asked for a few bytes may become gigabytes
            ) as session,
            session.request(
                outgoing.method,
                URL(outgoing.url),
                data=outgoing.body,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(),
            ) as response,
        ):
            body = await _read(response.content, outgoing.most_bytes)
            told = {name.lower(): value for name, value in response.headers.items()}
            return Fetched(url=outgoing.url, status=response.status, headers=told, body=body)

    def _check(self, url: str) -> None:
        parts = urlsplit(url)
        allowed = {"https", "http"} if self.settings.private_networks else {"https"}
        odd = len(url) > _LONGEST or not url.isascii() or any(sign <= " " or sign == "\x7f" for sign in url)
        if parts.scheme not in allowed or not parts.hostname or "@" in parts.netloc or odd:
            raise _refused()


def _onward(outgoing: Outgoing, fetched: Fetched) -> Outgoing:
    before, after = URL(fetched.url), URL(fetched.url).join(URL(fetched.headers["location"]))
    if before.scheme == "https" and after.scheme != "https":
        raise _refused()
    kept = {
        name: value
        for name, value in outgoing.headers.items()
        if before.origin() == after.origin() or name.lower() not in _PRIVATE_HEADERS
    }
    return replace(outgoing, url=str(after), headers=kept)


async def _read(content: aiohttp.StreamReader, most: int) -> bytes:
    found = bytearray()
    while piece := await content.read(65_536):
        found += piece
        if len(found) > most:
            raise FetchError("The address says more than was asked for.", trouble="too_large")
    return bytes(found)


def _refused() -> FetchError:
    return FetchError("The address is not one of the public internet, reached by https.", trouble="address_refused")
