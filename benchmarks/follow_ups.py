"""Questions that stand on the one before, made of LoCoMo's: names become `they`, what both speak of becomes `it`."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chimera.conversations.context.words import words_of

_WORD = re.compile(r"[^\W_]+(?:'s)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question of a conversation, with the places of the messages that hold its answer."""

    text: str
    answer: str
    evidence: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """A question that was `whole`, and says less after the one before."""

    before: Asked
    text: str
    whole: Asked


def who(asked: Sequence[Asked], speakers: Sequence[str]) -> Iterator[FollowUp]:
    """Every question after one that speaks of the same person, who is not named again."""
    for before, whole in itertools.pairwise(asked):
        named = [name for name in speakers if name in before.text and name in whole.text]
        if len(named) == 1:
            yield FollowUp(before=before, text=f"And {_unnamed(whole.text, named[0])}", whole=whole)


def what(asked: Sequence[Asked], speakers: Sequence[str]) -> Iterator[FollowUp]:
    """Of these, those that speak of the same thing, too, which is not named again either."""
    names = set(words_of(" ".join(speakers)))
    for one in who(asked, speakers):
        shared = set(words_of(one.before.text)) & set(words_of(one.text)) - names
        if shared:
            yield FollowUp(before=one.before, text=_without(one.text, shared), whole=one.whole)


def _without(text: str, shared: set[str]) -> str:
    for word in set(_WORD.findall(text)):
        if shared.intersection(words_of(word)):
            text = re.sub(rf"\b{re.escape(word)}\b", "it", text)
    return re.sub(r"\b(?:the |a )?it(?: it)*\b", "it", text)


def _unnamed(text: str, name: str) -> str:
    lowered = text[:1].lower() + text[1:] if not text.startswith(name) else text
    return lowered.replace(f"{name}'s", "their").replace(name, "they")
