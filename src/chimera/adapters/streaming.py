"""The one road of a call to a provider: send, check the status, decode, translate every failure into the taxonomy."""

from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol, TypeAlias, TypeVar

from msgspec.structs import replace as changed

from chimera.adapters.credential import Credential
from chimera.adapters.http import HttpClient, HttpResponse, Timeouts
from chimera.llm import (
    Event,
    Finished,
    FinishReason,
    Forwarded,
    Original,
    ProviderAnswerError,
    ProviderError,
    RelayRequest,
    Request,
    Started,
    Stream,
    UsageReported,
    sane,
)
from chimera.wires.effort import thinks_long
from chimera.wires.failure import BrokenAnswerError, Failure, StreamFailure, WireError
from chimera.wires.usage.relayed import RelayedUsage

T = TypeVar("T")
DecodeFailure: TypeAlias = Callable[[int, Mapping[str, str], bytes], Failure]

_LARGEST_FAILURE = 64 * 1024
_LARGEST_ANSWER = 64 * 1024 * 1024
# Told to callers of the same wire, and to whoever wants to know why a provider refused.
_TELLING = ("x-ratelimit-", "anthropic-ratelimit-")
_CREDENTIALS = {"authorization", "api-key", "x-api-key", "x-goog-api-key"}
# Between the last event and the end of the body; longer, and a new connection is cheaper than this wait.
_DRAIN_S = 0.25
_JSON = {"Content-Type": "application/json"}


class StreamDecoder(Protocol):
    """A wire's decoder of one answer; see `chimera.wires`."""

    def feed(self, data: bytes) -> list[Event]: ...

    def close(self) -> list[Event]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """A provider as seen over HTTP.

    Attributes:
        provider: Its configured name, for errors.
        headers: Sent with every call: credentials, versions.
        credential: Makes further headers for each call, where fixed ones are not enough.
        decode_failure: The wire's reading of a refusal.
    """

    http: HttpClient
    provider: str
    headers: Mapping[str, str] = field(repr=False)
    timeouts: Timeouts
    decode_failure: DecodeFailure
    credential: Credential | None = field(default=None, repr=False)

    def open(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeouts: Timeouts | None = None,
    ) -> AbstractAsyncContextManager[HttpResponse]:
        """Send a request with all that proves who we are, and yield its answer whatever its status.

        A 401 to a token that can be renewed is answered with a new one, once.

        Raises:
            ProviderError: as `HttpClient.stream`, and where no token can be had.
        """
        sent = {**(headers or {}), **self.headers}
        asked = partial(
            self.http.stream, method, url, provider=self.provider, body=body, timeouts=timeouts or self.timeouts
        )
        return asked(headers=sent) if self.credential is None else _proven(asked, sent, self.credential)

    def patience(self, request: Request, original: Original | None = None) -> Timeouts:
        """Return how long to wait for an answer, or for one to these words of the caller's that are forwarded."""
        if original is not None and not original.stream:
            return self.timeouts.whole
        return self.timeouts.thinking if thinks_long(request) else self.timeouts

    async def stream(
        self,
        url: str,
        body: bytes,
        decoder: StreamDecoder,
        *,
        headers: Iterable[tuple[str, str]] = (),
        timeouts: Timeouts | None = None,
    ) -> Stream:
        """POST the body and yield the events of the answer. Closing closes the connection to the provider.

        Args:
            url: Where to.
            body: JSON.
            decoder: Hears the answer.
            headers: Sent beside the usual ones; they cannot replace those.
            timeouts: Instead of the provider's usual ones.

        Raises:
            ProviderError: every way to fail, before the first event or between two.
        """
        sent = {**dict(headers), **_JSON}
        async with self.open("POST", url, headers=sent, body=body, timeouts=timeouts) as response:
            if not 200 <= response.status < 300:
                raise await self._refusal(response)
            try:
                size = 0
                async for data in response.chunks():
                    size += len(data)
                    if size > _LARGEST_ANSWER:
                        raise WireError("malformed", "The answer goes on and on; it was ended after 64 MiB.")
                    events = decoder.feed(data)
                    for event in events:
                        yield event if type(event) not in _COMPLETED else _completed(event, response.headers)
                    if events and type(events[-1]) is Finished:
                        await response.drain(_DRAIN_S)
                        return
                for event in decoder.close():
                    yield event if type(event) not in _COMPLETED else _completed(event, response.headers)
            except BrokenAnswerError as error:
                for event in error.heard:
                    yield event
                raise self._broken(error, response.status) from error

    async def relay(self, url: str, request: RelayRequest) -> Stream:
        """POST a request unread and yield the answer's bytes; see `ModelProvider.relay`."""
        sent = {**dict(request.headers), "Content-Type": request.content_type}
        async with self.open("POST", url, headers=sent, body=request.body, timeouts=self.timeouts.whole) as response:
            if not 200 <= response.status < 300:
                raise await self._refusal(response)
            kind = response.headers.get("content-type", "application/json")
            told = (("content-type", kind), *_limits(response.headers))
            yield Started(id="", model=request.model, headers=told, forwarded=True)
            usage = RelayedUsage(kind)
            async for data in response.chunks():
                usage.feed(data)
                yield Forwarded(data=data)
            if heard := usage.close():
                yield UsageReported(usage=sane(heard))
            yield Finished(reason=FinishReason.STOP)

    async def ask(self, method: str, url: str, *, decode: Callable[[bytes], T], body: bytes | None = None) -> T:
        """Make a call that does not stream and return what `decode` reads in the body of its answer.

        Raises:
            ProviderError: every way to fail; `WireError` from `decode` becomes one.
        """
        async with self.open(method, url, headers=None if body is None else _JSON, body=body) as response:
            if not 200 <= response.status < 300:
                raise await self._refusal(response)
            answer = await response.read()
        try:
            return decode(answer)
        except BrokenAnswerError as error:
            raise self._broken(error) from error

    async def _refusal(self, response: HttpResponse) -> ProviderError:
        body = await response.read(_LARGEST_FAILURE)
        error = self.error_of(self.decode_failure(response.status, response.headers, body), response.status)
        error.headers = _limits(response.headers)
        return error

    def error_of(self, failure: Failure, status: int | None = None) -> ProviderError:
        """Make a refusal an error. Our credential is cut out of what the provider says: callers must not learn it."""
        message = failure.message
        for name, value in self.headers.items():
            secret = value.removeprefix("Bearer ")
            if name.lower() in _CREDENTIALS and secret:
                message = message.replace(secret, "[key]")
        for secret in self.credential.secrets() if self.credential else ():
            message = message.replace(secret, "[key]")
        return replace(failure, message=message).as_error(provider=self.provider, status=status)

    def _broken(self, error: BrokenAnswerError, status: int | None = None) -> ProviderError:
        if isinstance(error, StreamFailure):
            return self.error_of(error.failure, status)
        code = error.code if isinstance(error, WireError) else None
        return ProviderAnswerError(str(error), provider=self.provider, upstream_code=code)


@asynccontextmanager
async def _proven(
    asked: Callable[..., AbstractAsyncContextManager[HttpResponse]], sent: Mapping[str, str], credential: Credential
) -> AsyncGenerator[HttpResponse, None]:
    proof = await credential.headers()
    async with asked(headers={**sent, **proof}) as response:
        if response.status != 401 or not credential.refused(proof):
            yield response
            return
    async with asked(headers={**sent, **await credential.headers()}) as response:
        yield response


_COMPLETED = frozenset({Started, UsageReported})


def _completed(event: Event, headers: Mapping[str, str]) -> Event:
    """Return what the decoder heard together with what only the transport knows, or with what can be believed."""
    match event:
        case Started():
            limits = _limits(headers)
            return changed(event, headers=limits) if limits else event
        case UsageReported():
            return UsageReported(usage=sane(event.usage))
        case _:
            return event


def _limits(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple([(low, value) for name, value in headers.items() if (low := name.lower()).startswith(_TELLING)])
