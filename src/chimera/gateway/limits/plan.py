"""From a policy to the buckets that bind one caller."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

from chimera.gateway.limits.buckets import Bucket, Period, Rule, Unit, Whose
from chimera.kit.scope import KeyRates, Scope
from chimera.policies.sections.limits import LimitsPolicy, Rates, RatesById, Tier
from chimera.policies.tiers import TIERS

_UNITS: Final[Mapping[Unit, str]] = {"requests": "r", "tokens": "t"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What binds a caller.

    Attributes:
        buckets: Whatever model is asked.
        models: Further ones by model id.
        until: When a day ends, and with it the windows of quotas.
    """

    buckets: tuple[Bucket, ...]
    models: Mapping[str, tuple[Bucket, ...]] = field(default_factory=lambda: MappingProxyType({}))
    until: datetime


def plan_of(policy: LimitsPolicy, scope: Scope, now: datetime, *, default_tier: Tier) -> Plan:
    """Gather what binds the caller, from the organisation down to its key."""
    tier = TIERS[default_tier if policy.tier == "default" else policy.tier]
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    maker = _Maker(policy, scope, day)
    buckets = [
        *maker.buckets("organisation", "", _over(policy.organisation, tier)),
        *maker.buckets("user", scope.actor_id.hex, _of(policy.users, scope.actor_id, policy.each_user)),
    ]
    for key in _keys(scope):
        rates = _within(_of(policy.keys, key.key_id, policy.each_key), key)
        buckets += maker.buckets("key", key.key_id.hex, rates)
    models = {rates.model: tuple(maker.buckets("model", rates.model, rates)) for rates in policy.models}
    return Plan(buckets=tuple(buckets), models=models, until=day + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class _Maker:
    policy: LimitsPolicy
    scope: Scope
    day: datetime

    def buckets(self, whose: Whose, name: str, rates: Rates) -> Iterator[Bucket]:
        """Rates first, then quotas, then what follows when these are used up: the order that soft quotas need."""
        throttles = self.policy.beyond_quota == "throttle"
        if rates.requests_per_minute is not None:
            yield self._rate(Rule.RATE, whose, name, ("requests", rates.requests_per_minute))
        if rates.tokens_per_minute is not None:
            yield self._rate(Rule.RATE, whose, name, ("tokens", rates.tokens_per_minute))
        quotas = list(self._quotas(whose, name, rates))
        yield from quotas
        if quotas and throttles:
            yield self._rate(Rule.SLOW, whose, name, ("requests", self.policy.throttled_requests_per_minute))

    def _rate(self, rule: Rule, whose: Whose, name: str, limit: tuple[Unit, int]) -> Bucket:
        unit, amount = limit
        # Another limit begins with an empty bucket: what was taken at a high rate would run out for ages at a low one.
        key = f"{self._stem(whose, name)}:{rule.value}:{_UNITS[unit]}:{amount}"
        return Bucket(key=key, rule=rule, whose=whose, unit=unit, period="minute", amount=amount)

    def _quotas(self, whose: Whose, name: str, rates: Rates) -> Iterator[Bucket]:
        month = self.day.replace(day=1)
        windows: tuple[tuple[Period, datetime, datetime], ...] = (
            ("day", self.day, self.day + timedelta(days=1)),
            ("month", month, (month + timedelta(days=32)).replace(day=1)),
        )
        rule = Rule.SOFT if self.policy.beyond_quota == "throttle" else Rule.QUOTA
        for period, begins, ends in windows:
            for unit in _UNITS:
                amount: int | None = getattr(rates, f"{unit}_per_{period}")
                if amount is not None:
                    key = f"{self._stem(whose, name)}:{period}:{_UNITS[unit]}:{begins:%Y%m%d}"
                    yield Bucket(
                        key=key,
                        rule=rule,
                        whose=whose,
                        unit=unit,
                        period=period,
                        amount=amount,
                        ends_s=int(ends.timestamp()),
                    )

    def _stem(self, whose: Whose, name: str) -> str:
        return f"{{{self.scope.tenant_id.hex}}}:{whose}:{name}"


def _of(single: Sequence[RatesById], who: UUID, others: Rates) -> Rates:
    own = next((rates for rates in single if rates.id == who), None)
    return others if own is None else _over(own, others)


def _keys(scope: Scope) -> Iterator[KeyRates]:
    """The key that was shown, and those with which it was made."""
    if scope.key_id is not None:
        yield KeyRates(
            key_id=scope.key_id,
            requests_per_minute=scope.requests_per_minute,
            tokens_per_minute=scope.tokens_per_minute,
        )
        yield from scope.makers


def _within(rates: Rates, key: KeyRates) -> Rates:
    """What the policy says of the key, and the key of itself: the lower of both, as its maker may only narrow it."""
    own = {"requests_per_minute": key.requests_per_minute, "tokens_per_minute": key.tokens_per_minute}
    chosen = {name: limit for name, limit in own.items() if limit is not None}
    lower = {
        name: limit if (known := getattr(rates, name)) is None else min(limit, known) for name, limit in chosen.items()
    }
    return rates.model_copy(update=lower) if lower else rates


def _over(own: Rates, others: Rates) -> Rates:
    """Each limit as `own` says, or else as the others have it."""
    return Rates.model_construct(
        **{
            name: mine if (mine := getattr(own, name)) is not None else getattr(others, name)
            for name in Rates.model_fields
        }
    )
