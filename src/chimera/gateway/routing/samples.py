"""What is kept of a decision: numbers and names, no text. For feedback, and for replaying it with another dial."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from typing import Final
from uuid import UUID

from msgspec import Struct

from chimera.gateway.routing.dial import tolerance
from chimera.gateway.routing.weighing import Option, best_of, cheapest_of, choose

MOST_REPLAYED: Final = 2_000


class Sample(Struct, frozen=True, kw_only=True):
    """One decision and what became of it.

    Attributes:
        chosen: The model that the call went to.
        options: All candidates, with what was expected of each.
        outcome: `ok`, an error's code, or `abandoned`.
        good: What somebody said of the answer; `None` while nobody did.
    """

    call_id: UUID
    at: datetime
    task: str
    dial: float
    chosen: str
    options: tuple[Option, ...]
    outcome: str = "ok"
    good: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What a way to choose comes to, on average a call.

    Attributes:
        quality: Expected share of good answers.
        cost_nusd: Of the calls whose price is known.
        models: How many calls go to each.
    """

    quality: float
    cost_nusd: int
    models: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """The same calls chosen in two ways.

    Attributes:
        calls: How many could be replayed: those that had one of the candidates.
    """

    calls: int
    now: Outlook
    then: Outlook


def replay(samples: Sequence[Sample], dial: float, candidates: Collection[str]) -> Replay:
    """Choose again what was recorded, with another dial and other candidates; nobody is asked.

    Args:
        samples: What was recorded.
        dial: The one to try.
        candidates: Ids of the models that may be chosen; empty for those that could be at the time.
    """
    kept = [(sample, left) for sample in samples if (left := _left(sample, candidates))]
    gains = [best_of(left).quality - cheapest_of(left).quality for _, left in kept]
    allowed = tolerance(gains, dial)
    now = [_chosen(sample) for sample, _ in kept]
    then = [choose(left, allowed).chosen for _, left in kept]
    return Replay(calls=len(kept), now=_outlook(now), then=_outlook(then))


def _left(sample: Sample, candidates: Collection[str]) -> list[Option]:
    return [option for option in sample.options if not candidates or option.model in candidates]


def _chosen(sample: Sample) -> Option:
    return next(option for option in sample.options if option.model == sample.chosen)


def _outlook(chosen: Sequence[Option]) -> Outlook:
    models: dict[str, int] = {}
    for option in chosen:
        models[option.model] = models.get(option.model, 0) + 1
    costs = [option.cost_nusd for option in chosen if option.cost_nusd is not None]
    return Outlook(
        quality=round(fmean(option.quality for option in chosen), 4) if chosen else 0.0,
        cost_nusd=round(fmean(costs)) if costs else 0,
        models=dict(sorted(models.items(), key=lambda item: (-item[1], item[0]))),
    )
