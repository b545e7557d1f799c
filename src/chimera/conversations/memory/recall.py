"""What of all that is remembered matters to a question: by words, by meaning, and by who is spoken of. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple, Protocol, TypeAlias
from uuid import UUID

from chimera.conversations.context.retrieval import bm25, spread
from chimera.conversations.context.words import words_of
from chimera.conversations.memory.fact import Fact, FactKind, folded

MOST: Final = 10
# Of facts that share no word with the question and nobody with whom it speaks of; cosines of the embedded model.
_ALIKE: Final = 0.3
_STANDING: Final = frozenset({FactKind.IDENTITY, FactKind.INSTRUCTION})
_MOST_STANDING: Final = 5
# In standard deviations, as words and meaning are.
_NAMED: Final = 1.0
_HOP: Final = 0.5
_SEEDS: Final = 3


class Compared(Protocol):
    """Vectors that can be compared with one."""

    def against(self, vector: bytes) -> list[float | None]:
        """How alike each is; `None` where nobody can tell."""
        ...


Stacked: TypeAlias = Callable[[Sequence[bytes]], Compared]


class _Score(NamedTuple):
    value: float
    matters: bool


@dataclass(slots=True)
class Recollection:
    """All that is remembered of a person, ready to be looked through. Not for several threads at once.

    Attributes:
        revision: Of the last change that it holds.
    """

    revision: int = 0
    facts: dict[UUID, Fact] = field(default_factory=dict[UUID, Fact])
    _words: dict[UUID, list[str]] = field(default_factory=dict[UUID, list[str]])
    _stack: Compared | None = None
    _entities: Mapping[str, frozenset[UUID]] | None = None

    def put(self, facts: Iterable[Fact]) -> None:
        """Take these instead of what was known under their ids."""
        for fact in facts:
            self.facts[fact.id] = fact
            self._words[fact.id] = fact.words
        self._stack = self._entities = None

    def drop(self, ids: Iterable[UUID]) -> None:
        for one in ids:
            self.facts.pop(one, None)
            self._words.pop(one, None)
        self._stack = self._entities = None

    def matching(self, question: str, vector: bytes, *, now: datetime, stacked: Stacked | None) -> list[Fact]:
        """Facts that matter to a question, the weightiest first.

        Args:
            question: What is asked.
            vector: Of what it means; empty where that is not known.
            now: What holds no longer then is not among them.
            stacked: Compares vectors; without, words decide alone.
        """
        if not self.facts:
            return []
        facts, wanted = list(self.facts.values()), words_of(question)
        by_words = bm25([self._words[one.id] for one in facts], wanted)
        cosines = self._cosines(facts, vector, stacked)
        named = self._named(set(wanted))
        places = zip(facts, by_words, cosines, spread(by_words), spread(cosines), strict=True)
        scores = {
            fact.id: _Score(word + meaning + _NAMED * (fact.id in named), words > 0 or (cosine or 0.0) >= _ALIKE)
            for fact, words, cosine, word, meaning in places
            if fact.holds_at(now) and fact.valid_from <= now
        }
        found = {one for one, score in scores.items() if score.matters} | named & scores.keys()
        seeds = sorted(found, key=lambda one: -scores[one].value)[:_SEEDS]
        hop = (self._beside(seeds) & scores.keys()) - found
        ranked = [(scores[one].value + _HOP * (one in hop), self.facts[one]) for one in found | hop]
        ranked.sort(key=lambda one: (-one[0], -one[1].said_at.timestamp(), one[1].id))
        return [fact for _, fact in ranked[:MOST]]

    def standing(self, now: datetime) -> list[Fact]:
        """What is shown whatever is asked: who the person is and how they want to be answered; the latest first."""
        held = [one for one in self.facts.values() if one.kind in _STANDING and one.holds_at(now)]
        return sorted(held, key=lambda one: one.said_at, reverse=True)[:_MOST_STANDING]

    def _cosines(self, facts: Sequence[Fact], vector: bytes, stacked: Stacked | None) -> list[float | None]:
        if not vector or stacked is None:
            return [None] * len(facts)
        if self._stack is None:
            self._stack = stacked([one.vector or b"" for one in facts])
        return self._stack.against(vector)

    def _named(self, wanted: set[str]) -> set[UUID]:
        """Facts about whom or what a question names."""
        entities = self._joined()
        return {fact for name in entities if set(name.split()) <= wanted for fact in entities[name]}

    def _beside(self, seeds: Iterable[UUID]) -> set[UUID]:
        """Facts about those of whom these facts speak: one step over the graph."""
        names = {name for fact in seeds for name in _names(self.facts[fact])}
        return {fact for name in names for fact in self._joined().get(name, ())}

    def _joined(self) -> Mapping[str, frozenset[UUID]]:
        if self._entities is None:
            found: defaultdict[str, set[UUID]] = defaultdict(set)
            for fact in self.facts.values():
                for name in _names(fact):
                    found[name].add(fact.id)
            self._entities = {name: frozenset(ids) for name, ids in found.items()}
        return self._entities


def _names(fact: Fact) -> list[str]:
    """The ends of an edge: who the fact is about, and whom or what it names."""
    about = fact.about
    names = [about.subject] if about.subject else []
    names += [about.value] if about.value and about.value_kind is not None else []
    return [name for name in map(folded, names) if name]
