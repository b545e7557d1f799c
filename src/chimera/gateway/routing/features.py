"""What a question looks like: counts of numbers, sentences and words that make it hard or easy. Nothing is loaded."""

import math
import re
from collections.abc import Sequence

# The end of a long text says most about what is asked; so much takes less than a millisecond.
_LONGEST = 4_000
_MOST = 3.0
_WORD = re.compile(r"[A-Za-z']+")
_NUMBER = re.compile(r"\d[\d,]*\.?\d*")
# Only where a number begins: else thousands of digits are tried from each of them on.
_FRACTION = re.compile(r"(?<!\d)\d+/\d+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+")
_NUMERALS = frozenset(
    [
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "twelve",
        "twenty",
        "thirty",
        "hundred",
        "dozen",
        "half",
        "twice",
        "third",
        "quarter",
        "double",
        "triple",
    ]
)
# Each is a feature: how often one of its words occurs, up to three times.
_MARKS = tuple(
    re.compile(rf"\b(?:{words})")
    for words in (
        "each",
        "every",
        "per",
        "if",
        "than",
        "more",
        "less",
        "fewer",
        "half",
        "twice",
        "times",
        "third",
        "quarter",
        "percent",
        "dollar",
        "hour|minute|second",
        "day|week|month|year",
        "left|remain",
        "total|altogether|combined",
        "average",
        "after|then|before|first",
        "how many",
        "how much",
        "what",
        "ratio",
        "rest",
        "same",
        "only|except",
        "older|younger|age",
        "speed|mile|km",
        "sell|sold|buy|bought|cost|price",
        "original",
        "increase|decrease|discount|off",
        "times as|twice as",
        "some|number of",
        "needs?|must|want",
        "and",
        "but",
        "while|instead|however",
    )
)
_OPENINGS = ("how many", "how much", "what", "if")


def features(text: str) -> list[float]:
    """A vector of the question, always of the same length. A text of any kind has one."""
    text = text[-_LONGEST:].strip()
    lower = text.lower()
    words = _WORD.findall(lower)
    numbers = _numbers(text)
    sentences = [one for one in _SENTENCE.split(text) if one] or [""]
    last = sentences[-1].lower()
    return [
        *_sizes(text, words, sentences),
        *_quantities(text, words, numbers, len(sentences)),
        *(min(_MOST, float(len(mark.findall(lower)))) for mark in _MARKS),
        *(float(last.startswith(opening)) for opening in _OPENINGS),
        float(any(letter.isdigit() for letter in last)),
    ]


def _sizes(text: str, words: Sequence[str], sentences: Sequence[str]) -> list[float]:
    lengths = [len(one.split()) for one in sentences]
    letters = sum(map(len, words))
    return [
        math.log1p(len(words)),
        len(words) / 50,
        float(len(sentences)),
        float(max(lengths)),
        sum(lengths) / len(lengths),
        float(lengths[-1]),
        letters / max(1, len(words)),
        len(set(words)) / max(1, len(words)),
        float(len(set(_NAME.findall(text)))),
        float(text.count(",")),
        float(text.count("?")),
    ]


def _quantities(text: str, words: Sequence[str], numbers: Sequence[float], sentences: int) -> list[float]:
    numerals = sum(word in _NUMERALS for word in words)
    quantities = len(numbers) + numerals
    return [
        float(quantities),
        float(len(numbers)),
        float(numerals),
        float(len(set(numbers))),
        math.log1p(max(numbers, default=0.0)),
        math.log1p(min(numbers, default=0.0)),
        float(sum(not number.is_integer() for number in numbers)),
        float(len(_FRACTION.findall(text))),
        float(text.count("%")),
        float(text.count("$")),
        quantities / sentences,
        len(words) / max(1, quantities),
        sum(math.log(min(max(number, 1.0), 10_000.0)) for number in numbers[:8]),
    ]


def _numbers(text: str) -> list[float]:
    found = (digits.replace(",", "")[:15] for digits in _NUMBER.findall(text))
    return [float(digits) for digits in found if digits.strip(".")]
