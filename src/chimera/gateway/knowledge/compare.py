"""Where those who know a model differ: for the operator, who can look it up and have the last word."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from chimera.gateway.knowledge.facts import WINDOWS, Said
from chimera.gateway.knowledge.prices import Period, Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """One fact on which sources differ.

    Attributes:
        fact: `context_tokens`, `output_tokens`, or a rate: `price.input`, `price.output above 200000`,
            `batch price.input`, …; rates are in nano-USD for a million tokens.
        said: What each source says; those that say nothing are left out.
    """

    fact: str
    said: Mapping[str, int]


def disagreements(said: Sequence[Said], moment: datetime) -> list[Disagreement]:
    """What the sources say differently of one model. Of prices that vary by the hour the dearest is compared."""
    told: dict[str, dict[str, int]] = {}
    for source, facts in said:
        for name in WINDOWS:
            if (size := getattr(facts, name)) is not None:
                told.setdefault(name, {})[source] = size
        if facts.price is not None:
            rates = (("price", facts.price.periods), ("batch price", facts.price.batch))
            for kind, periods in rates:
                for name, rate in _dearest(periods, moment).items():
                    told.setdefault(f"{kind}.{name}", {})[source] = rate
    return [Disagreement(fact=fact, said=values) for fact, values in told.items() if len(set(values.values())) > 1]


def _dearest(periods: Sequence[Period], moment: datetime) -> dict[str, int]:
    """The highest rate of each kind that is in force at some hour of the day."""
    begun = [one for one in periods if one.since is None or one.since <= moment.astimezone(UTC).date()]
    all_day = [one for one in begun if one.hours is None][-1:]
    found: dict[str, int] = {}
    for period in (*all_day, *(one for one in begun if one.hours is not None)):
        for name, rate in _named(period):
            found[name] = max(rate, found.get(name, 0))
    return found


def _named(period: Period) -> Iterator[tuple[str, int]]:
    for tier in period.tiers:
        above = f" above {tier.above_tokens}" if tier.above_tokens else ""
        for name in Rates.__struct_fields__:
            if (rate := getattr(tier.rates, name)) is not None:
                yield f"{name}{above}", rate
