"""In which order the models of a deployment are asked: by weight, by calls in flight, or by latency."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import assert_never

from chimera.gateway.names import Share, Strategy, drawn
from chimera.gateway.resilience.load import Loads

_EXPLORED = 0.05


@dataclass(frozen=True, slots=True)
class Balancer:
    """What is known of the targets, turned into an order.

    Whatever the strategy, a model without a weight only stands in, and one that rests (it asked for a pause, or its
    circuit is open) comes last of all.

    Attributes:
        loads: `None` knows of no target how it is doing: then weights alone count.
    """

    loads: Loads | None = None

    def order(self, shares: Sequence[Share], strategy: Strategy, random: Random) -> list[str]:
        """The models, best first."""
        by_weight = drawn(shares, random)
        loads = self.loads
        if loads is None or len(by_weight) < 2:
            return by_weight
        standing_in = {share.model for share in shares if not share.weight}
        match strategy:
            case "weighted":
                chosen = by_weight
            case "least_busy":
                weights = {share.model: max(1, share.weight) for share in shares}
                chosen = sorted(by_weight, key=lambda model: loads.of(model).in_flight / weights[model])
            case "latency":
                chosen = self._quick_first(by_weight, standing_in, loads, random)
            case _:
                assert_never(strategy)
        return sorted(chosen, key=lambda model: (loads.is_resting(model), model in standing_in))

    def _quick_first(self, by_weight: list[str], standing_in: set[str], loads: Loads, random: Random) -> list[str]:
        """The better of two that were drawn by weight, then the others from quick to slow.

        Two choices instead of the quickest of all keep a herd from running to one target at once (Mitzenmacher, The
        power of two choices in randomized load balancing, 2001). One call in twenty goes where the draw says, so that
        nobody is forgotten.
        """
        if random.random() < _EXPLORED:
            return by_weight
        now = loads.clock()
        drawn_two = [model for model in by_weight if model not in standing_in and not loads.is_resting(model)][:2]
        first = min(drawn_two or by_weight, key=lambda model: loads.of(model).cost(now))
        others = sorted((model for model in by_weight if model != first), key=lambda model: loads.of(model).cost(now))
        return [first, *others]
