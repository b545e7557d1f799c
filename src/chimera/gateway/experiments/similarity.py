"""How alike two answers are, by their words. Pure."""

import math
import re
from collections import Counter

_WORD = re.compile(r"\w+", re.UNICODE)
_LONGEST = 20_000


def similarity(one: str, other: str) -> float:
    """Cosine of the counts of words, 0 to 1; two empty answers are alike."""
    mine, theirs = _words(one), _words(other)
    if not mine or not theirs:
        return 1.0 if not mine and not theirs else 0.0
    product = sum(count * theirs[word] for word, count in mine.items())
    return min(1.0, product / (_length(mine) * _length(theirs)))


def _words(text: str) -> Counter[str]:
    return Counter(match.group().casefold() for match in _WORD.finditer(text[:_LONGEST]))


def _length(words: Counter[str]) -> float:
    return math.sqrt(sum(count * count for count in words.values()))
