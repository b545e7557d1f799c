"""What somebody reads whom a budget refuses."""

from datetime import UTC, date, datetime

import pytest

from chimera.kit.ids import new_id
from chimera.spend.budgets import EACH, Budget, Window
from chimera.spend.cashier.refusals import exhausted

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize(("left", "told"), [(36_250, "does not suffice"), (0, "is used up"), (-1, "is used up")])
def test_a_budget_of_which_something_is_left_is_not_called_used_up(left: int, told: str) -> None:
    budget = Budget(
        id=new_id(),
        name="Lab",
        kind="tenant",
        subject=EACH,
        period="month",
        unit="usd",
        limit=100_000,
        hard=True,
        enabled=True,
        created_at=NOW,
    )
    error = exhausted(budget, Window(budget.id, "x", date(2026, 11, 1)), left=left, needed=40_500, now=NOW)
    assert f"“Lab” {told}: " in error.message
