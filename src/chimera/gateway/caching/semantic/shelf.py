"""The questions of one partition, with their vectors: which are near, and how they compare. Needs numpy; no I/O."""

import math
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from chimera.gateway.caching.semantic.guards import Objection, objection, read

_NEIGHBOURS: Final = 20
_SHARPNESS: Final = 20.0
_RIVALS: Final = 8
# Of one answer's questions, so many are tried against the guards.
_TRIED: Final = 6
_FIRST_ROWS: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """The likeliest answer to a question.

    Attributes:
        answer: Which one.
        key: Of a question with that answer which nothing speaks against; `None` if something does against all.
        objects: What does.
        features: See `judgement.FEATURES`.
        rivals: Keys of the nearest question of each answer, the likeliest first.
    """

    answer: bytes
    key: bytes | None
    objects: Objection | None
    features: tuple[float, ...]
    rivals: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """What would have been found for a question whose answer is known, and whether that was it."""

    key: bytes
    near: Near
    right: bool


class Shelf:
    """Rows of unit vectors; the oldest makes room when it is full. Not for several threads at once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._rows = 0
        self._oldest = 0
        self._rehearsed = -1
        self._vectors: NDArray[np.float32] = np.empty((0, 0), np.float32)
        self._keys: list[bytes] = []
        self._answers: list[bytes] = []
        self._texts: list[str] = []
        self._where: dict[bytes, int] = {}
        self._known_in: Counter[str] = Counter()

    def __len__(self) -> int:
        return self._rows

    def __contains__(self, key: bytes) -> bool:
        return key in self._where

    @property
    def keys(self) -> tuple[bytes, ...]:
        return tuple(self._keys)

    def add(self, key: bytes, text: str, vector: NDArray[np.float32], answer: bytes) -> bytes | None:
        """Put a question on the shelf; return the key of the one that had to go.

        Args:
            key: Names it.
            text: As it was asked.
            vector: Its unit vector.
            answer: Key of the first question that was answered the same.
        """
        if key in self._where:
            self._answers[self._where[key]] = answer
            return None
        gone = None
        if self._rows < self._most:
            row = self._rows
            self._make_room(vector.shape[0])
            self._rows += 1
            self._keys.append(key)
            self._answers.append(answer)
            self._texts.append(text)
        else:
            row, self._oldest = self._oldest % self._rows, self._oldest + 1
            gone = self._keys[row]
            self._let_go(row)
            self._keys[row], self._answers[row], self._texts[row] = key, answer, text
        self._vectors[row] = vector
        self._where[key] = row
        self._known_in.update(read(text).bag)
        return gone

    def drop(self, key: bytes) -> None:
        """Take a question off; nothing happens if it is not there."""
        row = self._where.get(key)
        if row is None:
            return
        self._let_go(row)
        last = self._rows - 1
        if row != last:
            self._vectors[row] = self._vectors[last]
            self._keys[row], self._answers[row], self._texts[row] = (
                self._keys[last],
                self._answers[last],
                self._texts[last],
            )
            self._where[self._keys[row]] = row
        del self._keys[last], self._answers[last], self._texts[last]
        self._rows = last

    def answer_of(self, key: bytes) -> bytes | None:
        row = self._where.get(key)
        return None if row is None else self._answers[row]

    def join(self, answer: bytes, others: Sequence[bytes]) -> None:
        """From now on these answers are the same one."""
        self._answers = [answer if one in others else one for one in self._answers]

    def near(self, text: str, vector: NDArray[np.float32]) -> Near | None:
        """The likeliest answer, by the votes of the nearest questions; `None` on an empty shelf."""
        return self._nearest(text, self._likeness(vector)) if self._rows else None

    def rehearse(self, among: Container[bytes]) -> Rehearsed | None:
        """Ask one of the questions again, each in its turn, as if it were not here.

        `None` where it is alone, or its turn came and it is not `among` those that count.
        """
        if self._rows < 2:
            return None
        row = self._rehearsed = (self._rehearsed + 1) % self._rows
        if self._keys[row] not in among:
            return None
        likeness = self._likeness(self._vectors[row])
        likeness[row] = -1.0
        near = self._nearest(self._texts[row], likeness)
        return Rehearsed(key=self._keys[row], near=near, right=self._answers[row] == near.answer)

    def _likeness(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        # Memory is what takes the time. `@` would wake a thread on every processor, which then spin for more.
        likeness: NDArray[np.float32] = np.vecdot(self._vectors[: self._rows], vector)
        return likeness

    def _nearest(self, text: str, likeness: NDArray[np.float32]) -> Near:
        count = min(self._rows, _NEIGHBOURS)
        rows = np.argpartition(-likeness, count - 1)[:count]
        rows = rows[np.argsort(-likeness[rows])]
        voters: dict[bytes, list[tuple[int, float]]] = {}
        for row, cosine in zip(rows.tolist(), likeness[rows].tolist(), strict=True):
            voters.setdefault(self._answers[row], []).append((row, cosine))
        best = max(cosine for ((_, cosine), *_) in voters.values())
        votes = {
            answer: sum(math.exp((cosine - best) * _SHARPNESS) for _, cosine in said) for answer, said in voters.items()
        }
        ranked = sorted(votes, key=lambda answer: -votes[answer])
        chosen = voters[ranked[0]]
        row, objects = self._unobjected(text, [row for row, _ in chosen])
        other = max((voters[answer][0][1] for answer in ranked[1:]), default=0.0)
        cosine = chosen[0][1]
        features = (
            1.0,
            cosine,
            cosine - other,
            votes[ranked[0]] / sum(votes.values()),
            len(chosen) / count,
            *self._lexical(text, self._texts[chosen[0][0] if row is None else row]),
        )
        return Near(
            answer=ranked[0],
            key=None if row is None else self._keys[row],
            objects=objects,
            features=features,
            rivals=tuple(self._keys[voters[answer][0][0]] for answer in ranked[:_RIVALS]),
        )

    def _unobjected(self, text: str, rows: Sequence[int]) -> tuple[int | None, Objection | None]:
        first: Objection | None = None
        for row in rows[:_TRIED]:
            found = objection(text, self._texts[row])
            if found is None:
                return row, None
            first = first or found
        return None, first

    def _lexical(self, text: str, known: str) -> Iterator[float]:
        one, other = read(text).bag, read(known).bag
        rarity = {word: math.log((self._rows + 1) / (1 + self._known_in[word])) for word in one | other}
        whole = sum(rarity.values())
        yield sum(rarity[word] for word in one & other) / whole if whole > 0 else 1.0
        yield max((rarity[word] for word in one ^ other), default=0.0) / 10
        yield min(len(one), len(other)) / max(len(one), len(other), 1)

    def _let_go(self, row: int) -> None:
        del self._where[self._keys[row]]
        for word in read(self._texts[row]).bag:
            self._known_in[word] -= 1
            if not self._known_in[word]:
                del self._known_in[word]

    def _make_room(self, width: int) -> None:
        if self._rows < len(self._vectors):
            return
        larger = np.empty((min(self._most, max(_FIRST_ROWS, 2 * self._rows)), width), np.float32)
        if self._rows:
            larger[: self._rows] = self._vectors[: self._rows]
        self._vectors = larger
