"""See how every attempt goes, for whoever chooses targets."""

import asyncio
from collections.abc import Hashable
from dataclasses import dataclass

from chimera.gateway.call import Asked, Call, Handler
from chimera.gateway.resilience.load import Loads, TargetLoad
from chimera.gateway.stages.breaker import ILL
from chimera.llm import (
    EmbeddingRequest,
    ProviderError,
    ProviderRateLimitError,
    RelayRequest,
    Request,
    Started,
    Stream,
    UsageReported,
)

# After a rate limit whose end the provider does not tell.
_REST_S = 2.0
_LONGEST_REST_S = 120.0


@dataclass(frozen=True, slots=True)
class Watch:
    """Stands right above the provider: once per attempt."""

    loads: Loads

    async def __call__(self, call: Call, proceed: Handler) -> Stream:
        loads = self.loads
        load = loads.of(call.aim.key)
        load.in_flight += 1
        load.used_at = begun = loads.clock()
        waiting = True
        try:
            stream = proceed(call)
            try:
                async for event in stream:
                    if waiting and not isinstance(event, Started | UsageReported):
                        waiting = False
                        now = loads.clock()
                        load.heard(now - begun, now, kind_of(call.request))
                    yield event
            finally:
                await stream.aclose()
        except (ProviderError, asyncio.CancelledError) as error:
            _learn(error, load, begun, loads.clock(), waiting=waiting)
            raise
        finally:
            load.in_flight -= 1


def _learn(error: BaseException, load: TargetLoad, begun: float, now: float, *, waiting: bool) -> None:
    match error:
        case ProviderRateLimitError():
            rest_s = _REST_S if error.retry_after_s is None else error.retry_after_s
            load.rests_until = now + min(rest_s, _LONGEST_REST_S)
        case asyncio.CancelledError():
            if waiting:  # perhaps for longer than whoever stands above has the patience for
                load.given_up(now - begun, now)
        case _ if isinstance(error, ILL):
            load.failed(now - begun, now)
        case _:
            pass


def kind_of(asked: Asked) -> Hashable:
    """Questions of one kind wait alike for their first token: an answer that comes whole comes late."""
    match asked:
        case Request():
            return "whole" if asked.original is not None and not asked.original.stream else "streamed"
        case EmbeddingRequest():
            return "embedding"
        case RelayRequest():
            return asked.operation
