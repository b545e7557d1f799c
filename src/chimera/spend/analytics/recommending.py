"""What could be saved, computed from the ledger and from what models cost now. Each says what it takes for granted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final, Literal, Protocol

from chimera.kit.scope import Scope
from chimera.llm import Usage as Tokens
from chimera.spend.analytics.repository import UsageEntries
from chimera.spend.analytics.sums import Grouping, Sums, Wanted
from chimera.spend.analytics.usage import Usage

PERIOD: Final = timedelta(days=30)
SHORT_TOKENS: Final = 1000
_LEAST_CALLS: Final = 20
_LEAST_SHARE: Final = Fraction(1, 20)
_LONG_PROMPT: Final = 1024
_CACHED_SHARE: Final = Fraction(1, 2)


class Quotes(Protocol):
    """Who knows what models cost now."""

    def cost_nusd(self, model: str, tokens: Tokens, *, input_tokens: int) -> int | None:
        """What tokens cost at the rates of a prompt of so many; `None` where the price is not known."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """One thing to do.

    Attributes:
        model: As `provider/model`; `None` where it is about all of them.
        outcome: Of the calls that it is about; `None` where it is about all of them.
        saves_nusd: In a period such as the one looked at.
        takes_for_granted: What must hold for that.
    """

    kind: Literal["cheaper_model_for_short_calls", "prompt_cache", "spent_for_nothing"]
    model: str | None = None
    alternative: str | None = None
    outcome: str | None = None
    calls: int
    spent_nusd: int
    saves_nusd: int
    takes_for_granted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommending:
    """Looks at the last 30 days of an organisation."""

    usage: Usage
    quotes: Quotes
    clock: Callable[[], datetime]

    async def recommend(self, scope: Scope) -> list[Recommendation]:
        """What could be saved, the most first."""
        now = self.clock()
        wanted = Wanted(since=now - PERIOD, until=now)
        models = await self._by_model(scope, wanted)
        async with self.usage.database.reading(scope) as tx:
            found = await UsageEntries(tx, scope).short(wanted, most_tokens=SHORT_TOKENS)
        short = {f"{keys[0]}/{keys[1]}": sums for keys, sums in found}
        outcomes = await self.usage.grouped(scope, wanted, Grouping(by="outcome"))
        told = [*self._cheaper(short, models), *self._cached(models)]
        told += _for_nothing({group.name or "": sums for group, sums in outcomes.items()})
        return sorted(told, key=lambda one: -one.saves_nusd)

    async def _by_model(self, scope: Scope, wanted: Wanted) -> Mapping[str, Sums]:
        groups = await self.usage.grouped(scope, wanted, Grouping(by="model"))
        return {group.name or "": sums for group, sums in groups.items()}

    def _cheaper(self, short: Mapping[str, Sums], models: Mapping[str, Sums]) -> list[Recommendation]:
        """Another model that the organisation uses anyway, for calls with few tokens."""
        told: list[Recommendation] = []
        for model, sums in short.items():
            if sums.requests < _LEAST_CALLS or not sums.cost_nusd:
                continue
            others = {other: self._cost(other, sums) for other in models if other != model}
            priced = {other: cost for other, cost in others.items() if cost is not None}
            best = min(priced, key=lambda other: priced[other], default=None)
            if best is None or sums.cost_nusd - priced[best] < sums.cost_nusd * _LEAST_SHARE:
                continue
            told.append(
                Recommendation(
                    kind="cheaper_model_for_short_calls",
                    model=model,
                    alternative=best,
                    calls=sums.requests,
                    spent_nusd=sums.cost_nusd,
                    saves_nusd=sums.cost_nusd - priced[best],
                    takes_for_granted=(
                        f"Calls of at most {SHORT_TOKENS} tokens are answered as well, with as many tokens, by "
                        f"{best}, which you use already, at its present price. Try it on some of them first."
                    ),
                )
            )
        return told

    def _cached(self, models: Mapping[str, Sums]) -> list[Recommendation]:
        """Long prompts of which little is read from the provider's prompt cache."""
        told: list[Recommendation] = []
        for model, sums in models.items():
            wanted = int(sums.input_tokens * _CACHED_SHARE)
            if sums.requests < _LEAST_CALLS or sums.input_tokens < _LONG_PROMPT * sums.requests:
                continue
            now, then = self._cost(model, sums), self._cost(model, sums, cached_tokens=wanted)
            if sums.cached_tokens >= wanted or now is None or then is None or then >= now:
                continue
            told.append(
                Recommendation(
                    kind="prompt_cache",
                    model=model,
                    calls=sums.requests,
                    spent_nusd=sums.cost_nusd,
                    saves_nusd=now - then,
                    takes_for_granted=(
                        "Half of the input is read from the provider's prompt cache, because what stays the same "
                        "(instructions, tools, documents) stands first; at present prices, writing not counted."
                    ),
                )
            )
        return told

    def _cost(self, model: str, sums: Sums, *, cached_tokens: int | None = None) -> int | None:
        tokens = Tokens(
            input_tokens=sums.input_tokens,
            output_tokens=sums.output_tokens,
            reasoning_tokens=sums.reasoning_tokens,
            cached_tokens=sums.cached_tokens if cached_tokens is None else cached_tokens,
        )
        return self.quotes.cost_nusd(model, tokens, input_tokens=sums.input_tokens // max(1, sums.requests))


def _for_nothing(outcomes: Mapping[str, Sums]) -> list[Recommendation]:
    """Money that went into answers that nobody got whole."""
    wasted = {outcome: sums for outcome, sums in outcomes.items() if outcome not in {"ok", "adjustment"}}
    return [
        Recommendation(
            kind="spent_for_nothing",
            outcome=outcome,
            calls=sums.requests,
            spent_nusd=sums.cost_nusd,
            saves_nusd=sums.cost_nusd,
            takes_for_granted=f"No attempt ends as `{outcome}` any more.",
        )
        for outcome, sums in wasted.items()
        if sums.cost_nusd > 0
    ]
