"""The package genai-prices (MIT): prices and input windows, kept by hand from the providers' own pages.

Only its data is read. Its updater, which would ask the network, is never started; its own calculation, which takes an
unknown context for the standard price, is the judge in our tests.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from importlib.metadata import version

from genai_prices.data_snapshot import DataSnapshot, get_snapshot
from genai_prices.types import (
    ConditionalPrice,
    ModelInfo,
    ModelPrice,
    PriceVariant,
    StartDateConstraint,
    TieredPrices,
    TimeOfDateConstraint,
)

from chimera.gateway.knowledge import Facts, Period, Price, Rates, Tier
from chimera.kit.money import NUSD

# Our name of a rate, and theirs.
_RATES = {
    "input": "input_mtok",
    "output": "output_mtok",
    "cached_input": "cache_read_mtok",
    "cache_write": "cache_write_mtok",
    "cache_write_1h": "cache_write_1h_mtok",
    "input_audio": "input_audio_mtok",
    "cached_audio": "cache_audio_read_mtok",
    "input_image": "input_image_mtok",
    "output_audio": "output_audio_mtok",
    "output_image": "output_image_mtok",
}
# Priced by the thousand; ours are by the million.
_SEARCHES = "web_searches_kcount"
_THOUSAND = 1000
_BATCH = {"processing": "batch"}
# What a provider says of how it served an answer: OpenAI's and Google's tiers, Anthropic's speed.
_SERVED = ("service_tier", "speed")
_USUAL = "default"


@dataclass(frozen=True, slots=True)
class GenaiPrices:
    name: str
    snapshot: DataSnapshot

    def about(self, vendor: str, model: str) -> Facts | None:
        try:
            _, found = self.snapshot.find_provider_model(model, None, vendor, None)
        except LookupError:
            return None
        return Facts(
            matched=found.id,
            context_tokens=found.context_window,
            price=_price(found),
            deprecated=True if found.deprecated else None,
        )


def open_source() -> GenaiPrices:
    return GenaiPrices(f"genai-prices {version('genai-prices')}", get_snapshot())


def _price(model: ModelInfo) -> Price | None:
    standard = _conditional(model.prices)
    if not standard or any(one.prices.input_mtok is None for one in standard):
        return None
    variants = model.price_variants or ()
    return Price(
        periods=tuple(_period(one.prices, one.constraint) for one in standard),
        batch=tuple(period for one in variants if one.when == _BATCH for period in _varied(standard, one)),
        served=tuple(_served(standard, variants)),
        further=tuple(sorted({key for one in standard for key in _charges(one.prices)} - {*_RATES.values()})),
    )


def _conditional(prices: ModelPrice | list[ConditionalPrice]) -> Sequence[ConditionalPrice]:
    return [ConditionalPrice(prices=prices)] if isinstance(prices, ModelPrice) else prices


def _served(
    standard: Sequence[ConditionalPrice], variants: Sequence[PriceVariant]
) -> Iterator[tuple[str, tuple[Period, ...]]]:
    for variant in variants:
        ways = [variant.when[name] for name in _SERVED if variant.when.keys() == {name}]
        if ways and ways != [_USUAL]:
            yield ways[0], tuple(_varied(standard, variant))


def _varied(standard: Sequence[ConditionalPrice], variant: PriceVariant) -> Iterator[Period]:
    """The variant says what differs from the price of others, and holds from its own day."""
    begins = variant.constraint.start_date if isinstance(variant.constraint, StartDateConstraint) else None
    for one in standard:
        prices = ModelPrice(**{**_charges(one.prices), **_charges(variant.prices)})
        period = _period(prices, one.constraint)
        days = [day for day in (period.since, begins) if day is not None]
        yield Period(tiers=period.tiers, since=max(days, default=None), hours=period.hours)


def _charges(prices: ModelPrice) -> dict[str, Decimal | TieredPrices]:
    return {key: value for key, value in vars(prices).items() if value is not None}


def _period(prices: ModelPrice, constraint: StartDateConstraint | TimeOfDateConstraint | None) -> Period:
    since: date | None = None
    hours: tuple[int, int] | None = None
    match constraint:
        case StartDateConstraint(start_date=day):
            since = day
        case TimeOfDateConstraint(start_time=start, end_time=end):
            hours = (_minute(start), _minute(end))
        case None:
            pass
    return Period(tiers=tuple(_tiers(prices)), since=since, hours=hours)


def _tiers(prices: ModelPrice) -> Iterator[Tier]:
    told = {ours: getattr(prices, theirs) for ours, theirs in _RATES.items()}
    starts = {tier.start for value in told.values() if isinstance(value, TieredPrices) for tier in value.tiers}
    for start in sorted({0, *starts}):
        searches = _rate(getattr(prices, _SEARCHES), start)
        rates = {ours: _rate(value, start) for ours, value in told.items()}
        yield Tier(
            above_tokens=start,
            rates=Rates(**rates, web_search=None if searches is None else searches * _THOUSAND),
        )


def _rate(value: Decimal | TieredPrices | None, above: int) -> int | None:
    """Nano-USD for a million tokens, of a prompt just longer than `above`."""
    if isinstance(value, TieredPrices):
        reached = [tier.price for tier in value.tiers if tier.start <= above and above > 0]
        value = reached[-1] if reached else value.base
    return None if value is None else int((value * NUSD).to_integral_value())


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute
