"""What could be saved, computed from a ledger at prices that are known."""

from dataclasses import dataclass
from datetime import timedelta

from tests.spend.pages import NOON, another_tenant, entry, write

from chimera.llm import Usage as Tokens
from chimera.spend.analytics.folding import of_tenant
from chimera.spend.analytics.recommending import Recommendation, Recommending
from chimera.spend.analytics.usage import Usage
from chimera.store import Database

CALLS = 20
RATES = {"openai/gpt-5": (1_000, 10_000), "openai/gpt-5-mini": (100, 1_000)}


@dataclass(frozen=True, slots=True)
class Listed:
    """Prices of a short list: nano-USD a token read and written; a tenth for what comes from the prompt cache."""

    def cost_nusd(self, model: str, tokens: Tokens, *, input_tokens: int) -> int | None:
        if model not in RATES:
            return None
        read, written = RATES[model]
        fresh = tokens.input_tokens - tokens.cached_tokens
        return fresh * read + tokens.cached_tokens * read // 10 + tokens.output_tokens * written


async def advice(database: Database, *groups: dict[str, object]) -> list[Recommendation]:
    tenant, user = await another_tenant(database)
    rows = [entry(tenant, user, **group) for group in groups for _ in range(CALLS)]
    await write(database, *rows)
    now = lambda: NOON + timedelta(hours=1)  # noqa: E731 - a clock
    usage = Usage(database=database, clock=now)
    return await Recommending(usage=usage, quotes=Listed(), clock=now).recommend(of_tenant(tenant))


async def test_short_calls_are_advised_to_go_to_a_cheaper_model_that_is_used_anyway(database: Database) -> None:
    dear, cheap = {"model": "gpt-5", "cost_nusd": 120_000}, {"model": "gpt-5-mini", "cost_nusd": 12_000}
    (told,) = await advice(database, dear, cheap)
    assert (told.kind, told.model, told.alternative) == (
        "cheaper_model_for_short_calls",
        "openai/gpt-5",
        "openai/gpt-5-mini",
    )
    assert (told.calls, told.spent_nusd, told.saves_nusd) == (CALLS, CALLS * 120_000, CALLS * (120_000 - 12_000))
    assert await advice(database, dear) == []  # nobody uses the other
    assert await advice(database, dear, {"model": "unpriced", "cost_nusd": 1}) == []


async def test_long_prompts_that_come_little_from_the_cache_are_advised_to_be_arranged(database: Database) -> None:
    long = {"model": "gpt-5", "input_tokens": 20_000, "tokens": 20_010, "cost_nusd": 20_100_000}
    (told,) = await advice(database, long)
    assert (told.kind, told.model, told.calls) == ("prompt_cache", "openai/gpt-5", CALLS)
    assert told.saves_nusd == CALLS * 10_000 * 900
    assert await advice(database, long | {"cached_tokens": 10_000}) == []
    assert await advice(database, long | {"model": "unpriced"}) == []
