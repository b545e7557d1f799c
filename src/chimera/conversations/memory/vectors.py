"""Vectors of facts, compared all at once. Needs numpy; no I/O."""

from collections.abc import Sequence

import numpy as np

_LOT = 2_048


class Stack:
    """Vectors of signed bytes, one above the other; those of another length count as unknown."""

    def __init__(self, vectors: Sequence[bytes]) -> None:
        self._size = max(map(len, vectors), default=0)
        self._known = [place for place, one in enumerate(vectors) if len(one) == self._size and one]
        joined = b"".join(vectors[place] for place in self._known)
        self._rows = np.frombuffer(joined, np.int8).reshape(len(self._known), self._size)
        self._count = len(vectors)

    def against(self, vector: bytes) -> list[float | None]:
        """How alike each is to this one: the cosine; `None` where nobody can tell."""
        found: list[float | None] = [None] * self._count
        if len(vector) != self._size or not vector:
            return found
        asked = np.frombuffer(vector, np.int8).astype(np.float32)
        asked /= np.linalg.norm(asked) or 1.0
        for begin in range(0, len(self._known), _LOT):
            rows = self._rows[begin : begin + _LOT].astype(np.float32)
            lengths = np.maximum(np.linalg.norm(rows, axis=1), 1.0)
            for place, value in zip(self._known[begin : begin + _LOT], (rows @ asked) / lengths, strict=True):
                found[place] = float(value)
        return found
