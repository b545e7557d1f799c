"""Looking through what does not fit, for what the question is about. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from chimera.conversations.context.passages import passages_of
from chimera.conversations.context.retrieval import Passage, Query, scores
from chimera.conversations.context.said import Said
from chimera.conversations.context.words import words_of

_PAUSE: Final = timedelta(minutes=30)
_SITTING: Final = 40
# A question with fewer words of its own means what was spoken of before it.
_FEW_WORDS: Final = 3


@dataclass(frozen=True, slots=True)
class Found:
    """A passage of an earlier message, the likeliest first.

    Attributes:
        order: Where it stands in the path.
    """

    said: Said
    text: str
    order: int


def found_in(earlier: Sequence[Said], question: str, before: str, vector: bytes) -> list[Found]:
    """All passages of earlier messages, those first that the question is likely to be about.

    Args:
        earlier: Oldest first.
        question: What is asked.
        before: What was said right before it, for questions that say little themselves.
        vector: Of the question's meaning; empty where meanings cannot be compared.
    """
    passages: list[Passage] = []
    sitting, of_sitting = 0, 0
    for place, said in enumerate(earlier):
        last = earlier[place - 1] if place else said
        of_sitting += 1
        if (said.at and last.at and said.at - last.at > _PAUSE) or of_sitting > _SITTING:
            sitting, of_sitting = sitting + 1, 1
        texts = passages_of(said.text)
        size = len(vector)
        for number, text in enumerate(texts):
            own = said.vectors[number * size : (number + 1) * size]
            speaker = said.speaker or said.role
            passages.append(Passage(text=text, message=place, sitting=sitting, speaker=speaker, vector=own))
    asked = f"{question}\n{before}" if len(words_of(question)) < _FEW_WORDS else question
    speakers = frozenset(passage.speaker for passage in passages)
    query = Query(text=asked, speakers=_named(speakers, question), vector=vector)
    ranked = sorted(zip(scores(passages, query), range(len(passages)), strict=True), key=lambda one: (-one[0], -one[1]))
    return [Found(earlier[passages[order].message], passages[order].text, order) for _, order in ranked]


def _named(speakers: frozenset[str], question: str) -> frozenset[str]:
    """Those of them of whom a question speaks."""
    asked = set(re.findall(r"\w+", question.casefold()))
    named = {speaker for speaker in speakers if speaker.casefold() in asked}
    if "user" in speakers and asked & {"i", "me", "my", "mine"}:
        named.add("user")
    if "assistant" in speakers and asked & {"you", "your", "yours"}:
        named.add("assistant")
    return frozenset(named)
