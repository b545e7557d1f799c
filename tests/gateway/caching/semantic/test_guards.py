"""What two questions must agree in."""

import pytest
from benchmarks.mutations import mutations
from hypothesis import given
from hypothesis import strategies as st

from chimera.gateway.caching.semantic.guards import objection
from chimera.gateway.caching.semantic.lifetime import lifetime_s
from chimera.gateway.caching.semantic.unsuitable import unsuitable

QUESTIONS = [
    "Why is my card not working?",
    "How long does a transfer take?",
    "Do I have to pay for 2 cards?",
    "Is there a limit of 5 withdrawals?",
    "Can I top up with cash?",
]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("How do I activate my card?", "how can I activate my card"),
        ("What is the capital of France?", "the capital of France is what?"),
        ("How long does delivery take?", "how long will the delivery take please"),
        ("Why was I charged a fee?", "why did you charge me a fee"),
        ("Can I use it within two weeks?", "can i use it within 2 weeks"),
        ("Is a check-in and/or a top-up free?", "is a check-in and/or a top-up free"),
    ],
)
def test_nothing_speaks_against_other_words_for_the_same(one: str, other: str) -> None:
    assert objection(one, other) is None
    assert objection(other, one) is None


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("is 5 km far to run", "is 5 miles far to run", "numbers"),
        ("how to open it in python 3.11", "how to open it in python 3.12", "numbers"),
        ("How do I enable the alarm?", "How do I disable the alarm?", "opposite"),
        ("Wie kann ich das Konto öffnen?", "Wie kann ich das Konto nicht öffnen?", "negation"),
        ("convert pdf to html please", "convert html to pdf please", "direction"),
        ("Who wrote the report?", "When was the report written?", "interrogative"),
        ('what does "set up" mean', 'what does "get up" mean', "quotation"),
        ("Is Anna at the office?", "Is Carl at the office?", "names"),
        ("What is 7 + 5?", "What is 7 - 5?", "symbols"),
        ("What is C++ good for?", "What is C# good for?", "symbols"),
        ("Is -5 a natural number?", "Is 5 a natural number?", "symbols"),
        ("When is x > y for all x?", "When is x < y for all x?", "symbols"),
        ("what does a == b do", "what does a != b do", "symbols"),
        ("Why is the \U0001f34e red?", "Why is the \U0001f352 red?", "symbols"),
    ],
)
def test_a_guard_objects(one: str, other: str, reason: str) -> None:
    assert objection(one, other) == reason
    assert objection(other, one) is not None


def test_ninety_nine_of_a_hundred_changed_questions_are_told_from_what_they_were() -> None:
    found = [(kind, objection(one, other)) for kind, one, other in mutations(QUESTIONS, seed=3, count=300)]
    for kind in {kind for kind, _ in found}:
        objections = [reason for told, reason in found if told == kind]
        assert sum(reason is not None for reason in objections) / len(objections) >= 0.99, kind


@given(st.text(max_size=3000), st.text(max_size=3000))
def test_any_texts_can_be_compared(one: str, other: str) -> None:
    assert objection(one, one) is None
    objection(one, other)
    unsuitable(one)
    assert 0 < lifetime_s(one, 5000) <= 5000


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("write to anna@example.org about it", "personal"),
        ("charge 4111 1111 1111 1111 please", "personal"),
        ("what is my salary this year", "personal"),
        ("wie ist das Wetter heute", "time-bound"),
        ("what is the latest version of it", "time-bound"),
        ("how do I activate my new card", None),
    ],
)
def test_some_questions_are_compared_with_no_other(text: str, reason: str | None) -> None:
    assert unsuitable(text) == reason


def test_what_changes_is_kept_for_minutes_and_what_stays_for_as_long_as_may_be() -> None:
    month = 30 * 86_400
    assert lifetime_s("what is the price of gold", month) == 600
    assert lifetime_s("what is the definition of entropy", month) == month
    assert lifetime_s("how do I cook rice", month) == 86_400
    assert lifetime_s("how do I cook rice", 60) == 60
