"""What an organisation has learned of models: feedback and failures, by kind of work. Counts, nothing of what was said.

Feedback is shrunk towards what was expected before (a beta prior worth twenty answers), and what is old counts less:
half after thirty days.
"""

import math
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from msgspec import Struct

_PRIOR_ANSWERS: Final = 20.0
_PRIOR_CALLS: Final = 50.0
_HALF_LIFE: Final = timedelta(days=30)
_MOST_TENANTS: Final = 2_000
_MOST_MODELS: Final = 500


class RouteKey(NamedTuple):
    """A kind of work, and the id of a model."""

    task: str
    model: str


class Tally(Struct, frozen=True, kw_only=True):
    """What was heard of a model in a kind of work.

    Attributes:
        good: Answers that were praised, and so `bad`; weighted, so not whole.
        ok: Calls that were answered, and so `failed`.
    """

    good: float = 0.0
    bad: float = 0.0
    ok: float = 0.0
    failed: float = 0.0

    def plus(self, other: "Tally") -> "Tally":
        return Tally(
            good=self.good + other.good,
            bad=self.bad + other.bad,
            ok=self.ok + other.ok,
            failed=self.failed + other.failed,
        )

    def aged(self, age: timedelta) -> "Tally":
        """What of it still counts after some time."""
        left = math.exp2(-max(age / _HALF_LIFE, 0.0))
        return Tally(good=self.good * left, bad=self.bad * left, ok=self.ok * left, failed=self.failed * left)

    def quality(self, prior: float) -> float:
        """The expected share of good answers, failures among the bad."""
        heard = (prior * _PRIOR_ANSWERS + self.good) / (_PRIOR_ANSWERS + self.good + self.bad)
        reached = (_PRIOR_CALLS + self.ok) / (_PRIOR_CALLS + self.ok + self.failed)
        return heard * reached


NOTHING: Final = Tally()
PRAISE, BLAME = Tally(good=1.0), Tally(bad=1.0)
# Somebody asked again, or the answer did not keep to its schema: likely, not surely, a bad answer.
ASKED_AGAIN, OFF_SCHEMA = Tally(bad=0.3), Tally(bad=0.5)
ANSWERED, FAILED = Tally(ok=1.0), Tally(failed=1.0)


@dataclass(slots=True)
class Known:
    """Of one organisation.

    Attributes:
        kept: As the memory told it last, by everybody.
        fresh: Heard here since, and not kept yet.
        read_at: When the memory was asked; `None` before.
    """

    kept: Mapping[RouteKey, Tally] = field(default_factory=dict[RouteKey, Tally])
    fresh: dict[RouteKey, Tally] = field(default_factory=dict[RouteKey, Tally])
    read_at: datetime | None = None

    def tally(self, key: RouteKey) -> Tally:
        return self.kept.get(key, NOTHING).plus(self.fresh.get(key, NOTHING))

    def hear(self, key: RouteKey, heard: Tally) -> None:
        if key in self.fresh or len(self.fresh) < _MOST_MODELS:
            self.fresh[key] = self.fresh.get(key, NOTHING).plus(heard)


@dataclass(slots=True)
class Experience:
    """By organisation; those that ask least recently are forgotten here, and kept by the memory."""

    _tenants: OrderedDict[UUID, Known] = field(default_factory=OrderedDict[UUID, Known])

    def of(self, tenant_id: UUID) -> Known:
        known = self._tenants.get(tenant_id)
        if known is None:
            known = self._tenants[tenant_id] = Known()
            if len(self._tenants) > _MOST_TENANTS:
                self._tenants.popitem(last=False)
        self._tenants.move_to_end(tenant_id)
        return known
