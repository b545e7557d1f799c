"""The one HTTP client port, over aiohttp: every call to a provider, and every fault of the network, passes here.

One session for the whole house: keep-alive pools, no cookies, no redirects, no proxies from the environment.
"""

import asyncio
import errno
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from io import BytesIO
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

from chimera.adapters.gate import Gate, Rules
from chimera.llm import ProviderAnswerError, ProviderConnectionError, ProviderError, ProviderTimeoutError

_NETWORK_FAULTS = (aiohttp.ClientError, HttpProcessingError, OSError, asyncio.TimeoutError)
# aiohttp warns about larger bodies that it gets as bytes; a file it sends piecewise.
_LARGEST_BODY_AT_ONCE = 1024 * 1024
_LONGEST_HEADER = 32 * 1024
_LARGEST_ANSWER = 64 * 1024 * 1024
_WHY_NONE = {errno.EACCES: "its address is not one that may be asked", errno.ECONNREFUSED: "the connection was refused"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """How long a provider may take.

    Attributes:
        connect_s: Until the connection stands, TLS included.
        idle_s: Between two pieces of the answer, and before its first.
        whole_s: Before the first piece of an answer that comes whole, when all has been written.
    """

    connect_s: float = 10.0
    idle_s: float = 120.0
    whole_s: float = 600.0

    @property
    def whole(self) -> Self:
        """These, for an answer that comes whole."""
        return replace(self, idle_s=max(self.idle_s, self.whole_s))


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An answer whose headers are here and whose body is still coming. Iterate it, or `read` it, inside its context."""

    _response: aiohttp.ClientResponse
    _provider: str

    @property
    def status(self) -> int:
        return self._response.status

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers; names are found in any case."""
        return self._response.headers

    def chunks(self) -> Self:
        """Return an async iterator over the body, in the pieces in which it arrives. It needs no closing."""
        return self

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        try:
            data = await self._response.content.readany()
        except _NETWORK_FAULTS as error:
            raise _translated(error, self._provider) from error
        if not data:
            raise StopAsyncIteration
        return data

    async def read(self, limit: int = _LARGEST_ANSWER) -> bytes:
        """Return the body, at most its first `limit` bytes."""
        pieces: list[bytes] = []
        left = limit
        async for data in self:
            pieces.append(data[:left])
            left -= len(data)
            if left <= 0:
                break
        return b"".join(pieces)

    async def drain(self, patience_s: float) -> None:
        """Wait for a body's end that nobody reads any more, so that the connection can be used again."""
        if self._response.content.at_eof():
            return
        try:
            async with asyncio.timeout(patience_s):
                while await self._response.content.readany():
                    pass
        except _NETWORK_FAULTS:
            return  # the answer was complete; the connection is merely not reused


@dataclass(frozen=True, slots=True)
class HttpClient:
    """Calls to providers over one shared session. Made by `open_http`."""

    _session: aiohttp.ClientSession

    def stream(
        self,
        method: str,
        url: str,
        *,
        provider: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        timeouts: Timeouts,
    ) -> AbstractAsyncContextManager[HttpResponse]:
        """Send a request and yield its answer as soon as the status is known.

        Leaving the context before the body's end closes the connection at once, so the provider stops working.

        Raises:
            ProviderConnectionError: refused, reset, DNS, TLS, not an address.
            ProviderTimeoutError: no connection, or no byte, in time.
            ProviderAnswerError: not HTTP, or a body that ends before its announced end.
        """
        data = BytesIO(body) if body and len(body) > _LARGEST_BODY_AT_ONCE else body
        # Addresses are made by us, quoted already: what was escaped stays escaped.
        asked = partial(self._session.request, method, data=data, headers=headers, timeout=_patience(timeouts))
        return _Exchange(asked, url, provider)


class _Exchange:
    """One request, whose answer is let go of at the end. A class: a generator in its place would cost 3 us a call."""

    __slots__ = ("_ask", "_provider", "_response", "_url")

    def __init__(self, ask: Callable[..., Awaitable[aiohttp.ClientResponse]], url: str, provider: str) -> None:
        self._ask = ask
        self._url = url
        self._provider = provider

    async def __aenter__(self) -> HttpResponse:
        try:
            self._response = await self._ask(URL(self._url, encoded=True), allow_redirects=False)
        except _NETWORK_FAULTS as error:
            raise _translated(error, self._provider) from error
        return HttpResponse(self._response, self._provider)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._response.content.at_eof():
            self._response.release()
        else:
            self._response.close()


@cache
def _patience(timeouts: Timeouts) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(
        total=None, connect=timeouts.connect_s, sock_connect=timeouts.connect_s, sock_read=timeouts.idle_s
    )


@asynccontextmanager
async def open_http(*, admits: Callable[[str], bool] | None = None) -> AsyncGenerator[HttpClient, None]:
    """Open the session; leaving closes every connection.

    Args:
        admits: Judges each IP address right before a socket is connected to it; `None` admits all.
    """
    # Bulkheads limit how many calls run; the pool itself never makes a call wait.
    gate = None if admits is None else Gate(Rules(admits=admits))
    connector = aiohttp.TCPConnector(limit=0, ttl_dns_cache=30, keepalive_timeout=60, socket_factory=gate)
    async with aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        # Compressed events come late and in lumps, so none is asked for.
        headers={"Accept-Encoding": "identity", "User-Agent": "chimera"},
        max_line_size=_LONGEST_HEADER,
        max_field_size=_LONGEST_HEADER,
    ) as session:
        yield HttpClient(session)


def _translated(error: BaseException, provider: str) -> ProviderError:
    match error:
        case aiohttp.ConnectionTimeoutError():
            return ProviderTimeoutError(f"{provider} did not accept the connection in time.", provider=provider)
        case asyncio.TimeoutError():
            return ProviderTimeoutError(f"{provider} did not send anything in time.", provider=provider)
        case aiohttp.ClientPayloadError():
            return ProviderAnswerError(f"{provider} cut its answer.", provider=provider)
        case aiohttp.ClientResponseError() | HttpProcessingError():
            return ProviderAnswerError(f"{provider} does not speak HTTP.", provider=provider)
        case _:
            reason = _connection_reason(error)
            return ProviderConnectionError(f"{provider} cannot be reached: {reason}.", provider=provider)


def _connection_reason(error: BaseException) -> str:
    match error:
        case aiohttp.InvalidURL() | aiohttp.NonHttpUrlClientError():
            return "its address is not a valid URL"
        case aiohttp.ClientConnectorDNSError():
            return "its host name is not known"
        case aiohttp.ClientSSLError() | aiohttp.ClientConnectorCertificateError():
            return "no trusted TLS connection could be made"
        case aiohttp.ClientConnectorError():
            return _WHY_NONE.get(error.os_error.errno or 0, "no connection could be made")
        case _:
            return "the connection was lost"
