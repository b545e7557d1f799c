"""What two questions must agree in, however alike their vectors are. Pure, and linear in the length of the texts.

A guard that says no costs a saved call; one that is silent where it should speak gives somebody a wrong answer.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from chimera.gateway.caching.semantic.words import (
    CALENDAR,
    NEGATING_CHARACTERS,
    NEGATIONS,
    NUMBERS,
    OPPOSITES,
    STOP,
    UN,
    UNITS,
)

Objection: TypeAlias = Literal[
    "numbers", "negation", "opposite", "names", "direction", "interrogative", "quotation", "length", "substitution",
    "symbols",
]  # fmt: skip

_TOKEN = re.compile(r"\d[\d.,:/\-]*\d|\d|[^\W\d_]+(?:['\u2019][^\W\d_]+)*|[%$€£¥₹°]", re.UNICODE)
_QUOTED = re.compile(r"[\"“„«`]([^\"”“»`\n]{1,200})[\"”“»`]|(?:^|\s)'([^'\n]{2,200})'(?=$|[\s.,;:!?])")
# Of what is neither word nor number: C++ is not C#, 7 + 5 not 7 - 5, and one picture not another. Marks of prose aside.
_SYMBOL = re.compile(
    r"[+*^=<>|~#@\\\u00a6-\u00a9\u00ac\u00ae-\u00b3\u00b9\u00d7\u00f7\u2030-\u2037\u2070-\u209f\u20d0-\u27bf\u2900-\u2bff]"
    r"|[\U0001f000-\U0001faff]|!(?==)|&&|(?<=\w)_(?=\w)|(?<!\w)-(?=[\w(])|(?<=\s)-(?=\s+\d)|(?<=\s)[/%](?=\s)"
)
_SENTENCE_END = frozenset(".!?:;\n")
_INTERROGATIVES = frozenset({"who", "whom", "whose", "where", "when", "why"})
_HOW = frozenset({"many", "much", "long", "often", "far", "old", "big", "fast", "soon", "late", "early"})
_TOWARDS = frozenset({"to", "into", "onto", "towards", "toward", "nach", "à", "vers", "hacia", "→"})
_AWAY = frozenset({"from", "off", "von", "aus", "de", "desde"})
_RELATING = _TOWARDS | _AWAY | {"than", "by", "for", "of", "over", "versus", "vs", "with", "against", "in", "on", "and"}
_SYMMETRIC = frozenset({"and", "with", "versus", "vs"})
_LONGEST = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is compared of a question."""

    words: tuple[str, ...]
    bag: frozenset[str]
    content: frozenset[str]
    numbers: tuple[str, ...]
    quantities: frozenset[tuple[str, str]]
    calendar: frozenset[str]
    negative: bool
    names: frozenset[str]
    foreign: frozenset[str]
    quotations: tuple[str, ...]
    interrogative: frozenset[str]
    symbols: tuple[str, ...]


@lru_cache(maxsize=4096)
def read(text: str) -> Reading:
    """Take a question apart."""
    text = text[:_LONGEST]
    found = [(match.group().lower().replace("\u2019", "'"), match) for match in _TOKEN.finditer(text)]
    words = tuple(word for word, _ in found)
    bag = frozenset(words)
    negations = sum(word in NEGATIONS or word.endswith("n't") or word.replace("'", "") in NEGATIONS for word in words)
    negations += sum(text.count(character) for character in NEGATING_CHARACTERS)
    return Reading(
        words=words,
        bag=bag,
        content=frozenset(_stem(word) for word in bag - STOP - NUMBERS.keys() if not word[0].isdigit()),
        numbers=tuple(_numbers(words)),
        quantities=frozenset(_quantities(words)),
        calendar=bag & CALENDAR,
        negative=bool(negations % 2),
        names=frozenset(_names(text, [match for _, match in found])),
        foreign=frozenset(word for word in bag if not word.isascii() and word[0].isalpha()),
        quotations=tuple(sorted((one or other).strip().lower() for one, other in _QUOTED.findall(text))),
        interrogative=frozenset(_interrogatives(words)),
        symbols=tuple(_SYMBOL.findall(text)),
    )


def objection(asked: str, known: str) -> Objection | None:
    """Why the answer to `known` must not be given to `asked`; `None` where nothing speaks against it."""
    one, other = read(asked), read(known)
    if one.symbols != other.symbols:
        return "symbols"
    if one.words == other.words:
        return None
    return next((name for name, objects in _GUARDS if objects(one, other)), None)


def _numbers(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        if word[0].isdigit():
            # 1,000 is 1000, and 2.0 is not 2: versions and sections are told apart by it.
            yield re.sub(r",(?=\d{3}(?:\D|$))", "", word)
        elif word in NUMBERS:
            yield NUMBERS[word]


def _quantities(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Numbers with the unit that stands beside them."""
    for position, word in enumerate(words):
        if not word[0].isdigit() and word not in NUMBERS:
            continue
        number = NUMBERS.get(word, word)
        after, before = words[position + 1 : position + 2], words[max(0, position - 1) : position]
        unit = next((UNITS[near] for near in (*after, *before) if near in UNITS), None)
        if unit is not None:
            yield number, unit


def _names(text: str, found: Sequence[re.Match[str]]) -> Iterator[str]:
    """Words that are written large inside a sentence, and those of capitals or mixed case anywhere."""
    shouted = text.isupper()
    for match in found:
        word = match.group()
        if (
            not word[0].isalpha()
            or shouted
            or word in {"I", "I'm", "I've", "I'd", "I'll"}
            or word.startswith("I\u2019")
        ):
            continue
        before = text[: match.start()].rstrip(" \"'“(*-")[-1:]
        opens = not before or before in _SENTENCE_END
        lowered = word.lower()
        if ((word[0].isupper() and not opens) or any(map(str.isupper, word[1:]))) and lowered not in STOP:
            yield lowered.replace("\u2019", "'")


def _interrogatives(words: Sequence[str]) -> Iterator[str]:
    for position, word in enumerate(words):
        following = words[position + 1] if position + 1 < len(words) else ""
        if word == "how" and following in _HOW:
            yield f"how {following}"
        elif word in _INTERROGATIVES and (position < 3 or word != "when"):
            yield word


def _opposed(one: frozenset[str], other: frozenset[str]) -> bool:
    only_one, only_other = one - other, other - one
    if not only_one or not only_other:
        return any(_negates(word, rest) for word, rest in _pairs(only_one | only_other, one & other))
    for first, second in OPPOSITES:
        here, there = first in only_one and second in only_other, second in only_one and first in only_other
        if here or there:
            return True
    return any(_negates(word, rest) for word, rest in _pairs(only_one, only_other))


def _pairs(some: frozenset[str], others: frozenset[str]) -> Iterator[tuple[str, str]]:
    return ((word, rest) for word in some for rest in others)


def _negates(word: str, rest: str) -> bool:
    longer, shorter = (word, rest) if len(word) > len(rest) else (rest, word)
    stem = _stem(shorter)
    return len(stem) > 3 and any(longer.startswith(prefix + stem) for prefix in UN)


def _turned_round(one: Reading, other: Reading) -> bool:
    """Whether what is first in the one is second in the other, with the same word between."""
    if one.content & other.content == set():
        return False
    here, there = _relations(one.words), _relations(other.words)
    if any((right, left) in there for left, right in here if left != right):
        return True
    sources, goals = _ends(one.words)
    other_sources, other_goals = _ends(other.words)
    if (sources & other_goals) - (sources & other_sources) or (goals & other_sources) - (goals & other_goals):
        return True
    shared = one.content & other.content
    if len(shared) < max(len(one.content), len(other.content)) or len(shared) < 2:
        return False
    # The same words in another order: harmless only where a phrase was moved as a whole.
    return _order(one.words, shared) != _order(other.words, shared) and not _rotated(one.words, other.words, shared)


def _order(words: Sequence[str], shared: frozenset[str]) -> list[str]:
    return [stem for word in words if word not in STOP and (stem := _stem(word)) in shared]


def _rotated(one: Sequence[str], other: Sequence[str], shared: frozenset[str]) -> bool:
    first, second = _order(one, shared), _order(other, shared)
    if len(first) != len(second) or len(first) < 4:
        return False
    return any(first[cut:] + first[:cut] == second for cut in range(2, len(first) - 1))


def _relations(words: Sequence[str]) -> set[tuple[str, str]]:
    """Pairs of content words with a relating word between them."""
    related = set[tuple[str, str]]()
    for position, word in enumerate(words):
        if word not in _RELATING or word in _SYMMETRIC:
            continue
        left = next(
            (_stem(near) for near in reversed(words[max(0, position - 3) : position]) if near not in STOP), None
        )
        right = next((_stem(near) for near in words[position + 1 : position + 4] if near not in STOP), None)
        if left and right:
            related.add((left, right))
    return related


def _ends(words: Sequence[str]) -> tuple[set[str], set[str]]:
    """Where something comes from, and where it goes."""
    sources, goals = set[str](), set[str]()
    for position, word in enumerate(words):
        into = goals if word in _TOWARDS else sources if word in _AWAY else None
        if into is not None:
            into.update(_stem(near) for near in words[position + 1 : position + 3] if near not in STOP)
    return sources - goals, goals - sources


def _exchanged(one: Reading, other: Reading) -> bool:
    """Whether the two are one sentence in which a word was replaced by another: rarely by one of the same meaning."""
    mine, theirs = one.content - other.content, other.content - one.content
    if not mine or not theirs or len(mine) > 2 or len(theirs) > 2:
        return False
    if len(one.bag & other.bag) < 3:
        return False
    return len(one.bag ^ other.bag) <= len(mine) + len(theirs) + 1


def _stem(word: str) -> str:
    """The word without its ending, roughly: enough for `cards` and `card`, `waiting` and `wait`."""
    word = word.removesuffix("'s")
    for ending in ("ingly", "edly", "ing", "ies", "ied", "es", "ed", "ly", "s", "e", "y"):
        if len(word) - len(ending) >= 3 and word.endswith(ending):
            return word[: -len(ending)]
    return word


def _other_quantities(one: Reading, other: Reading) -> bool:
    mine, theirs = (one.numbers, one.quantities, one.calendar), (other.numbers, other.quantities, other.calendar)
    return mine != theirs


def _other_names(one: Reading, other: Reading) -> bool:
    return not (one.names <= other.bag and other.names <= one.bag) or one.foreign != other.foreign


def _other_interrogative(one: Reading, other: Reading) -> bool:
    return bool(one.interrogative and other.interrogative) and one.interrogative != other.interrogative


def _much_longer(one: Reading, other: Reading) -> bool:
    shorter, longer = sorted((len(one.words), len(other.words)))
    return longer > 3 * shorter + 4


# The cheap ones first.
_GUARDS: Final[tuple[tuple[Objection, Callable[[Reading, Reading], bool]], ...]] = (
    ("numbers", _other_quantities),
    ("negation", lambda one, other: one.negative != other.negative),
    ("quotation", lambda one, other: one.quotations != other.quotations),
    ("names", _other_names),
    ("interrogative", _other_interrogative),
    ("opposite", lambda one, other: _opposed(one.bag, other.bag)),
    ("direction", _turned_round),
    ("substitution", _exchanged),
    ("length", _much_longer),
)
