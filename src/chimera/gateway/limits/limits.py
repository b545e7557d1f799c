"""Rate limits of callers: what binds whom, who is refused and why, and what is left."""

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from msgspec import Struct

from chimera.gateway.call import Call
from chimera.gateway.limits.buckets import MICROSECONDS, Bucket, RateLimiter, Rule, Verdict
from chimera.gateway.limits.errors import ModelLimitError, RateLimitExceededError
from chimera.gateway.limits.metrics import LimitMetrics
from chimera.gateway.limits.plan import Plan, plan_of
from chimera.gateway.limits.reserving import input_tokens, output_tokens
from chimera.gateway.telling import Allowance
from chimera.kit.clock import utc_now
from chimera.kit.scope import KeyRates, Scope
from chimera.policies.policy import Policy
from chimera.policies.sections.limits import LimitsPolicy, Tier

_MOST_PLANS = 10_000
# With the key's own rates, and those of its makers, which change with them.
_Caller: TypeAlias = tuple[UUID, UUID, UUID | None, int | None, int | None, tuple[KeyRates, ...]]
_WHOSE = {"organisation": "of your organisation", "user": "of your account", "key": "of this API key"}


class Taken(Struct, frozen=True, kw_only=True):
    """What a call took, to be settled once.

    Attributes:
        input_tokens: Of the question, estimated.
        reserved: Those and the answer's.
        counts_tokens: Whether there is anything to settle.
    """

    buckets: tuple[Bucket, ...] = ()
    input_tokens: int = 0
    reserved: int = 0
    counts_tokens: bool = False


_NOTHING = Taken()


@dataclass(slots=True, kw_only=True)
class Limits:
    """Admits calls or refuses them, as their organisation's policy says."""

    policy: Callable[[Scope], Awaitable[Policy]]
    limiter: RateLimiter
    metrics: LimitMetrics
    default_tier: Tier = "unlimited"
    clock: Callable[[], datetime] = utc_now
    _plans: dict[_Caller, tuple[LimitsPolicy, Plan]] = field(default_factory=dict[_Caller, tuple[LimitsPolicy, Plan]])

    async def admit(self, call: Call) -> Taken:
        """Take the call out of all limits that bind its caller, whatever the model.

        Raises:
            RateLimitExceededError: if one of them is used up; then nothing is taken.
            LimitsUnavailableError: if nobody counts.
        """
        policy = call.trail.policy = await self.policy(call.scope)
        plan = self._plan(call.scope, policy.limits)
        if not plan.buckets:
            return _NOTHING
        taken, verdict = await self._take(call, plan.buckets)
        call.trail.told.allowances = _allowances(plan.buckets, verdict)
        if verdict.refused_by is not None:
            bucket, wait_s = self._refused(plan.buckets, verdict)
            message = _worded(bucket, wait_s, _WHOSE[bucket.whose])
            raise RateLimitExceededError(message, retry_after_s=wait_s, limit=bucket.name)
        return taken

    async def admit_request(self, scope: Scope) -> tuple[Allowance, ...]:
        """Take a request that asks no model out of the limits that bind its caller; return what is left of them.

        Raises:
            RateLimitExceededError: if one of them is used up; then nothing is taken.
            LimitsUnavailableError: if nobody counts.
        """
        plan = self._plan(scope, (await self.policy(scope)).limits)
        buckets = tuple(bucket for bucket in plan.buckets if bucket.unit == "requests")
        if not buckets:
            return ()
        verdict = await self.limiter.take(buckets, 0)
        left = _allowances(buckets, verdict)
        if verdict.refused_by is not None:
            bucket, wait_s = self._refused(buckets, verdict)
            message = _worded(bucket, wait_s, _WHOSE[bucket.whose])
            raise RateLimitExceededError(message, retry_after_s=wait_s, limit=bucket.name, allowances=left)
        return left

    def of_model(self, call: Call) -> tuple[Bucket, ...]:
        """What binds a call that was admitted at the model that it is about to ask."""
        known = self._plans.get(_caller(call.scope))
        return known[1].models.get(call.aim.id, ()) if known else ()

    async def admit_at(self, call: Call, buckets: tuple[Bucket, ...]) -> Taken:
        """Take the call out of the limits of its model.

        Raises:
            ModelLimitError: if one of them is used up.
            LimitsUnavailableError: if nobody counts.
        """
        taken, verdict = await self._take(call, buckets)
        if verdict.refused_by is not None:
            bucket, wait_s = self._refused(buckets, verdict)
            message = _worded(bucket, wait_s, f"of your organisation for {call.aim.id}")
            raise ModelLimitError(message, provider=call.aim.provider, retry_after_s=wait_s, limit=bucket.name)
        return taken

    def settle(self, taken: Taken, used: int) -> None:
        """Correct what was taken to what was used."""
        if used != taken.reserved:
            self.limiter.settle(taken.buckets, taken.reserved, used)

    def _plan(self, scope: Scope, policy: LimitsPolicy) -> Plan:
        caller = _caller(scope)
        known = self._plans.get(caller)
        if known is not None and known[0] is policy and self.clock() < known[1].until:
            return known[1]
        plan = plan_of(policy, scope, self.clock(), default_tier=self.default_tier)
        if len(self._plans) >= _MOST_PLANS:
            del self._plans[next(iter(self._plans))]
        self._plans[caller] = (policy, plan)
        return plan

    async def _take(self, call: Call, buckets: tuple[Bucket, ...]) -> tuple[Taken, Verdict]:
        if not any(bucket.unit == "tokens" for bucket in buckets):
            return _NOTHING, await self.limiter.take(buckets, 0)
        asked = input_tokens(call)
        reserved = asked + output_tokens(call.request)
        verdict = await self.limiter.take(buckets, reserved)
        return Taken(buckets=buckets, input_tokens=asked, reserved=reserved, counts_tokens=True), verdict

    def _refused(self, buckets: Sequence[Bucket], verdict: Verdict) -> tuple[Bucket, float]:
        assert verdict.refused_by is not None, "it was refused"
        bucket = buckets[verdict.refused_by]
        self.metrics.refusals.labels(bucket.whose, bucket.unit, bucket.period).inc()
        return bucket, math.ceil(verdict.wait_us / 1000) / 1000


def _caller(scope: Scope) -> _Caller:
    rates = (scope.requests_per_minute, scope.tokens_per_minute)
    return scope.tenant_id, scope.actor_id, scope.key_id, *rates, scope.makers


def _allowances(buckets: Sequence[Bucket], verdict: Verdict) -> tuple[Allowance, ...]:
    """The tightest rate of requests, and of tokens."""
    found: dict[str, Allowance] = {}
    for bucket, level in zip(buckets, verdict.levels, strict=True):
        if bucket.rule is not Rule.RATE:
            continue
        left = max(0, bucket.amount - -(-level // bucket.period_us))
        known = found.get(bucket.unit)
        if known is None or left < known.remaining:
            reset_s = level / bucket.amount / MICROSECONDS
            found[bucket.unit] = Allowance(unit=bucket.unit, limit=bucket.amount, remaining=left, reset_s=reset_s)
    return tuple(found.values())


def _worded(bucket: Bucket, wait_s: float, whose: str) -> str:
    again = "Try again in a moment" if wait_s < 1 else f"Try again in {_duration(wait_s)}"
    if bucket.rule is Rule.SLOW:
        return (
            f"A quota {whose} is used up; until it begins anew {bucket.amount:,} {_few(bucket)} a minute are let "
            f"through. {again}."
        )
    return f"The limit {whose} is reached: {bucket.amount:,} {_few(bucket)} a {bucket.period}. {again}."


def _few(bucket: Bucket) -> str:
    return bucket.unit if bucket.amount != 1 else bucket.unit.removesuffix("s")


def _duration(seconds: float) -> str:
    for size, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{math.ceil(seconds / size)} {name}"
    return f"{math.ceil(seconds)} s"
