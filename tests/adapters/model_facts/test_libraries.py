"""The libraries are read exactly: genai-prices' own calculation is the judge of the prices that we take from it."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import Usage as TheirUsage
from tools import build_prices

from chimera.adapters.facts_file import FactsFile
from chimera.adapters.model_facts import genai_prices, litellm, models_dev
from chimera.kit.money import NUSD
from chimera.llm import Billing, Usage

FOLDER = Path(litellm.__file__).parent
GENAI = genai_prices.open_source()
# What their calculation charges beside the kinds of tokens that every answer reports.
OTHERS = ("requests_kcount", "output_reasoning_mtok", "output_citation_mtok")
VENDORS = ("openai", "anthropic", "google", "deepseek", "openrouter", "mistral", "groq")


def theirs(vendor: str, model: str, usage: Usage, moment: datetime, context: dict[str, str] | None) -> Fraction:
    told = TheirUsage(
        input_tokens=usage.input_tokens,
        cache_read_tokens=usage.cached_tokens,
        cache_write_tokens=usage.cache_write_tokens,
        cache_write_1h_tokens=usage.cache_write_1h_tokens,
        output_tokens=usage.output_tokens,
    )
    price = get_snapshot().calc(told, model, vendor, None, moment, context).total_price
    return Fraction(price) * NUSD


def test_the_extract_is_that_of_the_version_in_the_lock() -> None:
    assert build_prices.TARGET.read_bytes() == build_prices.built(), "run tools/build_prices.py"


@pytest.mark.parametrize("vendor", sorted(build_prices.VENDORS))
def test_a_model_is_found_under_every_name_under_which_the_package_finds_it(vendor: str) -> None:
    own, others = list[str](), list[str]()
    for provider in get_snapshot().providers:
        (own if provider.id == vendor else others).extend(model.id for model in provider.models)
    changed = (
        "{}-20251211",
        "{}-2025-12-11",
        "{}-20251399",
        "{}-latest",
        "openai/{}",
        "accounts/fireworks/models/{}",
    )
    models = (*own, *others[:: 3 if vendor == "azure" else 23])
    # All forms of each or, where there are many, two by turns: the package takes a millisecond for a name.
    turns = range(2 if len(models) > 200 else len(changed))
    names = [*models, *(changed[(at + by) % len(changed)].format(one) for at, one in enumerate(models) for by in turns)]

    def known(name: str) -> str | None:
        try:
            return get_snapshot().find_provider_model(name, None, vendor, None)[1].id
        except LookupError:
            return None

    ours = {name: None if (facts := GENAI.about(vendor, name)) is None else facts.matched for name in names}
    assert ours == {name: known(name) for name in names}
    assert len({one for one in ours.values() if one}) > len(own) / 2


@pytest.mark.parametrize("vendor", VENDORS)
def test_our_reading_of_genai_prices_costs_what_theirs_does(vendor: str) -> None:
    random = Random(vendor)
    compared = 0
    provider = next(one for one in get_snapshot().providers if one.id == vendor)
    for model in random.sample(provider.models, min(60, len(provider.models))):
        facts = GENAI.about(vendor, model.id)
        if facts is None or facts.price is None or set(facts.price.further) & {*OTHERS}:
            continue
        moment = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=random.randrange(2 * 365 * 24 * 60))
        into = random.choice((1, 5_000, 200_000, 200_001, 272_001, 900_000))
        cached, written = random.randrange(into // 2 + 1), random.randrange(into // 3 + 1)
        usage = Usage(
            input_tokens=into,
            cached_tokens=cached,
            cache_write_tokens=written,
            cache_write_1h_tokens=random.randrange(written + 1),
            output_tokens=random.randrange(100_000) if facts.price.rates(moment, into).output is not None else 0,
        )
        ours = facts.price.rates(moment, into).cost_nusd(usage)
        assert ours == pytest.approx(theirs(vendor, model.id, usage, moment, None), rel=Decimal("1e-20")), model.id
        compared += 1
    assert compared > 3


def test_batch_prices_are_taken_where_they_are_told_and_never_made_up() -> None:
    moment = datetime(2026, 11, 21, tzinfo=UTC)
    usage = Usage(input_tokens=300_000, cached_tokens=100_000, output_tokens=1_000)
    told = 0
    for vendor in ("openai", "anthropic", "google"):
        for model in next(one for one in get_snapshot().providers if one.id == vendor).models:
            facts = GENAI.about(vendor, model.id)
            if facts is None or facts.price is None or set(facts.price.further) & {*OTHERS}:
                continue
            rates = facts.price.batch_rates(moment, usage.input_tokens)
            variants = [one for one in model.price_variants or () if one.when == {"processing": "batch"}]
            assert (rates is None) == (not variants)
            if rates is not None and rates.output is not None:
                expected = theirs(vendor, model.id, usage, moment, {"processing": "batch"})
                assert rates.cost_nusd(usage) == expected, model.id
                told += 1
    assert told > 20


@pytest.mark.parametrize("way", ["flex", "priority", "fast"])
def test_other_ways_to_be_served_cost_what_the_library_says(way: str) -> None:
    moment = datetime(2026, 11, 21, tzinfo=UTC)
    usage = Usage(input_tokens=10_000, cached_tokens=1_000, output_tokens=500)
    told = 0
    for vendor, context in (("openai", "service_tier"), ("google", "service_tier"), ("anthropic", "speed")):
        for model in next(one for one in get_snapshot().providers if one.id == vendor).models:
            facts = GENAI.about(vendor, model.id)
            if facts is None or facts.price is None or way not in dict(facts.price.served):
                continue
            rates = facts.price.period(moment, way).tier(usage.input_tokens).rates
            assert rates.cost_nusd(usage) == theirs(vendor, model.id, usage, moment, {context: way}), model.id
            told += 1
    assert told > 3


def test_sound_and_pictures_cost_what_the_library_says() -> None:
    moment = datetime(2026, 11, 21, tzinfo=UTC)
    heard = Billing(input_audio_tokens=700, cached_audio_tokens=200, output_image_tokens=30, output_audio_tokens=40)
    usage = Usage(input_tokens=1_000, cached_tokens=250, output_tokens=100, billing=heard)
    told = 0
    for provider in get_snapshot().providers:
        for model in provider.models:
            facts = GENAI.about(provider.id, model.id)
            if facts is None or facts.price is None or set(facts.price.further) & {*OTHERS}:
                continue
            rates = facts.price.rates(moment, usage.input_tokens)
            if rates.output is None or (rates.input_audio is None and rates.output_image is None):
                continue
            expected = get_snapshot().calc(
                TheirUsage(
                    input_tokens=1_000,
                    cache_read_tokens=250,
                    output_tokens=100,
                    input_audio_tokens=700,
                    cache_audio_read_tokens=200,
                    output_image_tokens=30,
                    output_audio_tokens=40,
                ),
                model.id,
                provider.id,
                None,
                moment,
                None,
            )
            assert rates.cost_nusd(usage) == Fraction(expected.total_price) * NUSD, model.id
            told += 1
    assert told > 5


@pytest.mark.parametrize(("vendor", "model"), [("openai", "no-such-model"), ("nobody", "gpt-5"), ("", "")])
def test_what_a_library_does_not_know_it_does_not_say(vendor: str, model: str) -> None:
    assert [source.about(vendor, model) for source in (GENAI, litellm.open_source(), models_dev.open_source())] == [
        None,
        None,
        None,
    ]


def test_a_name_with_a_date_is_its_model_and_says_so() -> None:
    facts = litellm.open_source().about("openai", "gpt-5-2099-01-01")
    assert facts is not None
    assert facts.matched == "gpt-5"


@pytest.mark.parametrize("source", [litellm.open_source(), models_dev.open_source()], ids=lambda one: one.name)
def test_every_vendored_row_can_be_read_and_no_price_is_zero_in_silence(source: FactsFile) -> None:
    assert source.licence == "MIT"
    read = 0
    for vendor, models in source.models.items():
        for model in models:
            facts = source.about(vendor, model)
            assert facts is not None
            assert facts.matched == model.lower()
            if facts.price is not None:
                rates = facts.price.periods[0].tiers[0].rates
                assert rates.input or model.endswith(":free"), model
            read += 1
    assert read > 500


def test_both_give_the_window_abilities_price_and_dates_of_a_model() -> None:
    prices = litellm.open_source().about("openai", "gpt-5")
    abilities = models_dev.open_source().about("openai", "gpt-5")
    assert prices is not None
    assert abilities is not None
    assert prices.price is not None
    assert prices.retires_on is not None
    assert abilities.context_tokens == 400_000
    assert abilities.input_modalities == ("text", "image")
    assert abilities.tools is abilities.reasoning is True
    assert abilities.knowledge_cutoff == "2024-09-30"
    known = GENAI.about("openai", "gpt-5")
    assert known is not None
    assert known.price is not None
    moment = datetime(2026, 11, 21, tzinfo=UTC)
    assert known.price.rates(moment, 1).input == prices.price.rates(moment, 1).input == 1_250_000_000


def test_the_vendored_files_have_a_line_a_model() -> None:
    for name in ("litellm", "models_dev"):
        text = (FOLDER / f"{name}.json").read_text("utf-8")
        assert len(text.splitlines()) > sum(len(models) for models in json.loads(text)["models"].values())
