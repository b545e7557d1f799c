"""Which earlier passages a question is about: words and meaning, together. Pure.

Scores of words (BM25) and of meaning (cosine) are made comparable by their spread and added; what stands beside a good
passage, or in the same sitting, is better for it, because people speak of one thing for a while.
"""

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul
from statistics import fmean
from typing import Final

from chimera.conversations.context.words import words_of

_SATURATION: Final = 1.2
_LENGTH: Final = 0.4
_ROUNDING: Final = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What each sign counts for, in standard deviations of its own; fitted to five conversations of LoCoMo.

    Attributes:
        neighbour: Of the passages right before and after.
        further: Of those before and after these, which the same speaker said more often than not.
        sitting: Of the best passage of the same sitting.
        speaker: Of being said by somebody whom the question names.
        recent: Of the newest passage against the oldest: decides between two that say the same.
    """

    words: float = 1.0
    meaning: float = 1.0
    neighbour: float = 0.25
    further: float = 0.2
    sitting: float = 0.2
    speaker: float = 1.0
    recent: float = 0.1


WEIGHTS: Final = Weights()


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of an earlier message.

    Attributes:
        message: Place of the message in the path.
        sitting: Number of the sitting in which it was said.
        vector: Of its meaning, a signed byte a dimension; empty where there is none.
    """

    text: str
    message: int
    sitting: int = 0
    speaker: str = ""
    vector: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is looked for.

    Attributes:
        vector: As a passage's; empty where meaning cannot be compared.
    """

    text: str
    speakers: frozenset[str] = frozenset()
    vector: bytes = b""


def scores(passages: Sequence[Passage], query: Query, weights: Weights = WEIGHTS) -> list[float]:
    """How likely each passage is what the question is about; higher is likelier, nothing else is said."""
    if not passages:
        return []
    by_words = spread(bm25([words_of(f"{one.speaker} {one.text}") for one in passages], words_of(query.text)))
    by_meaning = spread(_cosines(passages, query.vector)) if query.vector else [0.0] * len(passages)
    own = [
        weights.words * word
        + weights.meaning * meaning
        + weights.speaker * (passage.speaker in query.speakers)
        + weights.recent * place / len(passages)
        for place, (passage, word, meaning) in enumerate(zip(passages, by_words, by_meaning, strict=True))
    ]
    best: defaultdict[int, float] = defaultdict(lambda: -math.inf)
    for passage, score in zip(passages, own, strict=True):
        best[passage.sitting] = max(best[passage.sitting], score)
    beside = [0.0, 0.0, *own, 0.0, 0.0]
    return [
        score
        + weights.neighbour * (beside[place + 1] + beside[place + 3])
        + weights.further * (beside[place] + beside[place + 4])
        + weights.sitting * best[passage.sitting]
        for place, (passage, score) in enumerate(zip(passages, own, strict=True))
    ]


def bm25(documents: Sequence[Sequence[str]], question: Sequence[str]) -> list[float]:
    """Score documents by a question's words.

    https://en.wikipedia.org/wiki/Okapi_BM25, with the smoothed weight of a word that is never negative.
    """
    wanted = set(question)
    none = Counter[str]()  # most documents share no word with a question
    counts = [
        none if wanted.isdisjoint(document) else Counter(word for word in document if word in wanted)
        for document in documents
    ]
    holding = Counter(word for count in counts for word in count)
    number, usual = len(documents), fmean(map(len, documents)) or 1.0
    weight = {word: math.log(1 + (number - held + 0.5) / (held + 0.5)) for word, held in holding.items()}
    return [
        sum(
            weight[word] * times * (_SATURATION + 1)
            / (times + _SATURATION * (1 - _LENGTH + _LENGTH * len(document) / usual))
            for word, times in count.items()
        )
        for document, count in zip(documents, counts, strict=True)
    ]  # fmt: skip


def _cosines(passages: Sequence[Passage], vector: bytes) -> list[float | None]:
    asked = array("b", vector)
    return [
        sum(map(mul, array("b", one.vector), asked)) if len(one.vector) == len(vector) else None for one in passages
    ]


def spread(values: Sequence[float | None]) -> list[float]:
    """In standard deviations from the mean; what is not known is the mean."""
    known = [value for value in values if value is not None]
    if not known:
        return [0.0] * len(values)
    mean = fmean(known)
    # `pstdev` computes in fractions, which takes long; what is left where all are alike is the rounding of the mean.
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in known) / len(known))
    if deviation <= abs(mean) * _ROUNDING:
        return [0.0] * len(values)
    return [0.0 if value is None else (value - mean) / deviation for value in values]
