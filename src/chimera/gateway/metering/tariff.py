"""The price of a model at a connection: the most that an attempt can cost, and what an answer did cost."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from chimera.gateway.knowledge import Period, Price, Rates, Tier
from chimera.gateway.metering.receipt import Charged, own_word, priced_by, rated
from chimera.llm import Usage

_MILLION = 1_000_000
# https://platform.claude.com/docs/en/about-claude/pricing#data-residency-pricing
_REGIONS_PERCENT = {"us": 110}
_DEAREST_PERCENT = max(_REGIONS_PERCENT.values())
USUAL_OUTPUT = 400
"""Tokens of an answer, before any was heard."""
_GAIN = 0.05
# So often a provider that may search the web is taken to do it.
_SEARCHES = 10


class Ask(NamedTuple):
    """What of a request changes its rates.

    Attributes:
        way: How it wants to be served, where that is not the usual way.
        elsewhere: Whether it names a region.
        searches: Whether the provider may search the web.
        search_nusd: What all its searches cost at least, whatever the price list says.
    """

    way: str = ""
    elsewhere: bool = False
    searches: bool = False
    search_nusd: int = 0


USUAL = Ask()


class _Highest(NamedTuple):
    above_tokens: int
    input: int
    output: int
    search: int


@dataclass(slots=True)
class Tariff:
    """What a model costs here.

    Attributes:
        source: Who says so, with a version.
        discount_bp: What the provider takes off, in hundredths of a percent.
        usual_output: Tokens of an answer, on average of those that this process heard lately.
    """

    price: Price
    source: str
    discount_bp: int = 0
    usual_output: float = USUAL_OUTPUT
    _highest: dict[tuple[date, str], tuple[_Highest, ...]] = field(
        default_factory=dict[tuple[date, str], tuple[_Highest, ...]]
    )
    _names: dict[tuple[int, int, str], str] = field(default_factory=dict[tuple[int, int, str], str])

    @property
    def free(self) -> bool:
        return self.price.free

    def heard(self, output_tokens: int) -> None:
        """Learn from an answer how long they are."""
        self.usual_output += _GAIN * (output_tokens - self.usual_output)

    def worst_nusd(self, input_tokens: int, output_tokens: int, moment: datetime, ask: Ask) -> int:
        """The most that so many tokens can cost on this day, whatever they are and whenever they are counted."""
        highest = self._reached(input_tokens, moment, ask)
        return self._whole(self._read(highest, input_tokens, ask) + output_tokens * highest.output, ask)

    def affordable_tokens(self, amount_nusd: int, input_tokens: int, moment: datetime, ask: Ask) -> int:
        """How many tokens of output the amount surely pays for, after so many of input; never negative."""
        highest = self._reached(input_tokens, moment, ask)
        if not highest.output:
            return output_unbounded
        percent = _DEAREST_PERCENT if ask.elsewhere else 100
        share = percent * (10_000 - self.discount_bp or 1)
        left = amount_nusd * _MILLION * 100 * 10_000 - self._read(highest, input_tokens, ask) * share
        return max(0, left // (highest.output * share))

    def charge(self, usage: Usage, moment: datetime) -> Charged:
        """What an answer cost that was asked for at a moment; the provider's own word wins, unless it is nothing."""
        told = usage.billing
        if told is not None and told.cost_nusd:
            return own_word(told.cost_nusd)
        way = told.tier if told else ""
        period = self.price.period(moment, way)
        tier = period.tier(usage.input_tokens)
        key = (id(period), id(tier), way)
        name = self._names.get(key)
        if name is None:
            name = self._names[key] = priced_by(self.source, period, tier, way=self._known_way(way))
        percent = _REGIONS_PERCENT.get(told.region, 100) if told else 100
        return rated(tier.rates, usage, name=name, percent=percent, discount_bp=self.discount_bp)

    def _known_way(self, way: str) -> str:
        known = not way or (self.price.batch if way == "batch" else way in dict(self.price.served))
        return way if known else f"{way} at the usual price"

    def _read(self, highest: _Highest, input_tokens: int, ask: Ask) -> int:
        searched = max(_SEARCHES * highest.search, ask.search_nusd * _MILLION) if ask.searches else 0
        return input_tokens * highest.input + searched

    def _whole(self, millionths: int, ask: Ask) -> int:
        percent = _DEAREST_PERCENT if ask.elsewhere else 100
        return -(-millionths * percent * (10_000 - self.discount_bp) // (_MILLION * 100 * 10_000))

    def _reached(self, input_tokens: int, moment: datetime, ask: Ask) -> _Highest:
        """The highest rates of the tiers that so long a prompt may reach; a shorter count than ours is in a lower."""
        key = (moment.date(), ask.way)
        tiers = self._highest.get(key)
        if tiers is None:
            self._highest.clear()
            tiers = self._highest[key] = tuple(self._cumulated(moment, ask.way))
        if len(tiers) == 1:
            return tiers[0]
        return next(one for one in reversed(tiers) if input_tokens > one.above_tokens or not one.above_tokens)

    def _cumulated(self, moment: datetime, way: str) -> Iterator[_Highest]:
        periods = [*_of_day(self.price.periods, moment), *_of_day(dict(self.price.served).get(way, ()), moment)]
        tiers = sorted((tier for period in periods for tier in period.tiers), key=lambda tier: tier.above_tokens)
        yield from _rising([Tier(rates=Rates()), *tiers])


output_unbounded = 2**53
"""More tokens than anybody writes: where output costs nothing."""


def _of_day(periods: tuple[Period, ...], moment: datetime) -> list[Period]:
    """Periods that hold at some hour of the day; where none does, the first one."""
    begun = [one for one in periods if one.since is None or one.since <= moment.date()]
    all_day = [one for one in begun if one.hours is None][-1:]
    return [*all_day, *(one for one in begun if one.hours is not None)] or list(periods[:1])


def _rising(tiers: list[Tier]) -> Iterator[_Highest]:
    read = written = searched = 0
    steps: dict[int, _Highest] = {}
    for tier in tiers:
        rates = tier.rates
        of_input = (
            rates.input,
            rates.cached_input,
            rates.cache_write,
            rates.cache_write_1h,
            rates.input_audio,
            rates.input_image,
        )
        read = max(read, *(rate or 0 for rate in of_input))
        written = max(written, *(rate or 0 for rate in (rates.output, rates.output_audio, rates.output_image)))
        searched = max(searched, rates.web_search or 0)
        steps[tier.above_tokens] = _Highest(tier.above_tokens, read, written, searched)
    yield from steps.values()
