"""Estimates learn from what providers report, and cannot be talked into nonsense."""

import math
from random import Random
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.gateway.calibration.texts import SENTENCES, text_in

from chimera.gateway.calibration import Calibration, FactorKey, LearnedFactor, family_of
from chimera.gateway.calibration.calibration import sample_of
from chimera.gateway.calibration.factors import Factor, bound_of
from chimera.gateway.tokens import count, estimate
from chimera.gateway.tokens.scripts import script_of
from chimera.llm import Image, Message, Part, Request, Text, Usage

MODEL = "claude-sonnet-5-5"
SOMEONE = UUID(int=1)


def asking(*parts: Part) -> Request:
    return Request(model=MODEL, messages=(Message(role="user", parts=parts),))


def reported(request: Request, *, vocabulary: str) -> int:
    """What a provider with this vocabulary says."""
    return count(request, vocabulary).tokens


def teach(
    calibration: Calibration,
    language: str,
    *,
    vocabulary: str = "gpt-4",
    who: UUID = SOMEONE,
    times: int = 60,
    lie: float = 1.0,
) -> None:
    random = Random(f"{language} {who}")
    for _ in range(times):
        request = asking(Text(text=text_in(language, random)))
        usage = Usage(input_tokens=round(reported(request, vocabulary=vocabulary) * lie))
        sample = sample_of(request, usage, provider="anthropic", model=MODEL)
        if sample is not None:
            calibration.learn(who, sample)


def off_by(calibration: Calibration, language: str, *, vocabulary: str = "gpt-4") -> float:
    """Relative error of estimates of unseen texts, the middle one of nine."""
    random = Random(f"unseen {language}")
    errors = []
    for _ in range(9):
        request = asking(Text(text=text_in(language, random)))
        guessed = estimate(request, MODEL, calibration.factors("anthropic", MODEL))
        errors.append(guessed.tokens / reported(request, vocabulary=vocabulary) - 1)
    return sorted(errors)[4]


@pytest.mark.parametrize("vocabulary", ["gpt-4", "gpt-4o"])
@pytest.mark.parametrize("language", SENTENCES)
def test_an_estimate_comes_within_five_percent_of_another_vocabulary(language: str, vocabulary: str) -> None:
    calibration = Calibration()
    teach(calibration, language, vocabulary=vocabulary)
    assert abs(off_by(calibration, language, vocabulary=vocabulary)) < 0.05


def test_before_it_learned_it_was_far_off() -> None:
    assert abs(off_by(Calibration(), "khmer")) > 0.3


def test_languages_that_are_learned_side_by_side_do_not_spoil_each_other() -> None:
    calibration = Calibration()
    for _ in range(4):
        for language in SENTENCES:
            teach(calibration, language, times=15)
    assert {language: abs(off_by(calibration, language)) < 0.06 for language in SENTENCES} == dict.fromkeys(
        SENTENCES, True
    )


def test_what_one_model_taught_says_nothing_of_another_or_of_another_provider() -> None:
    calibration = Calibration()
    teach(calibration, "khmer")
    assert set(calibration.factors("anthropic", MODEL)) == {"khmer"}
    assert set(calibration.factors("anthropic", f"{MODEL}-20260701")) == {"khmer"}
    assert calibration.factors("anthropic", "claude-opus-5") == {}
    assert calibration.factors("gemini", MODEL) == {}


@pytest.mark.parametrize("language", ["english", "khmer"])
@pytest.mark.parametrize("lie", [0.0, 1e-6, 0.2, 5.0, 1e6])
def test_a_lying_provider_cannot_push_an_estimate_beyond_its_bounds(language: str, lie: float) -> None:
    calibration = Calibration()
    teach(calibration, language, times=300, lie=lie)
    for script, factor in calibration.factors("anthropic", MODEL).items():
        assert abs(math.log(factor)) <= bound_of(script) + 1e-9


def test_one_organisation_cannot_turn_what_others_taught() -> None:
    calibration = Calibration()
    for who in (uuid4(), uuid4()):
        teach(calibration, "chinese", who=who, times=20)
    before = off_by(calibration, "chinese")
    teach(calibration, "chinese", who=uuid4(), times=500, lie=3.0)
    assert abs(off_by(calibration, "chinese") - before) < 0.05


def test_what_was_remembered_outweighs_one_who_has_just_come() -> None:
    key = FactorKey("anthropic", MODEL, "han")
    calibration = Calibration()
    calibration.remember({key: LearnedFactor(log_factor=0.2, weight=200)})
    teach(calibration, "chinese", times=20, lie=5.0)
    assert calibration.factors("anthropic", MODEL)["han"] == pytest.approx(math.exp(0.2))


def test_it_forgets_what_no_longer_holds() -> None:
    calibration = Calibration()
    teach(calibration, "chinese", vocabulary="gpt-4", times=200)
    teach(calibration, "chinese", vocabulary="gpt-4o", times=200)
    assert abs(off_by(calibration, "chinese", vocabulary="gpt-4o")) < 0.05


def test_pictures_short_texts_and_remembered_conversations_teach_nothing() -> None:
    text = Text(text=text_in("german", Random(0)))
    whole = count(asking(text), "gpt-4").tokens
    picture = Image(url="https://example.test/a.png")
    assert sample_of(asking(text, picture), Usage(input_tokens=whole + 1100), provider="p", model=MODEL) is None
    assert sample_of(asking(Text(text="Hallo")), Usage(input_tokens=9), provider="p", model=MODEL) is None
    calibration = Calibration()
    beside = sample_of(asking(text), Usage(input_tokens=whole * 40), provider="p", model=MODEL)
    assert beside is not None
    assert not calibration.learn(SOMEONE, beside)


def test_tokens_from_the_cache_are_part_of_the_input() -> None:
    request = asking(Text(text=text_in("german", Random(0))))
    whole = count(request, "gpt-4").tokens
    plain = sample_of(request, Usage(input_tokens=whole), provider="p", model=MODEL)
    cached = sample_of(
        request, Usage(input_tokens=whole, cached_tokens=whole - 9, cache_write_tokens=9), provider="p", model=MODEL
    )
    assert plain == cached


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("claude-sonnet-4-5-20250929", "claude-sonnet-4-5"),
        ("anthropic/claude-sonnet-4.5:beta", "claude-sonnet-4.5"),
        ("gpt-4o-2024-08-06", "gpt-4o"),
        ("gemini-2.5-flash-preview-09-2025", "gemini-2.5-flash"),
        ("mistral-large-latest", "mistral-large"),
        ("gpt-5-mini", "gpt-5-mini"),
        ("", ""),
    ],
)
def test_a_family_is_a_model_without_its_date(model: str, family: str) -> None:
    assert family_of(model) == family


@pytest.mark.parametrize(
    ("language", "script"),
    [
        ("khmer", "khmer"),
        ("thai", "thai"),
        ("chinese", "han"),
        ("german", "latin"),
        ("russian", "cyrillic"),
        ("arabic", "arabic"),
        ("hindi", "devanagari"),
        ("english", "ascii"),
        ("code", "code"),
    ],
)
def test_a_text_tells_its_script(language: str, script: str) -> None:
    assert script_of(text_in(language, Random(1))) == script


@given(st.text())
def test_every_text_has_a_script(text: str) -> None:
    assert script_of(text)


@given(st.lists(st.tuples(st.integers(0, 40), st.floats(-50, 50)), max_size=300), st.floats(allow_nan=True))
def test_a_factor_stays_in_its_bounds_whatever_it_hears(reports: list[tuple[int, float]], kept: float) -> None:
    factor = Factor(bound_of("ascii"))
    factor.remember(LearnedFactor(log_factor=kept, weight=10))
    for who, log_ratio in reports:
        factor.hear(UUID(int=who), log_ratio)
        assert abs(factor.log_factor) <= factor.bound
