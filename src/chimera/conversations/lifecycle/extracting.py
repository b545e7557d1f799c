"""What a conversation was about, in words that were said in it: for where no model sums up. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from chimera.conversations.context import Said

_SENTENCE: Final = re.compile(r"[^.!?\u3002\uff01\uff1f\n]+[.!?\u3002\uff01\uff1f]?")
_WORD: Final = re.compile(r"\w{4,}")
_MOST_SENTENCES: Final = 4
_LONGEST: Final = 240
_READ: Final = 20_000


def extract(said: Sequence[Said]) -> str:
    """The first question, and the sentences whose words come up most often elsewhere, in their order."""
    sentences = [one for message in said if message.text.strip() for one in _sentences(message)]
    if not sentences:
        return ""
    counts = Counter(word for _, text in sentences for word in set(_words(text)))

    def weight(place: int) -> float:
        words = _words(sentences[place][1])
        return sum(counts[word] - 1 for word in set(words)) / (len(words) + 3)

    first = next((place for place, (role, _) in enumerate(sentences) if role == "user"), 0)
    others = sorted((place for place in range(len(sentences)) if place != first), key=lambda place: -weight(place))
    chosen = sorted([first, *others[: _MOST_SENTENCES - 1]])
    return " ".join(dict.fromkeys(sentences[place][1] for place in chosen))


def _sentences(message: Said) -> Iterator[tuple[str, str]]:
    for found in _SENTENCE.finditer(message.text[:_READ]):
        text = " ".join(found.group().split())
        if len(text) > 1:
            yield message.role, text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]
