"""Usage as each provider sends it, through its wire to its cost, against the same computed by hand from price lists."""

from decimal import ROUND_CEILING, Decimal

import pytest
from tests.gateway.metering import cases_of_anthropic_gemini, cases_of_openai, cases_of_others
from tests.gateway.metering.price_lists import NOON, NUSD, flat
from tests.gateway.metering.told_usage import Case, message

from chimera.gateway.metering.receipt import recomputed
from chimera.gateway.metering.tariff import Tariff
from chimera.llm import Usage, UsageReported, sane
from chimera.wires.anthropic_messages.answer import decode_answer as anthropic_answer

CASES = cases_of_openai.CASES | cases_of_anthropic_gemini.CASES | cases_of_others.CASES


def priced(case: Case) -> tuple[Usage, int | None, str]:
    usage = sane([event.usage for event in case.decode(case.body) if isinstance(event, UsageReported)][-1])
    tariff = Tariff(price=case.price, source="a price list of 2026", discount_bp=case.discount_bp)
    charged = tariff.charge(usage, case.moment)
    return usage, charged.cost_nusd, charged.price


@pytest.mark.parametrize("name", CASES)
def test_the_cost_is_usage_times_price_to_the_nano_dollar(name: str) -> None:
    case = CASES[name]
    by_hand = sum((tokens * Decimal(rate) for tokens, rate in case.charged), Decimal(0)) / 1_000_000
    expected = Decimal(case.own_usd) if case.own_usd else by_hand * Decimal(case.factor)
    usage, cost, price = priced(case)
    assert cost == (expected * NUSD).to_integral_value(ROUND_CEILING)
    assert recomputed(usage, price) == cost
    for mark in case.marks:
        assert mark in price.split(" | ")[1].split(", ")


@pytest.mark.parametrize("name", CASES)
def test_an_entry_is_computed_again_from_its_columns_and_the_name_of_its_price_alone(name: str) -> None:
    usage, cost, price = priced(CASES[name])
    kept = Usage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cached_tokens=usage.cached_tokens,
        cache_write_tokens=usage.cache_write_tokens,
        cache_write_1h_tokens=usage.cache_write_1h_tokens,
    )
    assert recomputed(kept, price) == cost


def test_every_kind_of_provider_has_its_fixture() -> None:
    kinds = {"openai", "azure", "anthropic", "gemini", "deepseek", "openrouter", "ollama", "lmstudio", "local"}
    assert {case.provider for case in CASES.values()} == kinds | {"openai_compatible"}


def test_searches_without_a_price_are_marked() -> None:
    usage = Usage(input_tokens=1, output_tokens=1)
    body = message({"input_tokens": 1, "output_tokens": 1, "server_tool_use": {"web_search_requests": 3}})
    [told] = [event.usage for event in anthropic_answer(body) if isinstance(event, UsageReported)][-1:]
    charged = Tariff(price=flat(input="3", output="15"), source="s").charge(told, NOON)
    assert charged.price.endswith("unpriced=web_searches")
    assert charged.cost_nusd == recomputed(usage, charged.price) == 18_000
