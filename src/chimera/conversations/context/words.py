"""Words of a text, brought to a form in which they can be compared. Pure."""

import re
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")
# Written without spaces between words: a word of theirs is nearly always found by pairs of characters.
_UNSPACED: Final = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_EMPTY: Final = frozenset({
    "a", "about", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by", "can",
    "could", "did", "do", "does", "doing", "for", "from", "get", "had", "has", "have", "he", "her", "hers", "him",
    "his", "how", "i", "if", "in", "into", "is", "it", "its", "just", "kind", "like", "m", "many", "me", "might",
    "much", "my", "of", "on", "or", "our", "out", "s", "she", "so", "some", "such", "t", "than", "that", "the",
    "their", "them", "then", "there", "these", "they", "this", "to", "type", "was", "we", "were", "what", "when",
    "where", "which", "who", "whom", "whose", "why", "will", "with", "would", "you", "your", "re", "ve", "d", "ll",
    "don", "didn",
})  # fmt: skip
_SHORTEST_STEM: Final = 3
_ENDINGS: Final = ("ingly", "edly", "ments", "ment", "ness", "ings", "ing", "ies", "ied", "ed", "es", "ly", "s", "e")
_DOUBLED: Final = frozenset("bdgmnprt")


def words_of(text: str) -> list[str]:
    """Every word that says something, cut to its stem; runs of scripts without spaces as pairs of characters."""
    found: list[str] = []
    for match in _WORD.finditer(text.casefold()):
        word = match.group()
        if word.isascii():
            if word not in _EMPTY:
                found.append(stem(word))
        elif _UNSPACED.search(word):
            found += _pairs(word)
        else:
            found.append(word)
    return found


def stem(word: str) -> str:
    """An English word without its ending, roughly: `painted` and `paintings` are both `paint`."""
    if not word.endswith(_ENDINGS):
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM and not word.endswith("ss"):
            bare = word[: -len(ending)]
            if ending in {"ies", "ied"}:
                return bare + "y"
            if ending in {"ing", "ings", "ed"} and bare[-1] == bare[-2] and bare[-1] in _DOUBLED:
                return bare[:-1]
            return bare.removesuffix("e")
    return word


def _pairs(word: str) -> list[str]:
    return [word[place : place + 2] for place in range(len(word) - 1)] or [word]
