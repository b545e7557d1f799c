"""The arithmetic of `auto`: expectations, the dial, what is learned, what is replayed."""

import math
import time
from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chimera.gateway.routing.dial import Dials, tolerance
from chimera.gateway.routing.difficulty import difficulty_of, weights
from chimera.gateway.routing.experience import ANSWERED, BLAME, FAILED, NOTHING, PRAISE
from chimera.gateway.routing.features import features
from chimera.gateway.routing.priors import ability_of, quality_of
from chimera.gateway.routing.tasks import TASKS, task_of
from chimera.gateway.routing.weighing import Option, choose

QUALITIES = st.floats(0.01, 0.99)
OPTIONS = st.lists(st.tuples(QUALITIES, st.none() | st.integers(0, 10**9)), min_size=1, max_size=12).map(
    lambda pairs: [
        Option(model=f"p{number}/m", quality=quality, cost_nusd=cost) for number, (quality, cost) in enumerate(pairs)
    ]
)
GAINS = st.lists(st.floats(0, 1), min_size=1, max_size=200)
SHAPE = weights().gaps


@pytest.mark.parametrize("piece", ["1", "\u0661", "1,", "1.", "a", ". ", "x A"])
def test_no_question_takes_long_to_look_at(piece: str) -> None:
    text = piece * 4_000
    begun = [(time.process_time(), features(text), time.process_time()) for _ in range(5)]
    assert min(end - start for start, _, end in begun) < 0.05


@given(OPTIONS, st.floats(0, 1))
def test_the_chosen_one_is_the_cheapest_of_those_within_the_tolerance(options: list[Option], allowed: float) -> None:
    choice = choose(options, allowed)
    best = max(option.quality for option in options)
    assert choice.chosen.quality >= best - allowed - 1e-6
    cheaper = [option for option in options if option.dearness < choice.chosen.dearness]
    assert all(option.quality < best - allowed + 1e-6 for option in cheaper)


@given(OPTIONS)
def test_who_tolerates_nothing_gets_the_best(options: list[Option]) -> None:
    assert choose(options, 0.0).chosen.quality == pytest.approx(max(option.quality for option in options))


@given(GAINS, st.floats(0.01, 1))
def test_the_questions_above_the_tolerance_hold_the_share_that_the_dial_says(gains: list[float], dial: float) -> None:
    allowed = tolerance(gains, dial)
    held = sum(gain for gain in gains if gain > allowed)
    assert held >= dial * sum(gains) - 1e-9


@given(GAINS, st.floats(0, 1), st.floats(0, 1))
def test_a_higher_dial_never_tolerates_more(gains: list[float], one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert tolerance(gains, high) <= tolerance(gains, low)


def test_the_dial_keeps_its_meaning_when_the_traffic_shifts() -> None:
    dials, window = Dials(SHAPE), (uuid4(), "p/best", "p/cheapest")
    for _ in range(512):
        dials.heard(window, 0.4, usual=0.2)
    for _ in range(512):
        dials.heard(window, 0.02, usual=0.2)
    easy = [0.01 + number / 10_000 for number in range(200)]
    for gain in Random(1).sample(easy * 3, 600):
        dials.heard(window, gain, usual=0.2)
    allowed = dials.tolerance(window, 0.8, usual=0.2)
    assert sum(gain for gain in easy if gain > allowed) / sum(easy) == pytest.approx(0.8, abs=0.05)


def test_organisations_and_candidates_have_dials_of_their_own() -> None:
    dials, mine, yours = Dials(SHAPE), (uuid4(), "p/best", "p/cheapest"), (uuid4(), "p/best", "p/cheapest")
    before = dials.tolerance(yours, 0.5, usual=0.2)
    for _ in range(600):
        dials.heard(mine, 0.9, usual=0.2)
    assert dials.tolerance(yours, 0.5, usual=0.2) == before
    assert dials.tolerance(mine, 0.5, usual=0.2) != before


@given(st.text(max_size=6000))
def test_every_text_has_features_of_the_same_number_and_a_kind(text: str) -> None:
    found = features(text)
    assert len(found) == len(weights().lexical.means)
    assert all(math.isfinite(number) for number in found)
    assert task_of(text) in TASKS


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("What is 12 * 7, and how many are left when 5 are taken?", "maths"),
        ("Why does `def f(x):` raise a TypeError here?\n```python\nf()\n```", "code"),
        ("Translate this into French: good morning", "translation"),
        ("Write a short poem about the sea", "writing"),
        ("Summarize the following meeting notes", "extraction"),
        ("Hello, how are you?", "chat"),
    ],
)
def test_the_kind_of_work_is_guessed_from_words(text: str, task: str) -> None:
    assert task_of(text) == task
    assert task_of(text, input_tokens=50_000) == "long"


@given(st.text(max_size=500), st.lists(QUALITIES, min_size=2, max_size=2))
def test_expectations_are_chances(text: str, abilities: list[float]) -> None:
    hard = difficulty_of(text, "maths", weights())
    assert all(0 < hard.expected(ability) < 1 for ability in abilities)


def test_what_was_learned_of_mathematics_counts_little_elsewhere() -> None:
    text = "A shop sold 12 boxes with 15 pens each at a 20% discount. How much more was earned than in 3 days before?"
    at_home, away = (difficulty_of(text, task, weights()).expected(0.64) - 0.64 for task in ("maths", "writing"))
    assert abs(away) < abs(at_home) / 3


def test_feedback_moves_an_expectation_little_at_first_and_much_in_time() -> None:
    once, often = NOTHING.plus(BLAME).quality(0.9), NOTHING
    for _ in range(100):
        often = often.plus(BLAME)
    assert 0.84 < once < 0.9
    assert often.quality(0.9) < 0.2
    assert NOTHING.plus(PRAISE).quality(0.5) > 0.5


def test_calls_that_are_answered_raise_no_expectation_and_failures_lower_it() -> None:
    answered = NOTHING
    for _ in range(1000):
        answered = answered.plus(ANSWERED)
    assert answered.quality(0.8) == pytest.approx(0.8)
    assert NOTHING.plus(FAILED).quality(0.8) < 0.8


def test_what_is_old_counts_less() -> None:
    assert BLAME.aged(timedelta(days=30)).bad == pytest.approx(0.5)
    assert BLAME.aged(timedelta(days=-1)).bad == 1.0


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("gpt-5", "gpt-5-mini"),
        ("gpt-5-mini", "gpt-5-nano"),
        ("claude-opus-4-5", "claude-haiku-4-5"),
        ("gemini-2.5-pro", "gemini-2.5-flash-lite"),
        ("Llama-3.3-70B-Instruct", "Llama-3.1-8B-Instruct"),
        ("gpt-4-1106-preview", "Mixtral-8x7B-Instruct-v0.1"),
        ("qwen2.5:7b", "smollm2-135m"),
    ],
)
def test_larger_models_of_a_family_are_expected_to_do_better(better: str, worse: str) -> None:
    assert ability_of(better) > ability_of(worse)
    for task in TASKS:
        assert quality_of(ability_of(better), task, better) > quality_of(ability_of(worse), task, worse)


def test_of_models_that_nobody_knows_the_dearer_one_is_expected_to_do_better() -> None:
    prices = (100_000_000, 1_000_000_000, 10_000_000_000)
    abilities = [ability_of("something-new", output_nusd_per_mtok=price) for price in prices]
    assert abilities == sorted(abilities)
    assert len(set(abilities)) == 3
