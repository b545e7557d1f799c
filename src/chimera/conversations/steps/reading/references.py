"""What a message is looked for with, where it stands on what was said before it. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from chimera.conversations.context.words import words_of
from chimera.conversations.steps.reading.wording import CONNECTING, NOT_NAMES, PERSONS, THINGS, plain_words

# A question with fewer words of its own says too little to be looked for.
_FEW_WORDS: Final = 3
_LONGEST: Final = 300
_MOST_NAMES: Final = 4
_MOST_CARRIED: Final = 12
_READ: Final = 1_500
_NAME: Final = re.compile(r"(?<![.!?:\n]\s)(?<!^)\b([A-ZÀ-ÖØ-Þ][\w'\u2019-]+(?:\s+[A-ZÀ-ÖØ-Þ][\w'\u2019-]+){0,2})")
_BEGINNING: Final = re.compile(r"(?:^|[.!?:\n]\s{0,3})([A-ZÀ-ÖØ-Þ][\w'\u2019-]+)")


def stands_on_others(text: str) -> bool:
    """Whether a message says of itself that it goes on from another."""
    if len(text) > _LONGEST:
        return False
    words = plain_words(text)
    return (
        bool(CONNECTING.match(text.strip()))
        or _lacks_person(text, words)
        or not THINGS.isdisjoint(words)
        or len(words_of(text)) < _FEW_WORDS
    )


def resolved(text: str, asked: str, answered: str) -> str:
    """The message with what it stands on, so that it can be looked for alone; empty where it says enough itself.

    Args:
        text: What is asked.
        asked: The question before, as it was looked for.
        answered: What was answered to that.
    """
    if not asked.strip() or not stands_on_others(text):
        return ""
    asked, answered = asked[:_READ], answered[:_READ]
    words, has = plain_words(text), set(words_of(text))
    carried = _names_or_words(asked) if _lacks_person(text, words) else []
    if len(has) < _FEW_WORDS or not THINGS.isdisjoint(words):
        carried = [*carried, *_words(asked), *names_in(answered)[:_MOST_NAMES]]
    added = list(dict.fromkeys(one for one in carried if has.isdisjoint(words_of(one))))[:_MOST_CARRIED]
    return f"{text.strip()} ({', '.join(added)})" if added else ""


def names_in(text: str) -> list[str]:
    """What is written like names, those that come more often first."""
    found = Counter(name for name in _NAME.findall(text) if name.casefold() not in NOT_NAMES)
    inside = set(found)
    found.update(name for name in _BEGINNING.findall(text) if name in inside)
    return [name for name, _ in found.most_common()]


def _lacks_person(text: str, words: Sequence[str]) -> bool:
    """Whether there is a `he` or `she` without a name that it may stand for."""
    return not PERSONS.isdisjoint(words) and not names_in(f". {text}")


def _names_or_words(text: str) -> Sequence[str]:
    return names_in(text) or _words(text)


def _words(text: str) -> Sequence[str]:
    """Those of its words that say something, as they are written."""
    return [word for word in re.findall(r"[^\W_]+(?:['\u2019-][^\W_]+)*", text) if words_of(word)]
