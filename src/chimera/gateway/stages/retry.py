"""Ask the same target again, before it has begun to answer."""

import asyncio
import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from chimera.gateway.call import Call, Handler, Step, wires_of
from chimera.gateway.opening import opening
from chimera.llm import Event, ProviderError, ProviderTimeoutError, RelayRequest, Request, Stream
from chimera.wires.effort import thinks_long


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """How often, and how long to pause. Times in seconds.

    Attributes:
        longest_s: Cap of a pause; a provider that asks for more is not waited for, but left to the fallback.
        first_token_s: How long one attempt may take to deliver its first token.
        whole_s: The same for an answer of which nothing comes for long: one that is forwarded whole, when all of it has
            been written, and one that the model was asked to think about.
    """

    attempts: int = 3
    first_s: float = 0.5
    longest_s: float = 8.0
    first_token_s: float = 60.0
    whole_s: float = 300.0
    jitter: Callable[[float, float], float] = random.uniform  # noqa: S311 (jitter guards nothing)

    def pause_s(self, attempt: int, error: ProviderError) -> float | None:
        """Seconds before attempt + 1, or `None` when this target should not be asked again.

        Full jitter: uniform between 0 and the exponential cap
        (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/). What the provider asked for is a
        floor under it.
        """
        if not error.transient or attempt >= self.attempts:
            return None
        cap_s = min(self.longest_s, self.first_s * 2.0 ** (attempt - 1))
        if error.retry_after_s is None:
            return self.jitter(0.0, cap_s)
        if error.retry_after_s > self.longest_s:
            return None
        return error.retry_after_s + self.jitter(0.0, min(cap_s, 0.5))


@dataclass(slots=True, kw_only=True)
class RetryBudgets:
    """No retry storms: a provider that fails for all is retried for a tenth of the calls only.

    Every call earns its provider `ratio` of a retry, up to `reserve`; every retry costs one, and so does asking once
    more for an answer off its schema. Each replica keeps its own: a share of its own calls needs no others.
    """

    ratio: float = 0.1
    reserve: float = 20.0
    _left: dict[str, float] = field(default_factory=dict[str, float])

    def earn(self, provider: str) -> None:
        self._left[provider] = min(self.reserve, self._left.get(provider, self.reserve) + self.ratio)

    def spend(self, provider: str) -> bool:
        """Take one retry, if there is one left."""
        left = self._left.get(provider, self.reserve)
        if left < 1.0:
            return False
        self._left[provider] = left - 1.0
        return True


@dataclass(frozen=True, slots=True)
class Retry:
    """Asks again after a pause, while the error is a passing one and nothing was delivered.

    Attributes:
        wires: By provider, the wires whose requests it gets as they are.
    """

    backoff: Backoff
    budgets: RetryBudgets
    wires: Mapping[str, Collection[str]] = field(default_factory=dict[str, Collection[str]])

    async def __call__(self, call: Call, proceed: Handler) -> Stream:
        self.budgets.earn(call.aim.connection)
        attempt = 1
        while True:
            stream = proceed(call.tried(attempt))
            try:
                try:
                    opened = await self._open(call, stream)
                except ProviderError as error:
                    call.trail.steps.append(Step(target=call.aim, attempt=attempt, outcome=error.code))
                    pause_s = self._pause_s(call, attempt, error)
                    if pause_s is None:
                        raise
                else:
                    call.trail.steps.append(Step(target=call.aim, attempt=attempt, outcome="ok"))
                    for event in opened:
                        yield event
                    async for event in stream:
                        yield event
                    return
            finally:
                await stream.aclose()
            await asyncio.sleep(pause_s)
            attempt += 1

    async def _open(self, call: Call, stream: Stream) -> list[Event]:
        seconds = self._patience_s(call)
        provider, limit = call.aim.provider, asyncio.timeout(seconds)
        try:
            async with limit:
                return await opening(stream, provider=provider)
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise ProviderTimeoutError(
                f"{provider} accepted the request but sent no token within {seconds:g} s.", provider=provider
            ) from error

    def _patience_s(self, call: Call) -> float:
        if self._comes_whole(call):
            return self.backoff.whole_s
        thinks = isinstance(call.request, Request) and thinks_long(call.request)
        return max(self.backoff.first_token_s, self.backoff.whole_s if thinks else 0.0)

    def _comes_whole(self, call: Call) -> bool:
        if isinstance(call.request, RelayRequest):
            return True
        original = call.request.original if isinstance(call.request, Request) else None
        if original is None or original.stream:
            return False
        # What no translation can ask is forwarded, if anything, by who else gets translations.
        return bool(original.beyond) or original.wire in wires_of(call.aim, self.wires)

    def _pause_s(self, call: Call, attempt: int, error: ProviderError) -> float | None:
        pause_s = self.backoff.pause_s(attempt, error)
        if pause_s is None or pause_s >= call.remaining_s or not self.budgets.spend(call.aim.connection):
            return None
        return pause_s
