"""The estimate of difficulty is worth what the documentation says. A small version of `python -m benchmarks.router`."""

import pytest
from benchmarks.router import QUESTIONS, Bench
from tools.train_router import lexical_inputs, read_questions


@pytest.mark.skipif(not QUESTIONS.exists(), reason=f"{QUESTIONS.name} is not in ../shared/data/routing")
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
