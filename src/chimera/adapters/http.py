"""The one HTTP client port: every call to a provider, and every fault of the network, passes here.

`chimera.transport` carries. One pool for the whole house: no cookies, no redirects, no proxies from the environment.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Self, assert_never

from chimera.llm import ProviderAnswerError, ProviderConnectionError, ProviderError, ProviderTimeoutError
from chimera.transport import Answer, Fault, Pool, Timeouts, TransportError

__all__ = ["HttpClient", "HttpResponse", "Timeouts", "open_http"]

_LARGEST_ANSWER = 64 * 1024 * 1024


class HttpResponse:
    """An answer whose headers are here and whose body is still coming. Iterate it, or `read` it, inside its context.

    Attributes:
        status: The HTTP status.
        headers: Names are found in any case.
    """

    __slots__ = ("_answer", "_provider", "headers", "status")

    def __init__(self, answer: Answer, provider: str) -> None:
        self.status = answer.status
        self.headers = answer.headers
        self._answer = answer
        self._provider = provider

    def chunks(self) -> Self:
        """Return an async iterator over the body, in the pieces in which it arrives. It needs no closing."""
        return self

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        try:
            data = await self._answer.piece()
        except TransportError as error:
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
        await self._answer.drain(patience_s)


@dataclass(frozen=True, slots=True)
class HttpClient:
    """Calls to providers over one pool. Made by `open_http`."""

    _pool: Pool

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
            ProviderConnectionError: refused, reset, DNS, TLS, not an address, a header that cannot be sent.
            ProviderTimeoutError: no connection, or no byte, in time.
            ProviderAnswerError: not HTTP, or a body that ends before its announced end.
        """
        asked = partial(self._pool.ask, method, url, headers=headers, body=body, timeouts=timeouts)
        return _Exchange(asked, provider)


class _Exchange:
    """One request, whose answer is let go of at the end. A class: a generator in its place would cost 3 us a call."""

    __slots__ = ("_answer", "_ask", "_provider")

    def __init__(self, ask: Callable[[], Awaitable[Answer]], provider: str) -> None:
        self._ask = ask
        self._provider = provider

    async def __aenter__(self) -> HttpResponse:
        try:
            self._answer = await self._ask()
        except TransportError as error:
            raise _translated(error, self._provider) from error
        return HttpResponse(self._answer, self._provider)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._answer.close()


@asynccontextmanager
async def open_http(*, admits: Callable[[str], bool] | None = None) -> AsyncGenerator[HttpClient, None]:
    """Open the pool; leaving closes every connection.

    Args:
        admits: Judges each IP address right before a socket is connected to it; `None` admits all.
    """
    # Bulkheads limit how many calls run; the pool itself never makes a call wait.
    pool = Pool(admits=admits)
    try:
        yield HttpClient(pool)
    finally:
        await pool.close()


def _translated(error: TransportError, provider: str) -> ProviderError:
    match error.fault:
        case Fault.SLOW:
            return ProviderTimeoutError(f"{provider} did not accept the connection in time.", provider=provider)
        case Fault.SILENT:
            return ProviderTimeoutError(f"{provider} did not send anything in time.", provider=provider)
        case Fault.CUT:
            return ProviderAnswerError(f"{provider} cut its answer.", provider=provider)
        case Fault.GARBAGE:
            return ProviderAnswerError(f"{provider} does not speak HTTP.", provider=provider)
        case (
            Fault.ADDRESS
            | Fault.HEADER
            | Fault.NAME
            | Fault.FORBIDDEN
            | Fault.REFUSED
            | Fault.UNREACHABLE
            | Fault.TLS
            | Fault.LOST
        ):
            return ProviderConnectionError(f"{provider} cannot be reached: {error}.", provider=provider)
        case _:
            assert_never(error.fault)
