"""What whoever operates the installation grants an organisation, and that it does not grant itself more."""

from collections.abc import Mapping
from typing import Final

from chimera.kit.errors import AppError, Kind
from chimera.policies.sections.limits import LimitsPolicy, Rates, Tier

TIERS: Final[Mapping[Tier, Rates]] = {
    "free": Rates(requests_per_minute=10, tokens_per_minute=10_000),
    "starter": Rates(requests_per_minute=60, tokens_per_minute=60_000),
    "professional": Rates(requests_per_minute=300, tokens_per_minute=300_000),
    "enterprise": Rates(requests_per_minute=1_000, tokens_per_minute=1_000_000),
    "unlimited": Rates(),
}
"""The lowest first."""
_ORDER: Final = tuple(TIERS)


class TierNotYoursError(AppError):
    """An organisation would give itself more than the operator gave it."""

    code = "tier_not_yours"
    kind = Kind.FORBIDDEN


def check_within(limits: LimitsPolicy, granted: Tier) -> None:
    """Let an organisation set its limits, or not.

    Raises:
        TierNotYoursError: if they are wider than what was granted.
    """
    if within(limits, granted) != limits:
        raise TierNotYoursError(f"The operator gave your organisation the tier {granted}: its limits are no wider.")


def within(limits: LimitsPolicy, granted: Tier) -> LimitsPolicy:
    """The limits as they hold: what is wider than what was granted is narrowed to it."""
    chosen = limits.tier
    if chosen != "default" and _ORDER.index(chosen) > _ORDER.index(granted):
        chosen = granted
    organisation = _narrower(limits.organisation, TIERS[granted])
    if chosen == limits.tier and organisation == limits.organisation:
        return limits
    return limits.model_copy(update={"tier": chosen, "organisation": organisation})


def _narrower(own: Rates, granted: Rates) -> Rates:
    told = {name: getattr(own, name) for name in Rates.model_fields}
    narrowed = {
        name: min(value, bound)
        for name, value in told.items()
        if value is not None and (bound := getattr(granted, name)) is not None
    }
    return own.model_copy(update=narrowed) if any(told[name] != value for name, value in narrowed.items()) else own
