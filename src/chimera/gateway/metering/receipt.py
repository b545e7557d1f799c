"""How an entry names its price: with all of its rates, so that it can be computed again when nobody has them any more.

`genai-prices 0.0.49 (gpt-5) | above 200000 tokens, flex | input=625000000 output=5000000000 | web_searches=2`: source,
conditions, nano-USD for a million, and what else was counted. Pure.
"""

from datetime import date
from typing import NamedTuple

from msgspec.structs import asdict, replace

from chimera.gateway.knowledge import Period, Rates, Tier
from chimera.llm import Billing, Usage

_BETWEEN = " | "
_OWN_WORD = "the provider's own word"
_NOTHING = Usage()


class Charged(NamedTuple):
    """What an answer cost.

    Attributes:
        cost_nusd: Rounded up, once; `None` where a rate is unknown.
        price: See this module.
    """

    cost_nusd: int | None
    price: str


UNPRICED = Charged(None, "")
NOTHING = Charged(0, "")


def own_word(cost_nusd: int) -> Charged:
    return Charged(cost_nusd, _BETWEEN.join((_OWN_WORD, "", "", f"cost_nusd={cost_nusd}")))


def priced_by(source: str, period: Period, tier: Tier, *, way: str) -> str:
    """Name rates: who says so, when they hold, and how high they are."""
    conditions = [
        f"above {tier.above_tokens} tokens" if tier.above_tokens else "",
        f"since {period.since}" if isinstance(period.since, date) else "",
        f"{_time(period.hours[0])}-{_time(period.hours[1])} UTC" if period.hours else "",
        way,
    ]
    rates = (f"{name}={rate}" for name, rate in asdict(tier.rates).items() if rate is not None)
    return _BETWEEN.join((source, ", ".join(filter(None, conditions)), " ".join(rates)))


def rated(rates: Rates, usage: Usage, *, name: str, percent: int, discount_bp: int) -> Charged:
    """Price an answer, and name the price.

    Args:
        rates: Of its tier.
        usage: As the provider told it.
        name: What `priced_by` gave.
        percent: What its region makes of the rates.
        discount_bp: What is taken off, in hundredths of a percent.
    """
    cost = _cost(rates, usage, percent, discount_bp)
    told = usage.billing
    if told is None and percent == 100 and not discount_bp:
        return Charged(cost, f"{name}{_BETWEEN}")
    further = (
        {} if told is None else {key: value for key, value in asdict(told).items() if type(value) is int and value}
    )
    further |= {"percent": percent} if percent != 100 else {}
    further |= {"discount_bp": discount_bp} if discount_bp else {}
    unknown = " unpriced=web_searches" if told is not None and told.web_searches and rates.web_search is None else ""
    return Charged(cost, f"{name}{_BETWEEN}{' '.join(f'{key}={value}' for key, value in further.items())}{unknown}")


def recomputed(usage: Usage, price: str) -> int | None:
    """Compute the cost of an entry again from what it holds; `None` where it has none.

    Raises:
        ValueError: if it is not the name of a price.
    """
    if not price:
        return 0 if usage == _NOTHING else None
    _, _, rates, further = price.split(_BETWEEN)
    counts = {key: int(value) for key, value in _pairs(further) if value.isdecimal()}
    percent, discount_bp = counts.pop("percent", 100), counts.pop("discount_bp", 0)
    if "cost_nusd" in counts:
        return counts["cost_nusd"]
    known = Rates(**{key: int(value) for key, value in _pairs(rates)})
    return _cost(known, replace(usage, billing=Billing(**counts)), percent, discount_bp)  # type: ignore[arg-type]  # of counts


def _cost(rates: Rates, usage: Usage, percent: int, discount_bp: int) -> int | None:
    exact = rates.cost_nusd(usage)
    if exact is None:
        return None
    # Whole numbers, since multiplying fractions looks for their common divisors.
    return -(-exact.numerator * percent * (10_000 - discount_bp) // (exact.denominator * 100 * 10_000))


def _pairs(text: str) -> list[tuple[str, str]]:
    return [(key, value) for key, _, value in (pair.partition("=") for pair in text.split())]


def _time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
