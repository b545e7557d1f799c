"""What tokens cost. Whole numbers only: nano-USD for a million tokens, so that 1.25 USD is 1,250,000,000.

An unknown price is `None`, and never taken for nothing; what is free says so.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from fractions import Fraction

from msgspec import Struct

from chimera.llm import Usage

NUSD = 1_000_000_000
_TOKENS = 1_000_000


class Rates(Struct, frozen=True, kw_only=True):
    """Nano-USD for a million tokens of a kind.

    Attributes:
        cached_input: Read from the prompt cache; `None` costs what other input does.
        cache_write: Written to the prompt cache; likewise.
        cache_write_1h: Written to be kept for an hour; `None` costs what other writing does.
    """

    input: int | None = None
    output: int | None = None
    cached_input: int | None = None
    cache_write: int | None = None
    cache_write_1h: int | None = None

    def cost_nusd(self, usage: Usage) -> Fraction | None:
        """What the tokens of an answer cost, exactly; `None` where a rate that is needed is unknown."""
        fresh = usage.input_tokens - usage.cached_tokens - usage.cache_write_tokens
        if (usage.input_tokens and self.input is None) or (usage.output_tokens and self.output is None):
            return None
        whole, written = self.input or 0, _first(self.cache_write, self.input)
        millionths = (
            fresh * whole
            + usage.cached_tokens * _first(self.cached_input, self.input)
            + (usage.cache_write_tokens - usage.cache_write_1h_tokens) * written
            + usage.cache_write_1h_tokens * _first(self.cache_write_1h, written)
            + usage.output_tokens * (self.output or 0)
        )
        return Fraction(millionths, _TOKENS)


class Tier(Struct, frozen=True, kw_only=True):
    """Rates of all tokens of an answer whose prompt has more than `above_tokens`."""

    rates: Rates
    above_tokens: int = 0


class Period(Struct, frozen=True, kw_only=True):
    """When some tiers hold.

    Attributes:
        tiers: By rising `above_tokens`; the first one is for all.
        since: First day, in UTC.
        hours: First and last minute of each day in UTC, the last excluded; it may lie before the first.
    """

    tiers: tuple[Tier, ...]
    since: date | None = None
    hours: tuple[int, int] | None = None

    def holds(self, moment: datetime) -> bool:
        utc = moment.astimezone(UTC)
        if self.since is not None and utc.date() < self.since:
            return False
        if self.hours is None:
            return True
        start, end = self.hours
        minute = utc.hour * 60 + utc.minute
        return start <= minute < end if start <= end else minute >= start or minute < end


class Price(Struct, frozen=True, kw_only=True):
    """What a model costs, at any time.

    Attributes:
        periods: The last one that holds counts; the first one where none does.
        batch: The same for batches; empty where no such price is known.
        further: What else may be charged, as its source names it: `web_searches_kcount`, …
    """

    periods: tuple[Period, ...]
    batch: tuple[Period, ...] = ()
    further: tuple[str, ...] = ()

    @property
    def free(self) -> bool:
        """Whether nothing is charged, ever: every rate is known to be zero."""
        return not self.further and all(
            rates.input == 0 and not any((rates.output, rates.cached_input, rates.cache_write, rates.cache_write_1h))
            for rates in _every(self.periods)
        )

    def tiers(self, moment: datetime) -> tuple[Tier, ...]:
        """The rates of answers that are asked for at a moment, by the length of their prompts."""
        return next((one for one in reversed(self.periods) if one.holds(moment)), self.periods[0]).tiers

    def batch_tiers(self, moment: datetime) -> tuple[Tier, ...]:
        """The same in a batch; empty where no batch price is known, which is not the price of others."""
        return next((one.tiers for one in reversed(self.batch) if one.holds(moment)), ())

    def rates(self, moment: datetime, input_tokens: int) -> Rates:
        """The rates of an answer that was asked for at a moment with so long a prompt."""
        return _reached(self.tiers(moment), input_tokens)

    def batch_rates(self, moment: datetime, input_tokens: int) -> Rates | None:
        """The same in a batch; `None` where no batch price is known."""
        tiers = self.batch_tiers(moment)
        return _reached(tiers, input_tokens) if tiers else None


def _reached(tiers: tuple[Tier, ...], input_tokens: int) -> Rates:
    return next((tier for tier in reversed(tiers) if input_tokens > tier.above_tokens), tiers[0]).rates


def flat(rates: Rates) -> Price:
    """A price that holds always and for every length."""
    return Price(periods=(Period(tiers=(Tier(rates=rates),)),))


FREE = flat(Rates(input=0, output=0))


def _every(periods: tuple[Period, ...]) -> Iterator[Rates]:
    return (tier.rates for period in periods for tier in period.tiers)


def _first(rate: int | None, otherwise: int | None) -> int:
    return rate if rate is not None else otherwise or 0
