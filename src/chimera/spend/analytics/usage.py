"""Usage: sums by time and by who, what and whom, exactly those of the ledger."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from operator import add
from typing import Any, Final
from uuid import UUID

from chimera.kit.errors import InvalidRequestError
from chimera.kit.scope import Scope
from chimera.spend.analytics.repository import Folds, Found, UsageDays, UsageEntries, days_between
from chimera.spend.analytics.sums import Bucket, Group, Grouping, Sums, Wanted
from chimera.store import Database, Transaction

LONGEST: Final = timedelta(days=1100)
LONGEST_BY_HOUR: Final = timedelta(days=8)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Sums over the ledger of an organisation."""

    database: Database
    clock: Callable[[], datetime]

    async def total(self, scope: Scope, wanted: Wanted) -> Sums:
        groups = await self.grouped(scope, wanted, Grouping())
        return reduce(add, groups.values(), Sums())

    async def grouped(self, scope: Scope, wanted: Wanted, grouping: Grouping) -> dict[Group, Sums]:
        """Sums by group, in no order. Of somebody in two teams each team has the whole.

        Raises:
            InvalidRequestError: if the time is longer than is told at once.
        """
        _check(wanted, grouping)
        async with self.database.reading(scope) as tx:
            found = await sums_of(tx, scope, wanted, grouping)
        summed: dict[Group, Sums] = {}
        for keys, sums in found:
            for group in _groups(keys, grouping):
                summed[group] = summed[group] + sums if group in summed else sums
        return summed

    async def conversations(
        self, scope: Scope, wanted: Wanted, *, limit: int, offset: int
    ) -> Sequence[tuple[Group, Sums]]:
        """Sums by conversation, the dearest first: there may be very many."""
        _check(wanted, Grouping(by="conversation"))
        async with self.database.reading(scope) as tx:
            found = await UsageEntries(tx, scope).conversations(wanted, limit=limit, offset=offset)
        return [(Group(None, _text(keys[0])), sums) for keys, sums in found]


async def sums_of(tx: Transaction, scope: Scope, wanted: Wanted, grouping: Grouping) -> Found:
    """Whole days from their sums and from the lines that are not in these yet, the hours at both ends from the lines.

    All of it at one moment, which is the transaction's.
    """
    entries = UsageEntries(tx, scope)
    start, end = _whole_days(wanted)
    is_kept = grouping.bucket != "hour" and grouping.by != "conversation" and wanted.conversation_id is None
    if not is_kept or end <= start:
        return await entries.grouped(wanted, grouping)
    days = days_between(start.date(), end.date() - _DAY)
    folded = await Folds(tx, scope).position()
    found = [
        *await UsageDays(tx, scope).grouped(wanted, grouping, days),
        *await entries.late(wanted, grouping, days, after=folded),
    ]
    for since, until in ((wanted.since, start), (end, wanted.until)):
        if since < until:
            found += await entries.grouped(replace(wanted, since=since, until=until), grouping)
    return found


def _whole_days(wanted: Wanted) -> tuple[datetime, datetime]:
    """The first moment of the first day that is wanted whole, and the moment after the last."""
    start = datetime.combine(wanted.since.astimezone(UTC), time(), UTC)
    end = datetime.combine(wanted.until.astimezone(UTC), time(), UTC)
    return start if start == wanted.since else start + _DAY, end


def _groups(keys: tuple[Any, ...], grouping: Grouping) -> Iterator[Group]:
    start, names = _start(keys, grouping.bucket)
    if grouping.by == "team":
        for team in names[0].split() or [None]:
            yield Group(start, team)
    elif grouping.by == "model":
        yield Group(start, "/".join(names))
    else:
        yield Group(start, _text(names[0]) if names else None)


def _start(keys: tuple[Any, ...], bucket: Bucket | None) -> tuple[date | datetime | None, tuple[Any, ...]]:
    match bucket:
        case None:
            return None, keys
        case "hour":
            return datetime.combine(keys[0], time(int(keys[1])), UTC), keys[2:]
        case "day":
            return keys[0], keys[1:]
        case "month":
            return keys[0].replace(day=1), keys[1:]


def _text(value: UUID | str | None) -> str | None:
    return None if value is None else str(value)


def _check(wanted: Wanted, grouping: Grouping) -> None:
    longest = LONGEST_BY_HOUR if grouping.bucket == "hour" else LONGEST
    if wanted.until <= wanted.since:
        raise InvalidRequestError("`until` must be later than `since`.", field="until")
    if wanted.until - wanted.since > longest:
        what = "By hour at" if grouping.bucket == "hour" else "At"
        raise InvalidRequestError(
            f"{what} most {longest.days} days are told at once; name a later `since`.", field="since"
        )
