"""Sums of what came of an experiment's calls. Two of them add up, so that replicas can count alone."""

import math
from typing import Literal, TypeAlias

from msgspec import Struct, structs

Arm: TypeAlias = Literal["control", "challenger"]


class Tally(Struct, frozen=True, kw_only=True):
    """One arm.

    Attributes:
        errors: Calls that its model did not answer, whoever stood in.
        timed: Calls of which the time to the first token is known.
        log_first: Sum of the natural logarithms of these times in seconds.
        log_first_squares: Sum of their squares.
        priced: Calls of which the cost is known.
        compared: Shadow answers that were compared with the answer given.
        similarity: Sum of how alike they were, 0 to 1 each.
    """

    calls: int = 0
    errors: int = 0
    timed: int = 0
    log_first: float = 0.0
    log_first_squares: float = 0.0
    priced: int = 0
    cost_nusd: int = 0
    output_tokens: int = 0
    compared: int = 0
    similarity: float = 0.0

    def plus(self, other: "Tally") -> "Tally":
        return Tally(**{name: getattr(self, name) + getattr(other, name) for name in self.__struct_fields__})

    @property
    def typical_first_s(self) -> float | None:
        """The geometric mean of the times to the first token."""
        return math.exp(self.log_first / self.timed) if self.timed else None


class Outcome(Struct, frozen=True, kw_only=True):
    """One call."""

    failed: bool
    first_s: float | None = None
    cost_nusd: int | None = None
    output_tokens: int = 0
    similarity: float | None = None

    def tally(self) -> Tally:
        log_first = math.log(max(self.first_s, 1e-4)) if self.first_s is not None and not self.failed else None
        return Tally(
            calls=1,
            errors=int(self.failed),
            timed=int(log_first is not None),
            log_first=log_first or 0.0,
            log_first_squares=(log_first or 0.0) ** 2,
            priced=int(self.cost_nusd is not None),
            cost_nusd=self.cost_nusd or 0,
            output_tokens=self.output_tokens,
            compared=int(self.similarity is not None),
            similarity=self.similarity or 0.0,
        )


FIELDS = tuple(field.name for field in structs.fields(Tally))
