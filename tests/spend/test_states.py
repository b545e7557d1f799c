"""How a budget stands, where it is going, and how money is written: pure, and exact."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chimera.kit.money import nusd, usd
from chimera.spend.planning.states import Level, Standing

AMOUNTS = st.integers(0, 10**18)
MONTH = date(2026, 11, 1)


@given(st.integers(-(10**18), 10**18))
def test_money_is_written_and_read_without_loss(amount: int) -> None:
    assert nusd(usd(amount)) == amount


def test_money_is_written_with_two_decimals_at_least() -> None:
    assert [usd(amount) for amount in (0, 1, 10**9, 1_250_000_000, -5)] == [
        "0.00", "0.000000001", "1.00", "1.25", "-0.000000005",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["1.0000000001", "x", "", "NaN", "Infinity"])
def test_what_is_no_money_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        nusd(text)


def standing(spent: int, limit: int = 1000, *, held: int = 0, earlier: tuple[int, ...] = ()) -> Standing:
    return Standing(
        subject="s", starts_on=MONTH, period="month", limit=limit, thresholds=[80, 100], spent=spent, held=held,
        earlier=earlier,
    )  # fmt: skip


def at(days: float) -> datetime:
    return datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=days)


@pytest.mark.parametrize(
    ("spent", "held", "level"),
    [
        (0, 0, "none"),
        (799, 0, "none"),
        (800, 0, "warning"),
        (950, 0, "critical"),
        (900, 100, "exhausted"),
        (1000, 0, "exhausted"),
    ],
)
def test_levels(spent: int, held: int, level: str) -> None:
    assert standing(spent, held=held).level == Level(level)


@given(AMOUNTS, AMOUNTS, st.lists(AMOUNTS, max_size=4), st.floats(0, 30))
def test_what_is_foreseen_is_never_less_than_what_is_spent(
    spent: int, limit: int, earlier: list[int], days: float
) -> None:
    projected = standing(spent, limit, earlier=tuple(earlier)).projected(at(days))
    assert projected is None or projected >= spent
    assert standing(spent, limit, earlier=tuple(earlier)).projected(at(30)) == spent


def test_early_in_a_window_what_is_usual_counts_and_later_the_pace() -> None:
    assert standing(0).projected(at(0)) is None
    assert standing(0, earlier=(600, 400)).projected(at(0)) == 500
    assert standing(100).projected(at(3)) == 1000
    early, late = standing(100, earlier=(500,)).projected(at(3)), standing(900, earlier=(500,)).projected(at(27))
    assert early is not None
    assert 500 < early < 1000
    assert late is not None
    assert 950 < late < 1000
    assert late > early


def test_a_budget_for_all_time_has_no_end_to_foresee() -> None:
    forever = Standing(subject="s", starts_on=MONTH, period="total", limit=10, thresholds=[80], spent=5)
    assert (forever.projected(at(3)), forever.renews_at, forever.left) == (None, None, 5)
