"""Rebuild the prices that are vendored from genai-prices: `python tools/build_prices.py`, with the version of the lock.

Only its data is taken, of the vendors whose APIs we speak, and only what we use of it: the package itself would take
9 MB of a server, and bring a client of HTTP. Its own calculation, which takes an unknown context for the standard
price, is the judge of these prices in our tests.
"""

from collections.abc import Iterator, Sequence
from datetime import date, time
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import (
    ClauseAnd,
    ClauseOr,
    ClauseRegex,
    ConditionalPrice,
    MatchLogic,
    ModelInfo,
    ModelPrice,
    PriceVariant,
    StartDateConstraint,
    TieredPrices,
    TimeOfDateConstraint,
)

from chimera.adapters.model_facts.genai_prices import Names, PricesFile, Row, Vendor
from chimera.gateway.knowledge import Facts, Period, Price, Rates, Tier
from chimera.kit.money import NUSD

TARGET = Path(__file__).parent.parent / "src/chimera/adapters/model_facts/genai_prices.json"
VENDORS = {
    "openai", "anthropic", "google", "azure", "deepseek", "openrouter", "groq", "mistral", "x-ai", "together",
    "fireworks", "perplexity", "cerebras", "novita",
}  # fmt: skip
# Of the clauses that name a model, what each holds there, and here.
_CLAUSES = {"equals": "equals", "starts_with": "starts", "ends_with": "ends", "contains": "contains"}
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


def built() -> bytes:
    """The file, a line a model, so that a change can be read."""
    providers = {one.id: one for one in get_snapshot().providers}
    wanted = VENDORS | {other for name in VENDORS for other in providers[name].fallback_model_providers or ()}
    vendors = {
        name: Vendor(
            others=tuple(providers[name].fallback_model_providers or ()),
            models=tuple(
                Row(names=_names(one.match), facts=msgspec.Raw(msgspec.json.encode(_spare(_facts(one)))))
                for one in providers[name].models
            ),
        )
        for name in sorted(wanted)
    }
    source = f"genai-prices {version('genai-prices')}"
    file = PricesFile(
        source=source,
        licence="MIT",
        vendors={name: msgspec.Raw(msgspec.json.encode(one)) for name, one in vendors.items()},
    )
    lines = msgspec.json.encode(file).replace(b'{"names":', b'\n{"names":').replace(b'{"others":', b'\n{"others":')
    return lines + b"\n"


def _spare(facts: Facts) -> object:
    """Without what goes without saying."""

    def without(told: Any) -> Any:
        if isinstance(told, dict):
            kept = ((name, without(value)) for name, value in told.items())
            return {
                name: value for name, value in kept if value not in (None, []) and (name, value) != ("above_tokens", 0)
            }
        return [without(one) for one in told] if isinstance(told, list | tuple) else told

    return without(msgspec.to_builtins(facts))


def _names(match: MatchLogic) -> Names:
    match match:
        case ClauseOr():
            each = [_names(one) for one in match.or_]
            return Names(
                **{name: tuple(v for one in each for v in getattr(one, name)) for name in Names.__struct_fields__}
            )
        case ClauseAnd():
            return Names(every=(tuple(_names(one) for one in match.and_),))
        case ClauseRegex():
            return Names(patterns=(match.regex,))
        case _:
            (theirs,) = vars(match)
            return Names(**{_CLAUSES[theirs]: (getattr(match, theirs).lower(),)})


def _facts(model: ModelInfo) -> Facts:
    return Facts(
        matched=model.id,
        context_tokens=model.context_window,
        price=_price(model),
        deprecated=True if model.deprecated else None,
    )


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


if __name__ == "__main__":
    TARGET.write_bytes(built())
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes")
