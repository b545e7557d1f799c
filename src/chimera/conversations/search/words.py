"""Words of a text as search compares them, with where they stand. Pure.

Case, diacritics and variants of width are folded. Scripts without spaces between words go by pairs of characters.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

LONGEST: Final = 40
_UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_MARKS: Final = "\u0300-\u036f"
LETTER: Final = rf"[^\W_{_UNSPACED}]"
_TOKEN: Final = re.compile(rf"([{_UNSPACED}]+)|(?:{LETTER}|[{_MARKS}])+")
_ASCII: Final = re.compile(r"[^\W_]+")
_IS_UNSPACED: Final = re.compile(rf"[{_UNSPACED}]")
_MARK: Final = re.compile(rf"[{_MARKS}]+")


class Word(NamedTuple):
    """A folded word, and where it stands in the text."""

    text: str
    begin: int
    end: int


def folded(text: str) -> str:
    """The form in which words are compared: `Straße` is `strasse`, `Café` is `cafe`."""
    if text.isascii():
        return text.lower()
    bare = _MARK.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFC", bare).casefold()


def words(text: str) -> Iterator[Word]:
    """Every word. A run without spaces gives its pairs, and its last character alone."""
    if text.isascii():
        for match in _ASCII.finditer(text.lower()):
            yield Word(match.group()[:LONGEST], *match.span())
        return
    for match in _TOKEN.finditer(text):
        begin, end = match.span()
        if match.group(1) is None:
            word = folded(match.group())[:LONGEST]
            if word:
                yield Word(word, begin, end)
            continue
        for place in range(begin, end):
            last = min(place + 2, end)
            yield Word(folded(text[place:last]), place, last)


def terms_of(text: str) -> list[str]:
    """The words alone, several times as fast where all is ASCII."""
    if text.isascii():
        return [word[:LONGEST] for word in _ASCII.findall(text.lower())]
    return [word.text for word in words(text)]


def is_unspaced(word: str) -> bool:
    """Whether it is of a script that is written without spaces."""
    return _IS_UNSPACED.match(word) is not None
