"""What contexts of long conversations are worth: a small version of `python -m benchmarks.context`."""

from statistics import mean

import pytest
from benchmarks.context import DATA, SYSTEM, Tally, asked_of, meant, recall, talks

from chimera.bootstrap.parts.embedder import embedder_of
from chimera.conversations.context import Aim, Budget, measure_for
from chimera.conversations.context.meaning import Meaning
from chimera.llm import Request, Text

MODEL = "openai/gpt-4o"


@pytest.mark.skipif(not DATA.exists(), reason=f"{DATA.name} is not in ../shared/data/memory")
async def test_most_evidence_of_months_reaches_a_model_with_a_small_window() -> None:
    talk, asked = await meant(list(talks())[1], Meaning(await embedder_of()()))
    assert mean(recall(talk, asked, 10)) > 0.74
    measure = measure_for(MODEL, {})
    for budget, least in ((4_000, 0.9), (8_000, 0.95)):
        tally = Tally()
        for question in [one for one in talk.questions if not one.adversarial][::3]:
            aim = Aim(
                asked=Request(model=MODEL, system=(Text(text=SYSTEM),), messages=()),
                window=4 * budget,
                measure=measure,
                budget=Budget(most_tokens=budget),
                vector=asked[question.text],
            )
            tally.add(asked_of(talk, question, aim, budget)[1])
        assert (tally.overflows, tally.pins_lost, tally.disordered) == (0, 0, 0)
        assert mean(tally.shares) >= least
