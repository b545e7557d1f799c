"""At least 99 % of what a trace allows is saved, on a small one."""

import pytest
from benchmarks.joining import replay


@pytest.mark.parametrize("mode", ["join", "exact"])
async def test_what_a_trace_allows_to_save_is_saved(mode: str) -> None:
    saved = await replay(mode, 1.1, 300, calls=2000, at_once=200)
    assert saved.possible > 200
    assert saved.share >= 0.99
