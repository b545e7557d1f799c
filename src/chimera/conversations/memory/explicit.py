"""What people ask to be remembered, or say of themselves in so many words: found without a model. Pure.

Only sentences that begin so; questions, suppositions and denials are none. Who says it otherwise needs a model.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from chimera.conversations.memory.fact import About, EntityKind, FactKind, Learned
from chimera.conversations.memory.withheld import withheld

LONGEST: Final = 300
_MOST: Final = 10
_SENTENCE: Final = re.compile(r"(?<=[.!?…。])\s+|\n+|(?<=。)")
_OPENING: Final = re.compile(
    r"^[\s*•·—-]*(?:(?:hi|hello|hey|ok|okay|so|well|also|and|oh|thanks|thank you|by the way|btw|fyi|actually|now|"
    r"please|"
    r"hallo|übrigens|bitte|hola|por favor|bonjour|au fait|s'il te plaît|привет|кстати)\b(?:\s+there)?[\s,.!:;—-]*)*",
    re.IGNORECASE,
)
_REMEMBER: Final = re.compile(
    r"^(?:(?:please\s+)?(?:can|could|will|would) you (?:please )?)?(?:please\s+)?(?:always\s+)?"
    r"(?:remember|keep in mind|bear in mind|don't forget|do not forget|memori[sz]e|make a note|take note|note|"
    r"save (?:to|in) (?:your )?memory|merk(?:e)? dir|denk daran|vergiss nicht|recuerda|no olvides|"
    r"souviens-toi|retiens|n'oublie pas|ricorda(?:ti)?|lembre-se|запомни|не забудь)\b"
    r"[\s,:]*(?:please[\s,]*)?(?:this|the following|for later|dass|que|che|de que|что|that)?[\s,:]+(?P<said>.+)$",
    re.IGNORECASE | re.DOTALL,
)
# What is to be done next is no memory: `remember to close the tag`, `note: answer in JSON`.
_TASK: Final = re.compile(r"^(?:to|when|how|what|where|who|why|if|the (?:last|previous|above))\b", re.IGNORECASE)
_SUPPOSED: Final = re.compile(
    r"\b(?:if|suppose|imagine|pretend|let's say|hypothetically|what if|wenn ich)\b", re.IGNORECASE
)
_END: Final = r"(?:\s+(?:now|currently|these days|at the moment|nowadays))?[\s.!,;]*$"
_NO_NAME: Final = (
    "not|no|un|in|on|the|an?|too|very|my|hard|difficult|irrelevant|secret|spelled|pronounced|unusual|common"
)
_NAME: Final = rf"(?P<value>(?!(?:{_NO_NAME})\b)[^\W\d_][\w'-]*(?: (?-i:[^\W\d_a-z])[\w'.-]*){{0,3}})"
_CAPITAL: Final = r"(?-i:[^\W\d_a-z])[\w'.-]*"
_PLACE: Final = rf"(?P<value>{_CAPITAL}(?:,? (?:(?:de|la|le|el|of|the|am|an der|upon|sur)\b|{_CAPITAL})){{0,4}})"
_OTHER: Final = _PLACE.replace("<value>", "<other>")  # a pattern names a group once


@dataclass(frozen=True, slots=True, kw_only=True)
class _Phrase:
    pattern: re.Pattern[str]
    attribute: str
    kind: FactKind
    single: bool = True
    value_kind: EntityKind | None = None
    holds: bool = True


def _phrase(pattern: str, attribute: str, kind: FactKind, value_kind: EntityKind | None = None) -> _Phrase:
    return _Phrase(
        pattern=re.compile(rf"^(?:{pattern}){_END}", re.IGNORECASE),
        attribute=attribute,
        kind=kind,
        single=attribute not in {"preference", "allergy"},
        value_kind=value_kind,
        holds=not re.match(r"i \(\?:no longer", pattern),
    )


_REST: Final = r"(?P<value>[^.!?\n]{2,120}?)"
_PHRASES: Final = (
    _phrase(
        rf"(?:my (?:full |first )?name is|my name's|i am called|i'm called|mein name ist|ich heiße|me llamo|"
        rf"mi nombre es|je m'appelle|mi chiamo|меня зовут) {_NAME}",
        "name",
        FactKind.IDENTITY,
    ),
    _phrase(rf"(?:(?:you can )?call me|nenn mich|llámame|appelle-moi) {_NAME}", "form of address", FactKind.IDENTITY),
    _phrase(
        rf"i (?:no longer|don't|do not) live in {_PLACE}(?: any ?more)?",
        "home",
        FactKind.IDENTITY,
        EntityKind.PLACE,
    ),
    _phrase(
        rf"(?:i (?:now |currently )?live in|i(?:'ve| have)? (?:just |recently )?moved to|i(?:'m| am) (?:now )?"
        rf"(?:living|based) in|ich wohne (?:jetzt )?in|vivo en|j'habite à|я живу в) {_PLACE}",
        "home",
        FactKind.IDENTITY,
        EntityKind.PLACE,
    ),
    _phrase(
        rf"i (?:no longer|don't|do not) work (?:at|for) {_PLACE}(?: any ?more)?",
        "employer",
        FactKind.WORK,
        EntityKind.ORGANISATION,
    ),
    _phrase(
        rf"i (?:now |currently )?work (?:at|for) {_PLACE}(?: now)?|ich arbeite (?:jetzt )?bei {_OTHER}",
        "employer",
        FactKind.WORK,
        EntityKind.ORGANISATION,
    ),
    _phrase(rf"i work as (?:an? )?{_REST}", "occupation", FactKind.WORK),
    _phrase(rf"my birthday is (?:on )?{_REST}", "birthday", FactKind.IDENTITY),
    _phrase(rf"i(?:'m| am) allergic to {_REST}", "allergy", FactKind.PREFERENCE),
    _phrase(r"i(?:'m| am) (?:a )?(?P<value>vegan|vegetarian|pescatarian)", "diet", FactKind.PREFERENCE),
    _phrase(rf"i(?: always| usually| really)? prefer {_REST}", "preference", FactKind.PREFERENCE),
    _phrase(rf"always (?:answer|reply|write)(?: to me)? in {_REST}", "language of answers", FactKind.INSTRUCTION),
)  # fmt: skip


def explicitly(own: str) -> list[Learned]:
    """What is to be remembered of a person's own words."""
    found: list[Learned] = []
    for sentence in _sentences(own):
        learned = _of(sentence)
        if learned is not None and not withheld(sentence):
            found.append(learned)
    return found[:_MOST]


def said_of_oneself(sentence: str) -> Learned | None:
    """A sentence that says something of its writer in one of the known ways."""
    bare = sentence.strip()
    for phrase in _PHRASES:
        match = phrase.pattern.match(bare)
        if match is not None:
            value = next(one for one in match.groupdict().values() if one).strip(" .,;!")
            about = About(attribute=phrase.attribute, value=value, single=phrase.single, value_kind=phrase.value_kind)
            return Learned(statement=_sentence(bare), about=about, kind=phrase.kind, holds=phrase.holds)
    return None


def _sentences(own: str) -> Iterator[str]:
    for sentence in _SENTENCE.split(own):
        bare = _OPENING.sub("", sentence, count=1).strip()
        if bare and not bare.endswith(("?", ":")) and not _SUPPOSED.search(bare):
            yield bare


def _of(sentence: str) -> Learned | None:
    asked = _REMEMBER.match(sentence)
    if asked is None:
        return said_of_oneself(sentence) if len(sentence) <= LONGEST else None
    said = asked["said"].strip(" ,:;—-")
    if len(said.split()) < 2 or len(said) > LONGEST or _TASK.match(said):  # a word says nothing
        return None
    return said_of_oneself(said) or Learned(statement=_sentence(said))


def _sentence(text: str) -> str:
    text = text.strip()
    return text[:1].upper() + text[1:]
