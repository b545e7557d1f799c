"""What a request would cost, told before it is sent."""

from dataclasses import dataclass
from datetime import datetime

from chimera.gateway.call import Target
from chimera.gateway.metering.extent import bounded
from chimera.gateway.metering.tariff import USUAL_OUTPUT, Tariff
from chimera.gateway.tokens import Factors, count
from chimera.llm import Request, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """For one attempt at one model.

    Attributes:
        is_exact: Whether the input was counted with the model's own vocabulary.
        likely_output_tokens: What answers of this model have had lately, of as many choices as are asked for.
        worst_output_tokens: What it may write at most.
        likely_nusd: `None` where no price is known; so is the next.
        worst_nusd: What would be held in budgets, or less.
        price: See `receipt`; empty where none is known.
    """

    input_tokens: int
    is_exact: bool
    likely_output_tokens: int
    worst_output_tokens: int
    likely_nusd: int | None
    worst_nusd: int | None
    price: str = ""


def estimated(asked: Request, target: Target, tariff: Tariff | None, factors: Factors, moment: datetime) -> Estimate:
    """Estimate it; may load a vocabulary, so call it outside the event loop."""
    extent, counted = bounded(asked, target), count(asked, target.model, factors)
    usual = round(tariff.usual_output) if tariff else USUAL_OUTPUT
    likely = min(usual * extent.choices, extent.output_tokens)
    told = Estimate(
        input_tokens=counted.tokens,
        is_exact=counted.exact,
        likely_output_tokens=likely,
        worst_output_tokens=extent.output_tokens,
        likely_nusd=None,
        worst_nusd=None,
    )
    if tariff is None:
        return told
    charged = tariff.charge(Usage(input_tokens=counted.tokens, output_tokens=likely), moment)
    return Estimate(
        input_tokens=told.input_tokens,
        is_exact=told.is_exact,
        likely_output_tokens=likely,
        worst_output_tokens=told.worst_output_tokens,
        likely_nusd=charged.cost_nusd,
        worst_nusd=tariff.worst_nusd(
            min(counted.at_most, extent.input_tokens), extent.output_tokens, moment, extent.ask
        ),
        price=charged.price,
    )
