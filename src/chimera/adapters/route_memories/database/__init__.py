"""The experience of `auto` in the database of the server, shared by its replicas."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from msgspec import ValidationError, convert, to_builtins
from msgspec.structs import asdict

from chimera.adapters.route_memories.database.repository import KeptRouteSamples, KeptRouteTallies
from chimera.adapters.route_memories.database.tables import RouteSampleRow
from chimera.gateway.routing.experience import NOTHING, RouteKey, Tally
from chimera.gateway.routing.samples import MOST_REPLAYED, Sample
from chimera.gateway.routing.weighing import Option
from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.store import Database

# By then an eighth of it would still count.
_FORGOTTEN_AFTER: Final = timedelta(days=180)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseRouteMemory:
    """Raises `DatabaseUnavailableError` where the database cannot be asked."""

    database: Database
    clock: Callable[[], datetime] = utc_now

    async def recall(self, scope: Scope) -> Mapping[RouteKey, Tally]:
        async with self.database.reading(scope) as tx:
            rows = await KeptRouteTallies(tx, scope).all()
        now, found = self.clock(), dict[RouteKey, Tally]()
        for row in rows:
            heard = Tally(good=row.good, bad=row.bad, ok=row.ok, failed=row.failed)
            key = RouteKey(row.task, row.model)
            found[key] = found.get(key, NOTHING).plus(heard.aged(now - _end_of(row.week)))
        return found

    async def keep(self, scope: Scope, heard: Mapping[RouteKey, Tally], samples: Sequence[Sample]) -> None:
        now = self.clock()
        week = now.date() - timedelta(days=now.weekday())
        async with self.database.transaction(scope) as tx:
            tallies, kept = KeptRouteTallies(tx, scope), KeptRouteSamples(tx, scope)
            # In one order, so that two replicas that do this at once do not wait for each other.
            for key, tally in sorted(heard.items()):
                await tallies.add_up(week, key.task, key.model, asdict(tally))
            for sample in samples:
                await kept.put(_values(sample))
            if heard:
                await tallies.forget_before((now - _FORGOTTEN_AFTER).date())
            if samples:
                await kept.keep_latest(MOST_REPLAYED)

    async def judge(self, scope: Scope, call_id: UUID, *, good: bool) -> Sample | None:
        async with self.database.transaction(scope) as tx:
            row = await KeptRouteSamples(tx, scope).locked(call_id)
            before = None if row is None else _sample(row)
            if row is not None:
                row.good = good
        return before

    async def recent(self, scope: Scope, limit: int) -> Sequence[Sample]:
        async with self.database.reading(scope) as tx:
            rows = await KeptRouteSamples(tx, scope).latest(limit)
        return [sample for row in rows if (sample := _sample(row)) is not None]


def _end_of(week: date) -> datetime:
    return datetime.combine(week, time(), tzinfo=UTC) + timedelta(days=7)


def _values(sample: Sample) -> dict[str, object]:
    return {
        "id": sample.call_id,
        "created_at": sample.at,
        "task": sample.task,
        "dial": sample.dial,
        "chosen": sample.chosen,
        "options": to_builtins(sample.options),
        "outcome": sample.outcome,
        "good": sample.good,
    }


def _sample(row: RouteSampleRow) -> Sample | None:
    """The row's sample; `None` for one that another version wrote in another way."""
    try:
        options = convert(row.options, tuple[Option, ...])
    except ValidationError:
        return None
    return Sample(
        call_id=row.id,
        at=row.created_at,
        task=row.task,
        dial=row.dial,
        chosen=row.chosen,
        options=options,
        outcome=row.outcome,
        good=row.good,
    )
