"""What memory is worth: a small version of `python -m benchmarks.memory`."""

from statistics import mean

import pytest
from benchmarks.memory import DATA, asked_of, crowd, latest_wins, lives, meant, times_of

from chimera.bootstrap.parts.embedder import embedder_of
from chimera.conversations.context.meaning import Meaning


def test_whatever_the_order_in_which_it_is_learned_what_was_said_last_holds() -> None:
    right, total = latest_wins(50, seed=7)
    assert right == total > 20


@pytest.mark.skipif(not DATA.exists(), reason=f"{DATA.name} is not in ../shared/data/memory")
async def test_what_a_question_is_about_is_among_the_few_facts_that_are_shown() -> None:
    meaning = Meaning(await embedder_of("wordpieces")())
    life = await meant(lives()[1], meaning)
    vectors = {one.text: await meaning.of_question(one.text) for one in life.questions}
    tally = asked_of([life], vectors, together=False)
    assert mean(tally.shown) > 0.65
    assert max(tally.tokens) <= 600
    assert len(times_of(crowd(life.facts, 500), vectors)) == len(vectors) - 1
