"""The stream of `python -m benchmarks.semantic_cache`, with fewer topics and the real embedder."""

import pytest
from benchmarks.semantic_cache import Remembered, banking77, run

from chimera.bootstrap.parts.embedder import embedder_of

ROWS = banking77()


@pytest.mark.skipif(not ROWS, reason="banking77 is not in ../shared/data/cache")
async def test_real_questions_are_answered_by_meaning_and_few_of_them_wrongly() -> None:
    topics = sorted({intent for _, intent in ROWS})[::13]
    rows = [(text, intent) for text, intent in ROWS if intent in topics]
    outcome = await run(Remembered(await embedder_of()()), rows, max_wrong=0.05, seed=1)
    assert len(rows) > 700
    assert outcome.wrong <= 0.05
    assert outcome.hits > 0.25
    assert outcome.later_hits > outcome.hits
