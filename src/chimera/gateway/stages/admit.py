"""Let nobody ask faster than is allowed, and correct what was reserved to what was used."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from chimera.gateway.call import Call, Handler
from chimera.gateway.limits.limits import Limits, Taken
from chimera.kit.errors import AppError
from chimera.llm import Finished, Stream, Usage, UsageReported


@dataclass(frozen=True, slots=True)
class Admit:
    """Refuses with `RateLimitExceededError` what is beyond a limit of the organisation, the user or the key."""

    limits: Limits

    def __call__(self, call: Call, proceed: Handler) -> Stream:
        return _admitted(call, proceed, self.limits, self.limits.admit)


@dataclass(frozen=True, slots=True)
class AdmitModel:
    """Refuses with `ModelLimitError` what is beyond the organisation's limit at the target, whoever chose that."""

    limits: Limits

    def __call__(self, call: Call, proceed: Handler) -> Stream:
        buckets = self.limits.of_model(call)
        if not buckets:
            return proceed(call)
        return _admitted(call, proceed, self.limits, partial(self.limits.admit_at, buckets=buckets))


async def _admitted(call: Call, proceed: Handler, limits: Limits, admit: Callable[[Call], Awaitable[Taken]]) -> Stream:
    taken = await admit(call)
    usage: Usage | None = None
    heard, failed, whole = 0, False, False
    try:
        stream = proceed(call)
        try:
            async for event in stream:
                if type(event) is UsageReported:
                    usage = event.usage
                else:
                    heard += 1
                    whole = type(event) is Finished and not event.cut
                yield event
        finally:
            await stream.aclose()
    except AppError:
        failed = True
        raise
    finally:
        if taken.counts_tokens:
            told = usage if whole or usage is None else _so_far(usage, heard)
            limits.settle(taken, _used(call, taken, told, None if failed and not heard else heard))


def _so_far(usage: Usage, heard: int) -> Usage:
    """What was used of an answer that was cut, or whose caller left: Anthropic first tells of one token of output."""
    return Usage(input_tokens=usage.input_tokens, output_tokens=max(usage.output_tokens, heard))


def _used(call: Call, taken: Taken, usage: Usage | None, heard: int | None) -> int:
    """Tokens of a call: as reported, or the question's and about one for every piece that was heard.

    Nothing for an answer that is given again, and for a failure of which nothing was heard (`None`).
    """
    if call.trail.told.cache is not None:
        return 0
    if usage is not None:
        return usage.input_tokens + usage.output_tokens
    return 0 if heard is None else taken.input_tokens + heard
