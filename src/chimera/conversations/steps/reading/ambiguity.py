"""Whether a message may mean two things, or lacks what it is about, and what to ask then. Pure, and seldom sure."""

import re
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from chimera.conversations.steps.reading.references import names_in
from chimera.conversations.steps.reading.wording import Language, language_of, plain_words

_ONE_PERSON: Final = frozenset({"he", "she", "him", "her", "his", "hers"})
_NOBODY: Final = frozenset(
    {"he", "she", "it", "they", "we", "you", "who", "that", "this", "nobody", "everybody", "then"}
)
_LONGEST: Final = 120
_MOST_CHOICES: Final = 4
_TWO: Final = 2
_READ: Final = 2_000
_LACKS_OBJECT: Final = re.compile(
    r"^(?:please |bitte |(?:can|could) you )?(?:translate|summari[sz]e|fix|correct|proofread|rewrite|improve|shorten|"
    r"explain|review|check|convert|debug|continue|übersetze?|korrigiere|verbessere|kürze|erkläre?|traduis|corrige|"
    r"résume|traduce|corrige|resume)(?: (?:it|this|that|the (?:text|code|file|document|following)|es|das|dies|den "
    r"text|le texte|ceci|esto|el texto))?(?: (?:please|for me|bitte|für mich))?(?: (?:to|into|in|auf|ins|en|al) "
    r"\w+)?[.!?: ]*$",
    re.IGNORECASE,
)
_NAME: Final = r"([A-Z][a-zà-öø-ÿ'\u2019-]+)"
_ACTS: Final = (
    r"(?:said|says|told|tells|asked|asks|went|met|wants|wanted|thinks|thought|works|worked|called|likes|liked|loves|"
    r"wrote|argued|believes|believed|agreed|visited|bought|got|came|left|gave|lives|lived|married|moved|knows|hates|"
    r"disagreed|replied|answered|arrived|suggested|promised|talked|spoke|decided|proposed|offered|refused|won|lost)"
)
_ACTING: Final = re.compile(
    rf"\b{_NAME} (?:and {_NAME} )?(?:has |had |have |both |then |never |always |also )?{_ACTS}\b"
)
_MET: Final = re.compile(
    rf"\b(?:met|told|asked|called|married|calls|meets|tells|asks|(?:friend|colleague|boss|brother|sister|son|daughter|wife|husband|"
    rf"uncle|aunt|mother|father|neighbo[u]?r|teacher|Mr|Mrs|Ms|Dr)\.?) {_NAME}(?: and {_NAME})?"
)
_WHAT: Final[dict[Language, str]] = {
    "en": "Gladly. To what text or thing? Please paste it or describe it.",
    "de": "Gern. Um welchen Text oder was geht es? Bitte füge es ein oder beschreibe es.",
    "fr": "Volontiers. De quel texte ou de quoi s'agit-il ? Collez-le ou décrivez-le, s'il vous plaît.",
    "es": "Con gusto. ¿De qué texto o cosa se trata? Pégalo o descríbelo, por favor.",
}


class Clarifying(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A question back.

    Attributes:
        choices: What may be meant; empty where the person has to say it in their own words.
    """

    text: str
    choices: tuple[str, ...] = ()


def question_back(text: str, asked: str, answered: str) -> Clarifying | None:
    """What to ask before an answer; `None` where the message says enough, or nobody can be sure that it does not.

    Args:
        text: What is said; nothing was attached to it.
        asked: What the person said before; empty at the beginning of a conversation.
        answered: What was answered to that.
    """
    said = text.strip()
    if len(said) > _LONGEST:
        return None
    if not asked and _LACKS_OBJECT.match(said):
        return Clarifying(text=_WHAT[language_of(said, "en") or "en"])
    names = _possible(said, f"{asked[:_READ]}\n{answered[:_READ]}")
    if len(names) < _TWO:
        return None
    told = f"{', '.join(names[:-1])} or {names[-1]}"
    return Clarifying(text=f"Whom do you mean: {told}?", choices=tuple(names))


def _possible(said: str, before: str) -> Sequence[str]:
    """Who of those that were spoken of may be meant by a `he` or `she`; nobody where somebody is named.

    English alone: German writes all nouns like names, and other languages often leave the pronoun out.
    """
    if _ONE_PERSON.isdisjoint(plain_words(said)) or language_of(before, "en") != "en" or names_in(f". {said}"):
        return ()
    acting = [match.groups() for match in (*_ACTING.finditer(before), *_MET.finditer(before))]
    people = sorted(
        {name for names in acting for name in names if name and name.casefold() not in _NOBODY}, key=before.find
    )
    return people if len(people) <= _MOST_CHOICES else ()
