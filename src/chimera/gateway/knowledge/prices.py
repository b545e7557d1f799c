"""What tokens cost. Whole numbers only: nano-USD for a million tokens, so that 1.25 USD is 1,250,000,000.

An unknown price is `None`, and never taken for nothing; what is free says so.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from fractions import Fraction

from msgspec import Struct

from chimera.llm import Billing, Usage

_TOKENS = 1_000_000


class Rates(Struct, frozen=True, kw_only=True):
    """Nano-USD for a million tokens of a kind.

    Attributes:
        input: Of what is not told apart below.
        output: Likewise, reasoning included.
        cached_input: Read from the prompt cache; `None` costs what other input does.
        cache_write: Written to the prompt cache; likewise.
        cache_write_1h: Written to be kept for an hour; `None` costs what other writing does.
        input_audio: Sound that is read; `None` costs what other input does.
        cached_audio: Sound from the prompt cache; `None` costs what other cached input does, or else other sound.
        input_image: Pictures that are read; likewise.
        output_audio: Sound that is made; `None` costs what other output does.
        output_image: Pictures that are made; likewise.
        web_search: A million searches; `None` is unknown.
    """

    input: int | None = None
    output: int | None = None
    cached_input: int | None = None
    cache_write: int | None = None
    cache_write_1h: int | None = None
    input_audio: int | None = None
    cached_audio: int | None = None
    input_image: int | None = None
    output_audio: int | None = None
    output_image: int | None = None
    web_search: int | None = None

    def cost_nusd(self, usage: Usage) -> Fraction | None:
        """What the tokens of an answer cost, exactly; `None` where a rate that is needed is unknown."""
        if (usage.input_tokens and self.input is None) or (usage.output_tokens and self.output is None):
            return None
        millionths = self._millionths_read(usage) + usage.output_tokens * (self.output or 0)
        if usage.billing is not None:
            millionths += self._millionths_beyond(usage.billing)
        return Fraction(millionths, _TOKENS)

    def _millionths_read(self, usage: Usage) -> int:
        whole, written = self.input or 0, _first(self.cache_write, self.input)
        fresh = max(0, usage.input_tokens - usage.cached_tokens - usage.cache_write_tokens)
        return (
            fresh * whole
            + usage.cached_tokens * _first(self.cached_input, self.input)
            + max(0, usage.cache_write_tokens - usage.cache_write_1h_tokens) * written
            + usage.cache_write_1h_tokens * _first(self.cache_write_1h, written)
        )

    def _millionths_beyond(self, told: Billing) -> int:
        """What sound, pictures and searches cost more than so many tokens of text."""
        heard = max(0, told.input_audio_tokens - told.cached_audio_tokens)
        audio, cached = _first(self.input_audio, self.input), _first(self.cached_input, self.input)
        cached_audio = _first(self.cached_audio, audio if self.cached_input is None else cached)
        return (
            heard * (audio - (self.input or 0))
            + told.cached_audio_tokens * (cached_audio - cached)
            + told.input_image_tokens * (_first(self.input_image, self.input) - (self.input or 0))
            + told.output_audio_tokens * (_first(self.output_audio, self.output) - (self.output or 0))
            + told.output_image_tokens * (_first(self.output_image, self.output) - (self.output or 0))
            + told.web_searches * (self.web_search or 0)
        )


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

    def tier(self, input_tokens: int) -> Tier:
        """The tier that so long a prompt reaches."""
        return _reached(self.tiers, input_tokens)


class Price(Struct, frozen=True, kw_only=True):
    """What a model costs, at any time.

    Attributes:
        periods: The last one that holds counts; the first one where none does.
        batch: The same for batches; empty where no such price is known.
        served: The same for other ways to be served, by the provider's name of them: `flex`, `priority`, `fast`.
        further: What else may be charged, as its source names it: `web_searches_kcount`, …
    """

    periods: tuple[Period, ...]
    batch: tuple[Period, ...] = ()
    served: tuple[tuple[str, tuple[Period, ...]], ...] = ()
    further: tuple[str, ...] = ()

    @property
    def free(self) -> bool:
        """Whether nothing is charged, ever: every rate is known to be zero."""
        return not self.further and all(
            rates.input == 0 and not any(getattr(rates, name) for name in Rates.__struct_fields__)
            for rates in _every(self.periods)
        )

    def tiers(self, moment: datetime) -> tuple[Tier, ...]:
        """The rates of answers that are asked for at a moment, by the length of their prompts."""
        return self.period(moment).tiers

    def period(self, moment: datetime, way: str = "") -> Period:
        """What holds of answers that are asked for at a moment, and served in a way (see `served`) if it has a price.

        A batch is a way, too.
        """
        if way:
            periods = self.batch if way == "batch" else dict(self.served).get(way, ())
            if held := _holding(periods, moment):
                return held
        return _holding(self.periods, moment) or self.periods[0]

    def batch_tiers(self, moment: datetime) -> tuple[Tier, ...]:
        """The same in a batch; empty where no batch price is known, which is not the price of others."""
        return next((one.tiers for one in reversed(self.batch) if one.holds(moment)), ())

    def rates(self, moment: datetime, input_tokens: int) -> Rates:
        """The rates of an answer that was asked for at a moment with so long a prompt."""
        return self.period(moment).tier(input_tokens).rates

    def batch_rates(self, moment: datetime, input_tokens: int) -> Rates | None:
        """The same in a batch; `None` where no batch price is known."""
        tiers = self.batch_tiers(moment)
        return _reached(tiers, input_tokens).rates if tiers else None


def _holding(periods: tuple[Period, ...], moment: datetime) -> Period | None:
    return next((one for one in reversed(periods) if one.holds(moment)), None)


def _reached(tiers: tuple[Tier, ...], input_tokens: int) -> Tier:
    return next((tier for tier in reversed(tiers) if input_tokens > tier.above_tokens), tiers[0])


def flat(rates: Rates) -> Price:
    """A price that holds always and for every length."""
    return Price(periods=(Period(tiers=(Tier(rates=rates),)),))


FREE = flat(Rates(input=0, output=0))


def _every(periods: tuple[Period, ...]) -> Iterator[Rates]:
    return (tier.rates for period in periods for tier in period.tiers)


def _first(rate: int | None, otherwise: int | None) -> int:
    return rate if rate is not None else otherwise or 0
