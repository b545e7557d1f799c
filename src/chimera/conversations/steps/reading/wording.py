"""Words by which the steps know what is meant, of languages that many people write. Pure data."""

import re
from typing import Final, Literal, TypeAlias


def _words(told: str) -> frozenset[str]:
    return frozenset(told.split())


Language: TypeAlias = Literal["en", "de", "fr", "es"]

_TELLING: Final[dict[Language, frozenset[str]]] = {
    "en": frozenset({"the", "is", "are", "and", "what", "how", "you", "it", "to", "of", "this", "that", "please", "i"}),
    "de": frozenset({"der", "die", "das", "ist", "und", "was", "wie", "ich", "nicht", "ein", "eine", "bitte", "mir"}),
    "fr": frozenset({"le", "la", "les", "est", "et", "que", "quoi", "comment", "je", "un", "une", "des", "pour"}),
    "es": frozenset({"el", "los", "las", "es", "y", "que", "cómo", "qué", "yo", "un", "una", "para", "por", "mi"}),
}
# That stand for somebody or something that was named before.
PERSONS: Final = _words(
    "he she him her his hers they them their theirs er sie ihn ihm ihr ihre seine seinen il elle ils elles lui leur "
    "él ella ellos ellas"
)
THINGS: Final = _words(
    "it its this that these those there then one ones former latter es dies diese dieser dieses das dort dann davon "
    "damit darüber dazu ce cela ça y en celui celle eso esto esa ese esos esas allí"
)
# With which people go on from what was said.
CONNECTING: Final = re.compile(
    r"^(and|but|so|also|then|what about|how about|what else|why|why not|how come|which one|or|another|more|und|aber|"
    r"also|warum|wieso|was ist mit|wie ist es mit|noch|et|mais|pourquoi|et si|qu'en est-il|y|pero|por qué)\b",
    re.IGNORECASE,
)
NOT_NAMES: Final = _words(
    "i i'm i'll i've i'd ok okay yes no the a an monday tuesday wednesday thursday friday saturday sunday january "
    "february march april may june july august september october november december"
)
_WORD: Final = re.compile(r"[^\W\d_]+")


def language_of(text: str, unless: Language | None = None) -> Language | None:
    """The language of most of its telling words; the other one given where there are none."""
    words = _WORD.findall(text[:2_000].casefold())
    counts = {language: sum(word in telling for word in words) for language, telling in _TELLING.items()}
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] else unless


def plain_words(text: str) -> list[str]:
    """All words of a text, without case."""
    return _WORD.findall(text.casefold())
