"""What is ranked is what texts have: of words of few texts and of very many, in segments of today and of before."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import accumulate
from random import Random
from typing import TypeAlias

import pytest

from chimera.conversations.search.asking import LATEST_MS, Asked, Index, Ranked
from chimera.conversations.search.query import parsed
from chimera.conversations.search.ranking import ranked
from chimera.conversations.search.segments import HEAD, PAGE, Doc, Head, built, opened
from chimera.conversations.search.texts import Found
from chimera.kit.ids import new_id

Form: TypeAlias = Callable[[Sequence[Doc]], tuple[Head, dict[int, bytes]]]

_SIZES = (1, 5, 130, 131)
_WORDS = ("the", "them", "of", "and", *(f"rare{number}" for number in range(60)))


def _texts(drawn: Random, size: int) -> list[list[str]]:
    return [drawn.choices(_WORDS, weights=[40, 20, 10, 5, *[0.5] * 60], k=drawn.randint(1, 40)) for _ in range(size)]


def _docs(texts: Sequence[list[str]], begin_ms: int) -> list[Doc]:
    return [Doc(id=new_id(), at_ms=begin_ms + 1000 * place, words=words) for place, words in enumerate(texts)]


def _of_today(docs: Sequence[Doc]) -> tuple[Head, dict[int, bytes]]:
    made = built(docs, b"saltsalt")
    return opened(made.head), dict(made.pages)


def _of_before(docs: Sequence[Doc]) -> tuple[Head, dict[int, bytes]]:
    """A word of however many texts has a place for each."""
    made = built(docs, b"saltsalt")
    salt, pages, size = HEAD.unpack_from(made.head)
    head = opened(HEAD.pack(salt, pages & 0xFFFF, size) + made.head[HEAD.size :])
    on_page: dict[int, list[str]] = {}
    for word in sorted({word for doc in docs for word in doc.words}):
        on_page.setdefault(head.page_of(word), []).append(word)
    kept: dict[int, bytes] = {}
    for number, words in on_page.items():
        places = [_places(docs, word) for word in words]
        text = "\n".join(("", *words, "")).encode()
        ends = b"".join(end.to_bytes(4, "little") for end in accumulate(len(one) // 2 for one in places))
        kept[number] = PAGE.pack(len(words), len(text)) + text + ends + b"".join(places)
    return head, kept


def _places(docs: Sequence[Doc], word: str) -> bytes:
    often = ((place, min(list(doc.words).count(word), 15)) for place, doc in enumerate(docs))
    return b"".join((place << 4 | times).to_bytes(2, "little") for place, times in often if times)


def _having(index: Index, asked: Asked, *, limit: int) -> list[tuple[int, int]]:
    found, is_more = ranked(index, asked, limit=limit)
    assert [one.key for one in found] == sorted((one.key for one in found), reverse=True)
    pages = list(found)
    while is_more and found:
        found, is_more = ranked(index, Asked(query=asked.query, most_key=found[-1].key - 1), limit=limit)
        pages += found
    return [(one.segment, one.place) for one in pages]


@pytest.mark.parametrize("limit", [7, 200])
@pytest.mark.parametrize("form", [_of_today, _of_before])
def test_every_text_that_has_the_words_is_found_once_whatever_their_number(form: Form, limit: int) -> None:
    drawn = Random(7)
    texts = [_texts(drawn, size) for size in _SIZES]
    segments = [form(_docs(some, 1_000_000 * number)) for number, some in enumerate(texts)]
    waiting = [_found(words, 9_000_000 + number) for number, words in enumerate(_texts(drawn, 9))]
    index = Index(segments=segments, waiting=waiting)
    all_texts = [*texts, [one.text.split() for one in waiting]]
    for q in ('"the"', '"the" "of"', '"rare3"', '"the" -and ', '"of" -the "and"', '"nobody"'):
        query = parsed(q)
        wanted = [term.text for term in query.wanted]
        unwanted = [term.text for term in query.unwanted]
        expected = {
            (segment, place)
            for segment, some in enumerate(all_texts)
            for place, words in enumerate(some)
            if set(wanted) <= set(words) and not set(unwanted) & set(words)
        }
        found = _having(index, Asked(query=query), limit=limit)
        assert (q, len(found)) == (q, len(expected))
        assert set(found) == expected
    begun, _ = ranked(index, Asked(query=parsed("the")), limit=1000)
    assert {(one.segment, one.place) for one in begun} == {
        (segment, place)
        for segment, some in enumerate(all_texts)
        for place, words in enumerate(some)
        if {"the", "them"} & set(words)
    }


def test_the_latest_come_first_among_those_that_answer_as_well() -> None:
    # The second segment was made of texts of before those of the first: it is looked at first, and must not win.
    later, earlier = (_docs([["alike"]] * 130, begin_ms) for begin_ms in (500_000, 0))
    index = Index(segments=[_of_today(later), _of_today(earlier)], waiting=[])
    found, is_more = ranked(index, Asked(query=parsed('"alike"')), limit=40)
    assert is_more
    assert [_at(one) for one in found] == [500_000 + 1000 * place for place in range(129, 89, -1)]


def _at(one: Ranked) -> int:
    return one.key & LATEST_MS


def _found(words: Sequence[str], at_ms: int) -> Found:
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    return Found(id=new_id(), at=at, conversation_id=new_id(), role="user", model=None, text=" ".join(words))
