"""How much a better model would add to the answer of one question: two linear heads over what the question looks like.

`weights.json` is made by `tools/train_router.py`, which says from what. Plain numbers, read at the first question.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from chimera.gateway.routing.features import features
from chimera.gateway.routing.tasks import Task

WEIGHTS: Final = Path(__file__).with_name("weights.json")
_FURTHEST = 4.0
# Half a millisecond's work, a millisecond's in Chinese.
_EMBEDDED = 1_000
# The heads were fitted to questions of one kind. Elsewhere what they say was measured to be little better than chance
# (an APGR of 0.55 where they were fitted to maths and asked about MMLU), so there it counts for little.
_AWAY_FROM_HOME = 0.2


class Head(Struct, frozen=True, kw_only=True):
    """One linear model: the chance of a good answer is `bias` + the inputs' distance from their means x weights.

    Attributes:
        means: Of the inputs where it was fitted.
        scales: What an input's distance from its mean is divided by.
    """

    means: list[float]
    scales: list[float]
    weak: list[float]
    strong: list[float]

    def deviations(self, inputs: Sequence[float]) -> tuple[float, float]:
        """How far the chances of the weak and the strong model lie from their averages."""
        weak = strong = 0.0
        for value, mean, scale, of_weak, of_strong in zip(
            inputs, self.means, self.scales, self.weak, self.strong, strict=True
        ):
            distance = min(max((value - mean) / scale, -_FURTHEST), _FURTHEST)
            weak += distance * of_weak
            strong += distance * of_strong
        return weak, strong


class Weights(Struct, frozen=True, kw_only=True):
    """Everything that was learned.

    Attributes:
        source: What it was learned from, and when.
        task: The kind of the questions.
        weak: Average share of good answers of the weak model, and so of the strong one.
        embedder: Id of the embedding model whose vectors `full` takes after the features.
        lexical: For questions without a vector.
        gaps: Quantiles of the predicted gain, as a share of the average gain, from the least to the most.
    """

    source: str
    task: Task
    weak: float
    strong: float
    embedder: str
    lexical: Head
    full: Head
    gaps: list[float]


class Difficulty(Struct, frozen=True, kw_only=True):
    """How one question shifts the chances of models.

    Attributes:
        weak: Shift for a model as able as the weak one of the weights, and so `strong`.
        able: Abilities of those two.
        trust: How much of the shift is believed, 0 to 1.
    """

    weak: float
    strong: float
    able: tuple[float, float]
    trust: float

    def expected(self, ability: float) -> float:
        """Chance of a good answer from a model that gives so many on average; models between the two lie between."""
        weak, strong = self.able
        place = min(max((ability - weak) / (strong - weak), -0.5), 1.5)
        shift = self.weak + place * (self.strong - self.weak)
        return min(max(ability + self.trust * shift, 0.01), 0.99)


@cache
def weights(path: Path = WEIGHTS) -> Weights:
    return msgspec.json.decode(path.read_bytes(), type=Weights)


def embedded(text: str) -> str:
    """The part of a question that the embedder looks at: its end, which says what is asked, where it is long."""
    return text.strip()[-_EMBEDDED:]


def difficulty_of(text: str, task: Task, learned: Weights, vector: Sequence[float] | None = None) -> Difficulty:
    """How hard a question is, in tens of microseconds. `vector` is the embedder's, where there is one."""
    inputs = features(text)
    head = learned.lexical if vector is None else learned.full
    weak, strong = head.deviations(inputs if vector is None else [*inputs, *vector])
    trust = 1.0 if task == learned.task else _AWAY_FROM_HOME
    return Difficulty(weak=weak, strong=strong, able=(learned.weak, learned.strong), trust=trust)
