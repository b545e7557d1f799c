"""Whether two answers say the same. Pure: likeness of their vectors is given."""

import re
from typing import Final

ALIKE: Final = 0.92
_LISTED = re.compile(r"^\s*(?:\d+[.)]|[-*\u2022])\s+", re.MULTILINE)
_NUMBER = re.compile(r"\d+(?:[.,:/]\d+)*")
_BETWEEN = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """The text without its layout."""
    return _BETWEEN.sub(" ", _LISTED.sub("", text)).strip().lower()


def alike(one: str, other: str, cosine: float) -> bool:
    """Whether the answers may stand for each other. In doubt they do not: that costs a call, never a wrong answer."""
    if plain(one) == plain(other):
        return True
    return cosine >= ALIKE and _numbers(one) == _numbers(other)


def _numbers(text: str) -> set[str]:
    return set(_NUMBER.findall(_LISTED.sub("", text)))
