"""Which texts have what is asked for, the best first, the later first among those as good. Needs numpy; no I/O.

BM25 (Robertson and Zaragoza, 2009), k1 = 1.2 and b = 0.75, in sixteen classes: finer differences say less than time.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from chimera.conversations.search.asking import AT_BITS, Asked, Index, Ranked
from chimera.conversations.search.query import Term
from chimera.conversations.search.segments import FIELD, MOST_TIMES, PAGE, TIMES_BITS
from chimera.conversations.search.texts import Found
from chimera.conversations.search.words import folded

Numbers: TypeAlias = NDArray[Any]

_K1: Final = 1.2
_B: Final = 0.75
_CLASSES: Final = 16


def ranked(index: Index, asked: Asked, *, limit: int) -> tuple[list[Ranked], bool]:
    """The best texts, and whether there are more."""
    waiting = _Waiting(index.waiting)
    heads = [head for head, _ in index.segments]
    moments = np.concatenate([*(np.frombuffer(head.moments, "<i8") for head in heads), waiting.moments])
    lengths = np.concatenate([*(np.frombuffer(head.lengths, "<u2") for head in heads), waiting.lengths])
    begins = np.cumsum([0, *(head.size for head in heads)])
    times = _counter(index, waiting, begins, len(moments))
    having = (moments >= asked.since_ms) & (moments <= asked.until_ms)
    for term in asked.fields:
        having &= times(term) > 0
    for term in asked.query.unwanted:
        having &= times(term) == 0
    wanted = [times(term) for term in asked.query.wanted]
    for often in wanted:
        having &= often > 0
    places = np.flatnonzero(having)
    keys = _classes(places, lengths, wanted) << AT_BITS | moments[places]
    if asked.most_key is not None:
        places, keys = places[keys <= asked.most_key], keys[keys <= asked.most_key]
    best = _best(keys, limit)
    chosen = places[best]
    segments = np.searchsorted(begins, chosen, side="right") - 1
    rows = zip(keys[best].tolist(), segments.tolist(), (chosen - begins[segments]).tolist(), strict=True)
    return [Ranked(*row) for row in rows], len(keys) > limit


class _Waiting:
    """Texts that are in no segment, as if they were in one."""

    def __init__(self, texts: Sequence[Found]) -> None:
        self._texts = [folded(one.text) for one in texts]
        self._fields = [frozenset(one.fields) for one in texts]
        self.moments = np.array([one.at_ms for one in texts], "i8")
        self.lengths = np.array([min(text.count(" ") + 1, 0xFFFF) for text in self._texts], "u2")

    def times(self, term: Term) -> Numbers:
        if term.text.startswith(FIELD):
            return np.array([term.text in one for one in self._fields], "u1")
        pattern = term.pattern()
        often = (min(len(pattern.findall(text)), MOST_TIMES) if term.text in text else 0 for text in self._texts)
        return np.fromiter(often, "u1", len(self._texts))


def _counter(index: Index, waiting: _Waiting, begins: Numbers, total: int) -> Callable[[Term], Numbers]:
    """Tells how often a term stands in each text."""

    def times(term: Term) -> Numbers:
        often = np.zeros(total, "u1")
        numbers: dict[tuple[bytes, int], int] = {}  # few segments differ in these
        for begin, (head, pages) in zip(begins.tolist(), index.segments, strict=False):
            number = numbers.get((head.salt, head.pages))
            if number is None:
                number = numbers[head.salt, head.pages] = head.page_of(term.text)
            page = pages.get(number)
            hit = None if page is None else _found(page, term)
            if hit is not None:
                # The same place may come twice, for words that begin alike.
                often[begin : begin + head.size][hit >> TIMES_BITS] = hit & MOST_TIMES
        often[begins[-1] :] = waiting.times(term)
        return often

    return times


def _found(page: bytes, term: Term) -> Numbers | None:
    """What a page says of a word: of each text with it its place, and how often it stands there."""
    count, length = PAGE.unpack_from(page)
    begin, end = PAGE.size, PAGE.size + length
    wanted = b"\n" + term.text.encode("utf-8", "surrogatepass")
    at = page.find(wanted if term.begins else wanted + b"\n", begin, end)
    if at < 0:
        return None
    first = page.count(b"\n", begin, at)
    # Words are in their order: those that begin alike stand together.
    last = page.count(b"\n", begin, page.rfind(wanted, begin, end)) if term.begins else first
    ends = np.frombuffer(page, "<u4", count, end)
    start = int(ends[first - 1]) if first else 0
    return np.frombuffer(page, "<u2", int(ends[last]) - start, end + 4 * count + 2 * start)


def _classes(places: Numbers, lengths: Numbers, wanted: Sequence[Numbers]) -> Numbers:
    """How well texts answer, from 0 to 15."""
    total = len(lengths)
    usual = max(float(lengths.mean()), 1.0) if total else 1.0
    norm = _K1 * (1 - _B + _B * lengths[places].astype("f4") / usual)
    score, most = np.zeros(len(places), "f4"), 0.0
    for times in wanted:
        having = int(np.count_nonzero(times))
        weight = float(np.log1p((total - having + 0.5) / (having + 0.5)))
        often = times[places].astype("f4")
        score += weight * (_K1 + 1) * often / (often + norm)
        most += weight * (_K1 + 1)
    return np.minimum(score * (_CLASSES / most), _CLASSES - 1).astype("i8")


def _best(keys: Numbers, limit: int) -> Numbers:
    """Where the greatest keys are, in their order."""
    some = np.argpartition(-keys, limit)[:limit] if len(keys) > limit else np.arange(len(keys))
    ordered: Numbers = some[np.argsort(-keys[some], kind="stable")]
    return ordered
