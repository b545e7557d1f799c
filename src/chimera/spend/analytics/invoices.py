"""What an organisation used in a month, as an invoice has it: a line a model, and a total that is the ledger's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from operator import add

from chimera.kit.scope import Scope
from chimera.spend.analytics.sums import Grouping, Sums, Wanted
from chimera.spend.analytics.usage import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """One month in UTC.

    Attributes:
        lines: By model, the dearest first.
    """

    since: datetime
    until: datetime
    is_final: bool
    lines: Sequence[tuple[str, Sums]]

    @property
    def total(self) -> Sums:
        return reduce(add, (sums for _, sums in self.lines), Sums())


async def invoice(usage: Usage, scope: Scope, year: int, month: int) -> Invoice:
    """The invoice of a month; it is not final before the month is over."""
    since = datetime(year, month, 1, tzinfo=UTC)
    until = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    groups = await usage.grouped(scope, Wanted(since=since, until=until), Grouping(by="model"))
    lines = sorted(((group.name or "", sums) for group, sums in groups.items()), key=lambda line: -line[1].cost_nusd)
    return Invoice(since=since, until=until, is_final=usage.clock() >= until, lines=lines)
