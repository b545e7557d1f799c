"""What somebody searches for: words, "phrases", -what must not be there; the last word counts as begun. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from chimera.conversations.search.words import LETTER, Word, is_unspaced, words
from chimera.kit.errors import InvalidRequestError

_MOST_TERMS: Final = 24
_SHORTEST_BEGINNING: Final = 2
_CHUNK: Final = re.compile(r'(-?)"([^"]*)"?|(-?)(\S+)')


@dataclass(frozen=True, slots=True)
class Term:
    """A folded word, or the beginning of some."""

    text: str
    begins: bool = False

    def matches(self, word: str) -> bool:
        return word.startswith(self.text) if self.begins else word == self.text

    def pattern(self) -> "re.Pattern[str]":
        """Finds it in a folded text."""
        said = re.escape(self.text)
        if is_unspaced(self.text):
            return re.compile(said)
        return re.compile(rf"(?<!{LETTER}){said}" if self.begins else rf"(?<!{LETTER}){said}(?!{LETTER})")


@dataclass(frozen=True, slots=True)
class Clause:
    """Terms that stand one after the other."""

    terms: tuple[Term, ...]
    is_unwanted: bool = False

    @property
    def is_phrase(self) -> bool:
        return len(self.terms) > 1

    def pattern(self) -> "re.Pattern[str]":
        """Finds it in a folded text; perhaps also where it does not quite stand, see `stands_in`."""
        first, *others = self.terms
        said, before = re.escape(first.text), first
        for term in others:
            overlaps = len(before.text) > 1 and is_unspaced(before.text) and is_unspaced(term.text)
            said += re.escape(term.text[1:]) if overlaps else rf"[\W_]*{re.escape(term.text)}"
            before = term
        return re.compile(said)

    def stands_in(self, said: Sequence[Word]) -> bool:
        """Whether the words have it, in its order."""
        length = len(self.terms)
        return any(
            all(term.matches(said[begin + place].text) for place, term in enumerate(self.terms))
            for begin in range(len(said) - length + 1)
        )


@dataclass(frozen=True, slots=True)
class Query:
    """What must be there, and what must not."""

    clauses: tuple[Clause, ...]

    @property
    def wanted(self) -> tuple[Term, ...]:
        """Each once."""
        return tuple(dict.fromkeys(term for one in self.clauses if not one.is_unwanted for term in one.terms))

    @property
    def unwanted(self) -> tuple[Term, ...]:
        """Single words; phrases are looked for in what is found."""
        return tuple(one.terms[0] for one in self.clauses if one.is_unwanted and not one.is_phrase)

    @property
    def phrases(self) -> tuple[Clause, ...]:
        return tuple(one for one in self.clauses if one.is_phrase)


def parsed(text: str) -> Query:
    """Read what was typed.

    Raises:
        InvalidRequestError: if no word of it must be there, or there are too many.
    """
    query = Query(tuple(_clauses(text)))
    if not query.wanted:
        raise InvalidRequestError("Search for at least one word.", field="q")
    if sum(len(one.terms) for one in query.clauses) > _MOST_TERMS:
        raise InvalidRequestError(f"Search for at most {_MOST_TERMS} words at once.", field="q")
    return query


def _clauses(text: str) -> Iterator[Clause]:
    for match in _CHUNK.finditer(text):
        is_quoted = match.group(4) is None
        said = match.group(2) if is_quoted else match.group(4)
        is_last = match.end() == len(text) and not is_quoted
        terms = tuple(_terms(list(words(said)), is_begun=is_last))
        if terms:
            yield Clause(terms, is_unwanted=bool(match.group(1) or match.group(3)))


def _terms(said: Sequence[Word], *, is_begun: bool) -> Iterator[Term]:
    for place, word in enumerate(said):
        is_last = place == len(said) - 1
        if is_unspaced(word.text):
            follows_pair = place > 0 and said[place - 1].end == word.end
            if len(word.text) == 1 and is_last and follows_pair:
                continue  # the pair before holds it
            yield Term(word.text, begins=len(word.text) == 1 and not follows_pair)
        else:
            yield Term(word.text, begins=is_last and is_begun and len(word.text) >= _SHORTEST_BEGINNING)
