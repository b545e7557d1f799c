"""Segments of the index: for a few thousand texts, which words stand in which. Pure, but for randomness.

A segment has a head (when each text was said, and how long it is) and pages. A page holds some words in their order,
each with the places of its texts, or, of a word that is in very many, how often it stands in each. On which page a word
stands depends on how it begins and on a secret of the person, so that sizes of pages tell nothing of words to who
cannot open them.
"""

import struct
import sys
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate
from typing import Final
from uuid import UUID

from chimera.conversations.search.words import is_unspaced

MOST: Final = 4096
"""Texts of a segment: a place and how often a word stands there share two bytes."""
TIMES_BITS: Final = 4
MOST_TIMES: Final = (1 << TIMES_BITS) - 1
_MANY_PAGES: Final = 64
_FEW_PAGES: Final = 8
SALT_BYTES: Final = 8
# Beside the number of pages: set where words of very many texts are kept as `crowded`.
_CROWDS: Final = 1 << 16
HEAD: Final = struct.Struct("<8sII")
PAGE: Final = struct.Struct("<II")
FIELD: Final = "\x01"
"""Begins words that nobody says: of whom, by which model, where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doc:
    """A text to be found.

    Attributes:
        at_ms: When it was said, in milliseconds since 1970.
        words: All of its words, folded, as often as they stand there.
        fields: What else it is found by, see `field`.
    """

    id: UUID
    at_ms: int
    words: Sequence[str]
    fields: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A segment to be kept; head and pages are secrets."""

    head: bytes
    ids: bytes
    pages: Mapping[int, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A head, opened.

    Attributes:
        crowd: Of how many texts a word is kept as `crowded`; no word is where it is 0.
        moments: In milliseconds since 1970, 8 bytes each.
        lengths: In words, 2 bytes each.
    """

    salt: bytes
    pages: int
    size: int
    crowd: int
    moments: memoryview
    lengths: memoryview

    def page_of(self, word: str) -> int:
        """The number of the page on which a word stands, or words that begin so."""
        return page_of(word, self.salt, self.pages)


def field(name: str, value: object) -> str:
    """A word for what a text is, rather than says."""
    return f"{FIELD}{name}:{value}"


def built(docs: Sequence[Doc], salt: bytes) -> Segment:
    """Make a segment of at most `MOST` texts."""
    postings: dict[str, array[int]] = {}
    lengths = array("H")
    for place, doc in enumerate(docs):
        lengths.append(min(len(doc.words), 0xFFFF))
        counted = Counter(doc.words)
        counted.update(doc.fields)
        for word, times in counted.items():
            postings.setdefault(word, array("H")).append(place << TIMES_BITS | min(times, MOST_TIMES))
    pages = _MANY_PAGES if len(docs) > MOST // 4 else _FEW_PAGES
    on_page: dict[int, list[tuple[bytes, array[int]]]] = {}
    for word, places in postings.items():
        entry = (word.encode("utf-8", "surrogatepass"), places)
        on_page.setdefault(page_of(word, salt, pages), []).append(entry)
    head = (
        HEAD.pack(salt, pages | _CROWDS, len(docs)) + _bytes(array("q", (doc.at_ms for doc in docs))) + _bytes(lengths)
    )
    return Segment(
        head=head,
        ids=b"".join(doc.id.bytes for doc in docs),
        pages={number: _page(sorted(entries), len(docs)) for number, entries in on_page.items()},
    )


def page_of(word: str, salt: bytes, pages: int) -> int:
    """Numbers of pages of small and large segments differ, so that one question finds either."""
    beginning = word if word.startswith(FIELD) else word[: 1 if is_unspaced(word) else 2]
    digest = blake2b(beginning.encode("utf-8", "surrogatepass"), key=salt, digest_size=4).digest()
    return int.from_bytes(digest, "little") % pages + (0 if pages == _MANY_PAGES else _MANY_PAGES)


def opened(head: bytes) -> Head:
    """Read the head of a segment."""
    salt, pages, size = HEAD.unpack_from(head)
    middle, crowd = HEAD.size + 8 * size, crowd_of(size) if pages & _CROWDS else 0
    moments, lengths = memoryview(head)[HEAD.size : middle], memoryview(head)[middle:]
    return Head(salt=salt, pages=pages & ~_CROWDS, size=size, crowd=crowd, moments=moments, lengths=lengths)


def crowd_of(size: int) -> int:
    """How many places take as many bytes as `crowded` does: words with as many or more are kept so."""
    return (size + 3) // 4


def crowded(places: "array[int]", size: int) -> "array[int]":
    """How often a word stands in each text of a segment, four bits apiece, the first ones lowest."""
    often = array("H", bytes(2 * crowd_of(size)))
    for one in places:
        place = one >> TIMES_BITS
        often[place >> 2] |= (one & MOST_TIMES) << TIMES_BITS * (place & 3)
    return often


def _page(entries: Sequence[tuple[bytes, "array[int]"]], size: int) -> bytes:
    text = b"\n" + b"\n".join(word for word, _ in entries) + b"\n"
    kept = [places if len(places) < crowd_of(size) else crowded(places, size) for _, places in entries]
    ends = array("I", accumulate(map(len, kept)))
    return b"".join((PAGE.pack(len(entries), len(text)), text, _bytes(ends), *map(_bytes, kept)))


def _bytes(numbers: "array[int]") -> bytes:
    if sys.byteorder == "big":
        numbers = array(numbers.typecode, numbers)
        numbers.byteswap()
    return numbers.tobytes()
