"""Which texts have what is asked for, the best first, the later first among those as good. Needs numpy; no I/O.

BM25 (Robertson and Zaragoza, 2009), k1 = 1.2 and b = 0.75, in sixteen classes: finer differences say less than time.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, islice, pairwise, repeat
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from chimera.conversations.search.asking import AT_BITS, LATEST_MS, Asked, Index, Ranked
from chimera.conversations.search.query import Term
from chimera.conversations.search.segments import FIELD, MOST_TIMES, PAGE, TIMES_BITS
from chimera.conversations.search.texts import Found
from chimera.conversations.search.words import folded

Numbers: TypeAlias = NDArray[Any]

_K1: Final = 1.2
_B: Final = 0.75
_CLASSES: Final = 16
_AT_ONCE: Final = 1 << 14
# Of texts that are as good as the last one and of its very moment, as files have that were brought in.
_MOST_TIED: Final = 2_000


def ranked(index: Index, asked: Asked, *, limit: int) -> tuple[list[Ranked], bool]:
    """The best texts, all those among them that are like the last one, and whether there are more."""
    waiting = _Waiting(index.waiting)
    moments = [*(np.frombuffer(head.moments, "<i8") for head, _ in index.segments), waiting.moments]
    lengths = np.concatenate([*(np.frombuffer(head.lengths, "<u2") for head, _ in index.segments), waiting.lengths])
    begins = [0, *accumulate(map(len, moments))]
    times = _counter(index, waiting, begins)
    having = np.concatenate([(each >= asked.since_ms) & (each <= asked.until_ms) for each in moments])
    for term in asked.fields:
        having &= times(term) > 0
    for term in asked.query.unwanted:
        having &= times(term) == 0
    wanted = [times(term) for term in asked.query.wanted]
    for often in wanted:
        having &= often > 0
    if not having.any():
        return [], False
    ranks = _ranks(having, lengths, wanted)
    parts = [ranks[begin:end] for begin, end in pairwise(begins)]
    if asked.most_key is not None:
        for part, each in zip(parts, moments, strict=True):
            part[part.astype("i8") - 1 << AT_BITS | each > asked.most_key] = 0
    found = _best(ranks, list(zip(parts, moments, strict=True)), limit)
    return found, int(np.count_nonzero(ranks)) > len(found)


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


def _counter(index: Index, waiting: _Waiting, begins: Sequence[int]) -> Callable[[Term], Numbers]:
    """Tells how often a term stands in each text."""

    def times(term: Term) -> Numbers:
        often = np.zeros(begins[-1], "u1")
        numbers: dict[tuple[bytes, int], int] = {}  # few segments differ in these
        for begin, (head, pages) in zip(begins, index.segments, strict=False):
            number = numbers.get((head.salt, head.pages))
            if number is None:
                number = numbers[head.salt, head.pages] = head.page_of(term.text)
            page = pages.get(number)
            if page is not None:
                _note(page, term, often[begin : begin + head.size], crowd=head.crowd)
        often[begins[-2] :] = waiting.times(term)
        return often

    return times


def _note(page: bytes, term: Term, often: Numbers, *, crowd: int) -> None:
    """Write down what a page says of a word: how often it stands in each text that has it."""
    count, length = PAGE.unpack_from(page)
    begin, end = PAGE.size, PAGE.size + length
    wanted = b"\n" + term.text.encode("utf-8", "surrogatepass")
    at = page.find(wanted if term.begins else wanted + b"\n", begin, end)
    if at < 0:
        return
    first = page.count(b"\n", begin, at)
    # Words are in their order: those that begin alike stand together.
    last = page.count(b"\n", begin, page.rfind(wanted, begin, end)) if term.begins else first
    ends = np.frombuffer(page, "<u4", count, end)
    start, stop = int(ends[first - 1]) if first else 0, int(ends[last])
    told = np.frombuffer(page, "<u2", stop - start, end + 4 * count + 2 * start)
    if crowd and len(told) == crowd and first == last:
        _note_each(told, often)
        return
    crowds: list[Numbers] = []
    if crowd and len(told) >= crowd:
        told, crowds = _parted(told, np.diff(ends[first : last + 1], prepend=np.uint32(start)), crowd)
    # The same place may come twice, for words that begin alike.
    often[told >> TIMES_BITS] = told & MOST_TIMES
    for crowded in crowds:
        also = np.empty_like(often)
        _note_each(crowded, also)
        np.maximum(often, also, out=often)


def _parted(told: Numbers, sizes: Numbers, crowd: int) -> tuple[Numbers, list[Numbers]]:
    """What is told of words one after the other: the places of some, and those that are `segments.crowded`."""
    is_crowded = sizes == crowd
    crowds = [told[stop - crowd : stop] for stop in np.cumsum(sizes)[is_crowded].tolist()]
    return told[~np.repeat(is_crowded, sizes)], crowds


def _note_each(crowded: Numbers, often: Numbers) -> None:
    pairs, even, odd = crowded.view("u1"), often[::2], often[1::2]
    np.bitwise_and(pairs[: len(even)], MOST_TIMES, out=even)
    np.right_shift(pairs[: len(odd)], TIMES_BITS, out=odd)


def _ranks(having: Numbers, lengths: Numbers, wanted: Sequence[Numbers]) -> Numbers:
    """How well texts answer, from 1 to 16; 0 of those that do not."""
    total = len(lengths)
    usual = max(int(lengths.sum(dtype="i8")) / total, 1.0)
    counts = (int(np.count_nonzero(times)) for times in wanted)
    weights = [(_K1 + 1) * float(np.log1p((total - count + 0.5) / (count + 0.5))) for count in counts]
    ranks = np.zeros(total, "u1")
    # Some at a time: to get megabytes from the system, and to give them back, takes longer than to count.
    for begin in range(0, total, _AT_ONCE):
        some = slice(begin, begin + _AT_ONCE)
        places = np.flatnonzero(having[some])
        norm = lengths[some][places].astype("f4")
        norm *= _K1 * _B / usual
        norm += _K1 * (1 - _B)
        score, part = np.zeros_like(norm), np.empty_like(norm)
        for times, weight in zip(wanted, weights, strict=True):
            often = times[some][places]
            np.divide(often, np.add(often, norm, out=part), out=part)
            part *= weight
            score += part
        score *= _CLASSES / sum(weights)
        ranks[some][places] = np.minimum(score, _CLASSES - 1, out=score).astype("u1") + 1
    return ranks


def _best(ranks: Numbers, parts: Sequence[tuple[Numbers, Numbers]], limit: int) -> list[Ranked]:
    """The first ones by their ranks (0: not one of them), then by their moments."""
    least, enough = _CLASSES + 1, 0
    while least > 1 and enough < limit:
        least -= 1
        enough += int(np.count_nonzero(ranks == least))
    found: list[Ranked] = []
    since = 0
    # The last ones first: they are the latest, mostly, and let all others of their rank be passed over soon.
    for segment in reversed(range(len(parts))):
        rank, moments = parts[segment]
        places = np.flatnonzero((rank > least) | (rank == least) & (moments >= since))
        if not len(places):
            continue
        keys = (rank[places].astype("i8") - 1 << AT_BITS) | moments[places]
        order = np.argsort(-keys, kind="stable")[:limit]
        rows = zip(keys[order].tolist(), repeat(segment), places[order].tolist(), strict=False)
        found = sorted((*found, *(Ranked(*row) for row in rows)), key=lambda one: -one.key)[:limit]
        if len(found) == limit:
            since = found[-1].key & LATEST_MS if found[-1].key >> AT_BITS == least - 1 else since
    return [*found, *islice(_tied(found, parts), _MOST_TIED)] if len(found) == limit else found


def _tied(found: Sequence[Ranked], parts: Sequence[tuple[Numbers, Numbers]]) -> Iterator[Ranked]:
    """Others that nothing but their ids would tell from the last one."""
    key, known = found[-1].key, set(found)
    for segment, (rank, moments) in enumerate(parts):
        places = np.flatnonzero((rank == (key >> AT_BITS) + 1) & (moments == key & LATEST_MS))
        yield from (one for one in (Ranked(key, segment, place) for place in places.tolist()) if one not in known)
