"""What is shown of a text that was found: a stretch of it, and where in it the words stand. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from chimera.conversations.search.query import Query
from chimera.conversations.search.words import LONGEST, Word, folded, words

_LENGTH: Final = 240
_BEFORE: Final = 60
_ONE: Final = r"[^\W_]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """A stretch of a text.

    Attributes:
        marks: Where words stand that were searched for: first character and the one after the last.
        begins: Where the stretch begins in the text.
    """

    text: str
    marks: tuple[tuple[int, int], ...]
    begins: int
    is_cut: bool


def plausible(query: Query) -> Callable[[str], bool]:
    """Tells quickly of most texts without a wanted phrase that they have none."""
    patterns = [clause.pattern() for clause in query.phrases if not clause.is_unwanted]

    def seems(text: str) -> bool:
        return not patterns or all(pattern.search(said) for said in (folded(text),) for pattern in patterns)

    return seems


def answers(query: Query, said: Sequence[Word]) -> bool:
    """Whether phrases that are wanted stand there, and unwanted ones do not."""
    return all(clause.stands_in(said) != clause.is_unwanted for clause in query.phrases)


def sought(query: Query) -> Callable[[str], list[Word]]:
    """Tells which words of a text matter: those that are wanted, or all where it must be looked how they stand."""
    # A word is compared up to its longest.
    ends = {term: rf"{_ONE}*" if term.begins or len(term.text) == LONGEST else "" for term in query.wanted}
    either = "|".join(re.escape(term.text) + end for term, end in ends.items())
    pattern = re.compile(rf"(?<!{_ONE})(?:{either})(?!{_ONE})")

    def said(text: str) -> list[Word]:
        if query.phrases or not text.isascii():
            return list(words(text))
        return [Word(match.group()[:LONGEST], *match.span()) for match in pattern.finditer(text.lower())]

    return said


def snippet(text: str, query: Query, said: Sequence[Word]) -> Snippet:
    """The stretch with the most different words that were searched for."""
    whole = {term.text: number for number, term in enumerate(query.wanted) if not term.begins}
    begun = [(term.text, number) for number, term in enumerate(query.wanted) if term.begins]
    hits: list[tuple[Word, int]] = []
    for word in said:
        number = whole.get(word.text)
        if number is None:
            number = next((number for text, number in begun if word.text.startswith(text)), None)
        if number is not None:
            hits.append((word, number))
    begin = _begin(text, hits)
    end = min(len(text), begin + _LENGTH)
    if end < len(text):
        space = text.rfind(" ", begin + _LENGTH - 30, end)
        end = space if space > begin else end
    marks: list[tuple[int, int]] = []
    for word, _ in hits:
        if word.begin < begin or word.end > end:
            continue
        mark = (word.begin - begin, word.end - begin)
        if marks and mark[0] < marks[-1][1]:  # pairs of characters overlap
            marks[-1] = (marks[-1][0], max(mark[1], marks[-1][1]))
        else:
            marks.append(mark)
    return Snippet(text=text[begin:end], marks=tuple(marks), begins=begin, is_cut=begin > 0 or end < len(text))


def _begin(text: str, hits: Sequence[tuple[Word, int]]) -> int:
    if len(text) <= _LENGTH or not hits:
        return 0
    most, chosen = 0, hits[0][0].begin
    for place, (word, _) in enumerate(hits[:200]):
        near = {term for other, term in hits[place : place + 40] if other.end <= word.begin + _LENGTH - _BEFORE}
        if len(near) > most:
            most, chosen = len(near), word.begin
    begin = max(0, min(chosen - _BEFORE, len(text) - _LENGTH))
    if begin:
        space = text.find(" ", begin, chosen)
        begin = space + 1 if space >= 0 else begin
    return begin
