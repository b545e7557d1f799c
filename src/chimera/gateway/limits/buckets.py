"""What is counted, and the port to whoever counts. Plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NamedTuple, Protocol, TypeAlias

Whose: TypeAlias = Literal["organisation", "user", "key", "model"]
Unit: TypeAlias = Literal["requests", "tokens"]
Period: TypeAlias = Literal["minute", "day", "month"]

MICROSECONDS = 1_000_000
# A debt is kept as units times microseconds, and doubles count without gaps up to 2**53: Redis' Lua has nothing else.
MOST_A_MINUTE = 100_000_000


class Rule(StrEnum):
    """How a bucket binds."""

    RATE = "rate"
    """It runs out steadily, `amount` a `period_us`, and takes one period's worth at once: the GCRA."""
    QUOTA = "quota"
    """It is emptied when its window ends."""
    SOFT = "soft"
    """A quota that refuses nothing: once it is full, the slow buckets behind it bind."""
    SLOW = "slow"
    """A rate that binds and counts only while a soft quota before it is full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One limit of somebody.

    Attributes:
        key: Names it among all; begins with its organisation in braces, so that a cluster keeps together what is taken
            together.
        period_us: Of rates.
        ends_s: Of quotas: when the window ends, in Unix time.
    """

    key: str
    rule: Rule
    whose: Whose
    unit: Unit
    period: Period
    amount: int
    period_us: int = 60 * MICROSECONDS
    ends_s: int = 0

    @property
    def name(self) -> str:
        return f"{self.whose} {self.unit} {self.period}"

    def cost(self, tokens: int) -> int:
        """What one request of so many tokens takes: never more than a full bucket, or it could never be asked."""
        return 1 if self.unit == "requests" else min(tokens, self.amount)


class Verdict(NamedTuple):
    """What became of a request.

    Attributes:
        refused_by: Index of the bucket that makes it wait longest; `None` when it was admitted.
        wait_us: Until all buckets would admit it, if nobody else came.
        levels: By bucket, how full it is now: of rates in units times microseconds, of quotas in units.
    """

    refused_by: int | None
    wait_us: int
    levels: Sequence[int]


class LimiterAwayError(Exception):
    """Whoever counts cannot be asked now. Never leaves `gateway.limits`."""


class RateLimiter(Protocol):
    """Counts requests and tokens. All buckets of a call belong to one organisation."""

    async def take(self, buckets: Sequence[Bucket], tokens: int) -> Verdict:
        """Take one request of so many tokens out of every bucket in one step, or nothing out of any.

        Raises:
            LimiterAwayError: if it cannot be known.
        """
        ...

    def settle(self, buckets: Sequence[Bucket], reserved: int, used: int) -> None:
        """Correct, soon, what was taken for `reserved` tokens to what was used: give back, or take more.

        More may be taken than there is; whoever comes next waits for it.
        """
        ...
