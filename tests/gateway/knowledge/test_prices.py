"""Prices are exact, and an unknown one is never taken for nothing."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chimera.gateway.knowledge import FREE, Period, Price, Rates, Tier, flat
from chimera.kit.money import NUSD
from chimera.llm import Usage

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SONNET = Rates(
    input=3 * NUSD,
    output=15 * NUSD,
    cached_input=3 * NUSD // 10,
    cache_write=375 * NUSD // 100,
    cache_write_1h=6 * NUSD,
)


def test_each_kind_of_token_has_its_rate() -> None:
    usage = Usage(
        input_tokens=1_000_000,
        cached_tokens=200_000,
        cache_write_tokens=300_000,
        cache_write_1h_tokens=100_000,
        output_tokens=100_000,
    )
    usd = Fraction("0.5") * 3 + Fraction("0.2") * Fraction("0.3") + Fraction("0.2") * Fraction("3.75")
    usd += Fraction("0.1") * 6 + Fraction("0.1") * 15
    assert SONNET.cost_nusd(usage) == usd * NUSD


def test_what_has_no_rate_of_its_own_costs_what_its_kind_does() -> None:
    usage = Usage(input_tokens=10, cached_tokens=3, cache_write_tokens=4, cache_write_1h_tokens=2)
    assert Rates(input=NUSD, output=0).cost_nusd(usage) == Fraction(10 * NUSD, 1_000_000)
    dearer = Rates(input=NUSD, cache_write=2 * NUSD)
    assert dearer.cost_nusd(usage) == Fraction((6 + 4 * 2) * NUSD, 1_000_000)


@pytest.mark.parametrize("rates", [Rates(), Rates(input=NUSD), Rates(output=NUSD)])
def test_an_unknown_rate_that_is_needed_makes_the_cost_unknown(rates: Rates) -> None:
    assert rates.cost_nusd(Usage(input_tokens=1, output_tokens=1)) is None
    assert rates.cost_nusd(Usage()) == 0


def test_only_what_is_known_to_cost_nothing_is_free() -> None:
    assert FREE.free
    assert not flat(Rates()).free
    assert not flat(Rates(input=0, output=1)).free
    assert not Price(periods=FREE.periods, further=("requests_kcount",)).free
    ends = Price(periods=(*FREE.periods, *flat(SONNET).periods))
    assert not ends.free


def test_a_long_prompt_reaches_the_tier_above_its_limit() -> None:
    tiers = (Tier(rates=Rates(input=1)), Tier(rates=Rates(input=2), above_tokens=200_000))
    price = Price(periods=(Period(tiers=tiers),))
    found = [price.rates(NOON, tokens).input for tokens in (0, 200_000, 200_001, 10**9)]
    assert found == [1, 1, 2, 2]


def named(input_nusd: int) -> tuple[Tier, ...]:
    return (Tier(rates=Rates(input=input_nusd)),)


def test_the_last_period_that_holds_counts() -> None:
    price = Price(
        periods=(
            Period(tiers=named(1)),
            Period(tiers=named(2), since=date(2026, 12, 1)),
            Period(tiers=named(3), hours=(22 * 60, 2 * 60)),
        )
    )
    found = {
        (month, hour): price.rates(datetime(2026, month, 1, hour, tzinfo=UTC), 1).input
        for month in (11, 12)
        for hour in (1, 2, 12, 22, 23)
    }
    assert found == {(month, hour): 3 if hour in {1, 22, 23} else month - 10 for month, hour in found}


def test_no_batch_price_is_not_the_price_of_others() -> None:
    assert flat(SONNET).batch_rates(NOON, 1) is None
    begun = Price(periods=flat(SONNET).periods, batch=(Period(tiers=named(5), since=date(2026, 12, 1)),))
    assert begun.batch_rates(NOON, 1) is None
    assert begun.batch_rates(datetime(2026, 12, 1, tzinfo=UTC), 1) == Rates(input=5)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**13), st.integers(0, 10**13))
def test_cost_is_never_rounded(into: int, out: int, rate_in: int, rate_out: int) -> None:
    cost = Rates(input=rate_in, output=rate_out).cost_nusd(Usage(input_tokens=into, output_tokens=out))
    assert cost is not None
    assert cost * 1_000_000 == into * rate_in + out * rate_out
