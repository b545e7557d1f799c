"""Price lists of providers as they were in 2026, in USD for a million tokens."""

from datetime import UTC, datetime
from decimal import Decimal

from chimera.gateway.knowledge import Period, Price, Rates, Tier

NUSD = 1_000_000_000
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
NIGHT = datetime(2026, 11, 21, 18, tzinfo=UTC)


def usd(amount: str) -> int:
    """Of a rate."""
    return int(Decimal(amount) * NUSD)


def rates(**amounts: str) -> Rates:
    return Rates(**{name: usd(amount) for name, amount in amounts.items()})


def flat(**amounts: str) -> Price:
    return Price(periods=(Period(tiers=(Tier(rates=rates(**amounts)),)),))


GPT_5 = flat(input="1.25", cached_input="0.125", output="10", web_search="10000")
SONNET = Price(
    periods=(
        Period(
            tiers=(
                Tier(
                    rates=rates(
                        input="3",
                        cached_input="0.3",
                        cache_write="3.75",
                        cache_write_1h="6",
                        output="15",
                        web_search="10000",
                    )
                ),
                Tier(
                    above_tokens=200_000,
                    rates=rates(input="6", cached_input="0.6", cache_write="7.5", cache_write_1h="12", output="22.5"),
                ),
            )
        ),
    ),
    batch=(Period(tiers=(Tier(rates=rates(input="1.5", cached_input="0.15", output="7.5")),)),),
    served=(("fast", (Period(tiers=(Tier(rates=rates(input="18", output="90")),)),)),),
)
GEMINI_PRO = Price(
    periods=(
        Period(
            tiers=(
                Tier(rates=rates(input="1.25", cached_input="0.31", output="10", web_search="35000")),
                Tier(above_tokens=200_000, rates=rates(input="2.5", cached_input="0.625", output="15")),
            )
        ),
    )
)
TIERED = Price(
    periods=GPT_5.periods,
    served=(
        ("flex", (Period(tiers=(Tier(rates=rates(input="0.625", cached_input="0.0625", output="5")),)),)),
        ("priority", (Period(tiers=(Tier(rates=rates(input="2.5", cached_input="0.25", output="20")),)),)),
    ),
)
DEEPSEEK = Price(
    periods=(
        Period(tiers=(Tier(rates=rates(input="0.27", cached_input="0.07", output="1.10")),)),
        Period(tiers=(Tier(rates=rates(input="0.135", cached_input="0.035", output="0.55")),), hours=(990, 30)),
    )
)
