"""Offer less while not all is well, rather than nothing."""

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

from msgspec.structs import replace

from chimera.gateway.call import Call, Handler
from chimera.gateway.errors import AllTargetsFailedError, CircuitOpenError, DegradedUnavailableError
from chimera.gateway.resilience.levels import Levels, Standing
from chimera.kit.errors import AppError, Kind
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import (
    Event,
    Finished,
    FinishReason,
    ProviderError,
    Request,
    Started,
    Stream,
    TextDelta,
    Usage,
    UsageReported,
)
from chimera.policies.policy import Policy
from chimera.policies.sections.resilience import ResiliencePolicy
from chimera.spend.errors import BudgetExhaustedError

_ANY = "*"
_HEADER = "level"


@dataclass(frozen=True, slots=True)
class Degrade:
    """Degraded asks a cheaper model for a shorter answer, minimal gives only what is cached, offline a fixed answer.

    Attributes:
        policy: What the caller's organisation decided.
        offline_answer: Where an organisation has none of its own; empty refuses.
        may_ask: Whether a caller can ask a model: a cheaper one that they cannot is passed over.
    """

    policy: Callable[[Scope], Awaitable[Policy]]
    levels: Levels
    offline_answer: str = ""
    may_ask: Callable[[Scope, str], bool] = lambda _scope, _model: True

    def __call__(self, call: Call, proceed: Handler) -> Stream:
        known = call.trail.policy
        if known is None or _may_offer_less(known.resilience):
            return self._kept_up(call, proceed)
        standing = self.levels.of(call.scope.tenant_id, known.resilience.level)
        return proceed(call) if standing.level == "full" else self._kept_up(call, proceed)

    async def _kept_up(self, call: Call, proceed: Handler) -> Stream:
        policy = (await self.policy(call.scope)).resilience
        standing = self.levels.of(call.scope.tenant_id, policy.level)
        if standing.level == "offline":
            for event in self._static(call, policy, standing.why):
                yield event
            return
        async with aclosing(proceed(self._at(call, standing, policy))) as stream:
            try:
                first = await anext(stream)
            except AppError as error:
                otherwise = self._otherwise(call, proceed, policy, error)
            else:
                yield first
                async for event in stream:
                    yield event
                return
        async with aclosing(otherwise) as stream:
            async for event in stream:
                yield event

    def _otherwise(self, call: Call, proceed: Handler, policy: ResiliencePolicy, error: AppError) -> Stream:
        """What to do instead of failing, before anything was told.

        Raises:
            AppError: the error itself, where there is nothing else.
        """
        broke = error.kind is Kind.EXHAUSTED and not isinstance(error, ProviderError)
        if broke and policy.budget_ends == "degrade" and call.trail.told.headers.get(_HEADER) is None:
            cheaper = self._degraded(call, policy)
            if cheaper.request.model != call.request.model:
                if isinstance(error, BudgetExhaustedError) and error.is_everybodys:
                    self.levels.out_of_budget(call.scope.tenant_id)
                call.trail.told.headers[_HEADER] = "degraded"
                return proceed(cheaper)
        away = isinstance(error, AllTargetsFailedError | CircuitOpenError)
        if away and policy.level == "auto" and policy.offline_answer and _speaks(call):
            return _replayed(self._static(call, policy, error.message))
        raise error

    def _at(self, call: Call, standing: Standing, policy: ResiliencePolicy) -> Call:
        if standing.level == "full":
            return call
        call.trail.told.headers[_HEADER] = standing.level
        if standing.level == "minimal" and standing.by_hand:
            return replace(call, cached_only=True)
        # What health says of all targets need not hold for the one that is asked for: its own circuit decides.
        return self._degraded(call, policy)

    def _degraded(self, call: Call, policy: ResiliencePolicy) -> Call:
        request = call.request
        if not isinstance(request, Request):  # vectors of another model would not fit those that are kept
            return call
        cheaper = policy.cheaper.get(request.model) or policy.cheaper.get(_ANY)
        model = cheaper if cheaper and self.may_ask(call.scope, cheaper) else request.model
        return replace(call, request=_shortened(replace(request, model=model), policy.degraded_output_tokens))

    def _static(self, call: Call, policy: ResiliencePolicy, why: str) -> list[Event]:
        text = policy.offline_answer or self.offline_answer
        if not text or not _speaks(call):
            raise DegradedUnavailableError(f"No model is asked at the moment. {why} Try again later.")
        call.trail.told.headers[_HEADER] = "offline"
        return [
            Started(id=f"offline-{new_id().hex}", model=call.request.model),
            TextDelta(text=text),
            UsageReported(usage=Usage()),
            Finished(reason=FinishReason.STOP),
        ]


@dataclass(frozen=True, slots=True)
class CachedOnly:
    """Stands below the caches: what a call at level minimal did not find there is refused."""

    def __call__(self, call: Call, proceed: Handler) -> Stream:
        if not call.cached_only:
            return proceed(call)
        raise DegradedUnavailableError(
            "Only answers that are known already are given at the moment, and there is none to this question. "
            "Try again later, or let an owner of your organisation raise the level of its resilience policy."
        )


def _may_offer_less(policy: ResiliencePolicy) -> bool:
    """Whether anything else may be done where a call fails."""
    return policy.budget_ends == "degrade" or (policy.level == "auto" and bool(policy.offline_answer))


def _shortened(request: Request, most: int | None) -> Request:
    asked, original = request.sampling.max_output_tokens, request.original
    if most is None or (asked is not None and asked <= most) or (original is not None and original.beyond):
        return request
    return replace(request, sampling=replace(request.sampling, max_output_tokens=most), original=None)


def _speaks(call: Call) -> bool:
    """Whether a sentence answers the question: not where vectors or a JSON document were asked for."""
    return isinstance(call.request, Request) and call.request.response_format == "text"


async def _replayed(events: list[Event]) -> Stream:
    for event in events:
        yield event
