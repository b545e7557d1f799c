"""Shares are kept to, mean the same everywhere, and only grow."""

from hypothesis import given
from hypothesis import strategies as st

from chimera.kit.lots import is_drawn


def test_a_share_is_a_share() -> None:
    drawn = sum(is_drawn(f"somebody {number}", 0.25) for number in range(10_000))
    assert 2_350 < drawn < 2_650


@given(st.text(), st.floats(0, 1), st.floats(0, 1))
def test_nobody_leaves_when_a_share_grows(who: str, one: float, other: float) -> None:
    least, most = sorted((one, other))
    assert is_drawn(who, most) or not is_drawn(who, least)
    assert is_drawn(who, 1)
    assert not is_drawn(who, 0)


def test_a_name_is_drawn_alike_after_every_start() -> None:
    assert [number for number in range(8) if is_drawn(f"{number}", 0.5)] == [2, 4, 6]
