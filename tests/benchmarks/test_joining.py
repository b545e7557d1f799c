"""At least 99 % of what a trace allows is saved, on a small one; over two replicas, too."""

import pytest
from benchmarks.joining import Rush, replay


@pytest.mark.parametrize("mode", ["join", "exact"])
async def test_what_a_trace_allows_to_save_is_saved(mode: str) -> None:
    saved = await replay(mode, 1.1, 300, Rush(calls=2000, at_once=200))
    assert saved.possible > 200
    assert saved.share >= 0.99


@pytest.mark.parametrize("pace_s", [0.0, 0.005], ids=["at once", "word by word"])
@pytest.mark.parametrize("streamed", [True, False], ids=["streams", "whole answers"])
async def test_two_replicas_ask_once(streamed: bool, pace_s: float) -> None:
    rush = Rush(calls=1000, at_once=200, servers=2, streamed=streamed, pace_s=pace_s)
    saved = await replay("exact", 1.1, 300, rush)
    assert saved.share >= 0.99
