"""How likely a known answer is to be right, learned of one tenant: an online logistic regression. Pure.

Every label moves the weights by one step of Newton's method on the posterior (a Kalman filter for the logit), so that
there is no learning rate to tune and the first hundred labels count.
"""

import math
from collections.abc import Sequence

from msgspec import Struct, field

FEATURES = ("one", "cosine", "margin", "votes", "share", "overlap", "oddity", "length")
# A cosine near 1 that stands well above the best different answer and has its neighbours' votes is probably right.
_PRIOR = (-5.0, 4.0, 4.0, 2.0, 0.0, 1.0, 0.0, 0.0)
_DOUBT = 10.0
# What was learned long ago counts less: about as much as the last ten thousand labels.
_FADING = 1.0001


def _prior_spread() -> list[list[float]]:
    size = len(FEATURES)
    return [[_DOUBT if row == column else 0.0 for column in range(size)] for row in range(size)]


class Judgement(Struct):
    """Weights of the features, with their covariance."""

    weights: list[float] = field(default_factory=lambda: list(_PRIOR))
    spread: list[list[float]] = field(default_factory=_prior_spread)

    def logit(self, features: Sequence[float]) -> float:
        """Log odds that the answer is right."""
        return sum(weight * value for weight, value in zip(self.weights, features, strict=True))

    def learn(self, features: Sequence[float], right: bool) -> None:  # noqa: FBT001 - a label, not a switch
        chance = 1 / (1 + math.exp(-max(-30.0, min(30.0, self.logit(features)))))
        # At least this much is learned of what was thought certain.
        information = max(chance * (1 - chance), 1e-3)
        turned = [sum(cell * value for cell, value in zip(row, features, strict=True)) for row in self.spread]
        total = 1 / information + sum(value * cell for value, cell in zip(features, turned, strict=True))
        for row, left in enumerate(turned):
            for column, right_side in enumerate(turned):
                self.spread[row][column] = (self.spread[row][column] - left * right_side / total) * _FADING
            self.spread[row][row] = min(_DOUBT, self.spread[row][row])
        error = float(right) - chance
        for row, line in enumerate(self.spread):
            self.weights[row] += error * sum(cell * value for cell, value in zip(line, features, strict=True))
