"""How a budget stands in one of its windows, and where it is going. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from fractions import Fraction
from typing import Final

from chimera.spend.budgets import Period, window_end

CRITICAL_PERCENT: Final = 95
DEFAULT_THRESHOLDS: Final = (80, 100)
# Of a window that has just begun the pace says nothing.
_LEAST_PASSED: Final = Fraction(1, 100)


class Level(StrEnum):
    """`warning` from the lowest threshold on, `critical` from 95 %, `exhausted` when nothing is left."""

    NONE = "none"
    WARNING = "warning"
    CRITICAL = "critical"
    EXHAUSTED = "exhausted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a budget counts for one subject in its present window, in the budget's unit.

    Attributes:
        earlier: What was spent in the windows before, as far as they are known.
    """

    subject: str
    starts_on: date
    period: Period
    limit: int
    thresholds: Sequence[int]
    spent: int = 0
    held: int = 0
    earlier: Sequence[int] = ()

    @property
    def left(self) -> int:
        return max(0, self.limit - self.spent - self.held)

    @property
    def renews_at(self) -> datetime | None:
        return window_end(self.period, self.starts_on)

    @property
    def percent(self) -> float:
        """Spent, of the limit, to a tenth."""
        if self.limit == 0:
            return 100.0 if self.spent else 0.0
        return round(float(Fraction(100 * self.spent, self.limit)), 1)

    @property
    def level(self) -> Level:
        if self.left == 0:
            return Level.EXHAUSTED
        if self.has_reached(CRITICAL_PERCENT):
            return Level.CRITICAL
        if self.has_reached(min(self.thresholds, default=DEFAULT_THRESHOLDS[0])):
            return Level.WARNING
        return Level.NONE

    def has_reached(self, percent: int) -> bool:
        return self.spent > 0 and 100 * self.spent >= percent * self.limit

    def passed(self, now: datetime) -> Fraction | None:
        """How much of the window is over, 0 to 1; `None` where it has no end."""
        if self.renews_at is None:
            return None
        start = datetime.combine(self.starts_on, time(), UTC)
        return min(Fraction(1), max(Fraction(0), Fraction((now - start) / (self.renews_at - start))))

    def projected(self, now: datetime) -> int | None:
        """What will have been spent at the window's end.

        The rest of the window goes on at a pace between the one so far and that of earlier windows: the more of the
        window is over, the more the pace so far counts. `None` where there is nothing yet to tell it by.
        """
        passed = self.passed(now)
        if passed is None:
            return None
        usual = Fraction(sum(self.earlier), len(self.earlier)) if self.earlier else None
        if passed < _LEAST_PASSED:
            pace = usual
        elif usual is None:
            pace = self.spent / passed
        else:
            pace = passed * (self.spent / passed) + (1 - passed) * usual
        return None if pace is None else self.spent + round((1 - passed) * pace)
