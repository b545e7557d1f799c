"""Cut bytes into pieces as a network would."""

from collections.abc import Sequence
from itertools import cycle

from hypothesis import strategies as st

SIZES = st.just([1]) | st.lists(st.integers(1, 60), min_size=1, max_size=6)
"""Sizes of pieces, used in turn until the body is cut up; one byte at a time included."""


def cut(body: bytes, sizes: Sequence[int]) -> list[bytes]:
    pieces: list[bytes] = []
    start = 0
    for size in cycle(sizes):
        if start >= len(body):
            return pieces
        pieces.append(body[start : start + size])
        start += size
    raise AssertionError
