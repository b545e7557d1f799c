"""What a message wants, told by rules: which words it begins with, what it stands on, what it shares. Pure."""

from typing import Final, Literal, TypeAlias, get_args

from msgspec import Struct

from chimera.conversations.context.words import words_of
from chimera.conversations.steps.reading.phrases import (
    ASKING,
    CLARIFICATION,
    COMMAND,
    FEEDBACK,
    GOODBYE,
    NEW_TOPIC,
    THANKED,
    pattern,
)
from chimera.conversations.steps.reading.references import stands_on_others
from chimera.conversations.steps.reading.wording import CONNECTING

Intent: TypeAlias = Literal["question", "command", "clarification", "follow_up", "new_topic", "feedback", "goodbye"]
INTENTS: Final[tuple[Intent, ...]] = get_args(Intent)
By: TypeAlias = Literal["rules", "meaning", "model"]


class Guess(Struct, frozen=True, kw_only=True):
    """What a message wants.

    Attributes:
        sure: Whether anything may follow from it.
    """

    intent: Intent
    sure: bool = True
    by: By = "rules"


_SHORT: Final = 80
_READ: Final = 800
_FEW_WORDS: Final = 2


def told_by_rules(text: str, asked: str = "", answered: str = "") -> Guess:
    """What a message wants.

    Args:
        text: What is said.
        asked: What the person said before; empty at the beginning of a conversation.
        answered: What was answered to that.
    """
    said = text.strip()[:_READ]
    if pattern(CLARIFICATION).search(said) and (asked or answered):
        return Guess(intent="clarification")
    if len(said) <= _SHORT:
        if pattern(GOODBYE).match(said) and not said.endswith("?"):
            return Guess(intent="goodbye")
        if _is_only_feedback(said):
            return Guess(intent="feedback")
    if asked and pattern(NEW_TOPIC).search(said[:_SHORT]):
        return Guess(intent="new_topic")
    return _of_request(said, asked, answered)


def _is_only_feedback(said: str) -> bool:
    found = pattern(FEEDBACK).match(said)
    return found is not None and not said.endswith("?") and len(words_of(said[found.end() :])) <= _FEW_WORDS


def _of_request(said: str, asked: str, answered: str) -> Guess:
    bare = pattern(THANKED).sub("", said) or said
    if pattern(COMMAND).match(bare):
        return Guess(intent="command")
    asking = bare.endswith("?") or bool(pattern(ASKING).match(bare))
    if not asked:
        return Guess(intent="question" if asking else "command", sure=asking)
    if stands_on_others(bare) or CONNECTING.match(bare):
        return Guess(intent="follow_up", sure=asking)
    shares = not set(words_of(bare)).isdisjoint(words_of(f"{asked[:_READ]} {answered[:_READ]}"))
    if shares:
        return Guess(intent="question" if asking else "follow_up", sure=asking)
    return Guess(intent="new_topic" if len(words_of(bare)) > _FEW_WORDS else "follow_up", sure=False)
