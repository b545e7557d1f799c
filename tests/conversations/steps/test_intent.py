"""Rules tell what most messages want, and are seldom wrong where anything follows from what they say."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from tests.conversations.steps.labelled import LABELLED

from chimera.conversations.steps.reading.intent import INTENTS, told_by_rules

LEAST_RIGHT = 0.85
# From these something follows: less is looked through, or shown.
TELLING = {"feedback", "goodbye", "new_topic"}


def test_rules_tell_what_most_messages_want() -> None:
    confusion = Counter((one.wants, told_by_rules(one.text, *one.before).intent) for one in LABELLED)
    right = sum(confusion[intent, intent] for intent in INTENTS)
    assert right / len(LABELLED) >= LEAST_RIGHT, table(confusion)
    for intent in INTENTS:
        assert confusion[intent, intent] >= sum(confusion[intent, told] for told in INTENTS) / 2, table(confusion)


def test_what_something_follows_from_is_never_said_in_error() -> None:
    guesses = [(one, told_by_rules(one.text, *one.before)) for one in LABELLED]
    wrong = [one.text for one, guess in guesses if guess.sure and guess.intent in TELLING and guess.intent != one.wants]
    assert not wrong


def test_thanks_before_a_request_are_no_feedback() -> None:
    for text in (
        "Great, now write the tests for it.",
        "Thanks, and how do I undo it?",
        "Perfect! Which one is cheaper?",
    ):
        assert told_by_rules(text, "How?", "So.").intent in {"command", "follow_up"}


@given(st.text(max_size=3_000), st.text(max_size=50))
def test_rules_have_something_to_say_of_any_text(text: str, asked: str) -> None:
    assert told_by_rules(text, asked, asked).intent in INTENTS


def table(confusion: Counter[tuple[str, str]]) -> str:
    rows = [f"{wants:>14} " + " ".join(f"{confusion[wants, told]:3}" for told in INTENTS) for wants in INTENTS]
    return "\n" + "\n".join(rows)
