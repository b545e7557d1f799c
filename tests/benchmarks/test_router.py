"""The estimate of difficulty is worth what the documentation says. A small version of `python -m benchmarks.router`."""

import numpy as np
import pytest
from benchmarks.router import QUESTIONS, Bench, decisions_ms
from tools.train_router import lexical_inputs, read_questions, vectors_of

answered = pytest.mark.skipif(not QUESTIONS.exists(), reason=f"{QUESTIONS.name} is not in ../shared/data/routing")


@answered
async def test_words_and_their_meaning_save_two_fifths_at_most_of_the_strong_model_s_accuracy() -> None:
    questions = read_questions(QUESTIONS)
    lexical = lexical_inputs(questions.texts)
    _, vectors = await vectors_of(questions.texts)
    blocks = (lexical.shape[1], vectors.shape[1])
    found = Bench(questions, np.hstack([lexical, vectors]), blocks).measure(rounds=1)
    assert found.apgr >= 0.65
    assert found.at[0.95].saved >= 0.38
    assert found.at[0.95].accuracy >= 0.94
    assert found.at[0.98].saved >= 0.25
    assert found.at[0.98].accuracy >= 0.97


@answered
async def test_nineteen_decisions_of_twenty_take_less_than_five_milliseconds() -> None:
    by_meaning, by_words = await decisions_ms(read_questions(QUESTIONS).texts[:300])
    assert by_words.cpu < by_meaning.cpu < 5  # 0.8 and 1.4 on the reference machine


@answered
def test_words_alone_save_a_third_at_most_of_the_strong_model_s_accuracy() -> None:
    questions = read_questions(QUESTIONS)
    lexical = lexical_inputs(questions.texts)
    found = Bench(questions, lexical, (lexical.shape[1],)).measure(rounds=1)
    assert found.apgr >= 0.62
    assert found.at[0.95].saved >= 0.33
    assert found.at[0.95].accuracy >= 0.94
    assert found.at[0.98].saved >= 0.2
    assert found.at[0.98].accuracy >= 0.97
    least, most = found.dials[0.0].accuracy, found.dials[1.0].accuracy
    for dial in (0.25, 0.5, 0.75):
        assert (found.dials[dial].accuracy - least) / (most - least) == pytest.approx(dial, abs=0.07)
