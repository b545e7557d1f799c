"""From expectations to a choice: the cheapest model that is expected to answer well enough. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from msgspec import Struct

from chimera.gateway.telling import Alternative

_EVEN: Final = 1e-9


class Option(Struct, frozen=True, kw_only=True):
    """A candidate with what is expected of it for one question.

    Attributes:
        quality: Chance of a good answer.
        cost_nusd: `None` where no price is known: then it counts as the dearest.
    """

    model: str
    quality: float
    cost_nusd: int | None

    @property
    def dearness(self) -> tuple[bool, int]:
        return self.cost_nusd is None, self.cost_nusd or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What came of it.

    Attributes:
        tolerance: How far below the best was allowed.
    """

    chosen: Option
    best: Option
    cheapest: Option
    tolerance: float


def best_of(options: Sequence[Option]) -> Option:
    """The one that is expected to do best; the cheapest of several."""
    return min(options, key=lambda option: (-round(option.quality, 9), option.dearness))


def cheapest_of(options: Sequence[Option]) -> Option:
    """The cheapest; the best of several."""
    return min(options, key=lambda option: (option.dearness, -option.quality))


def choose(options: Sequence[Option], tolerance: float) -> Choice:
    """Take the cheapest of those that are expected to fall below the best by no more than the tolerance."""
    best = best_of(options)
    chosen = cheapest_of([option for option in options if option.quality >= best.quality - tolerance - _EVEN])
    return Choice(chosen=chosen, best=best, cheapest=cheapest_of(options), tolerance=tolerance)


def standing_in(options: Sequence[Option], chosen: Option) -> tuple[Option, ...]:
    """The others, best first, those of other providers before those of the chosen one's: it may be what fails."""
    provider = chosen.model.partition("/")[0]
    others = [option for option in options if option.model != chosen.model]
    return tuple(sorted(others, key=lambda one: (one.model.partition("/")[0] == provider, -one.quality, one.dearness)))


def why_not(option: Option, choice: Choice) -> Alternative:
    """An option that was not chosen, with the reason."""
    behind = choice.best.quality - option.quality
    chosen = choice.chosen
    if behind > choice.tolerance + _EVEN:
        why = f"Expected {behind:.0%} below the best; {choice.tolerance:.0%} is allowed."
    elif option.cost_nusd is None:
        why = "Its price is unknown."
    elif chosen.cost_nusd and option.cost_nusd > chosen.cost_nusd:
        times = option.cost_nusd / chosen.cost_nusd
        why = f"Costs {times:.1f} times as much for {option.quality - chosen.quality:+.0%}."
    elif option.cost_nusd > (chosen.cost_nusd or 0):
        why = "Costs more."
    else:
        why = "The other one is preferred here."
    return Alternative(model=option.model, quality=round(option.quality, 3), cost_nusd=option.cost_nusd, why=why)
