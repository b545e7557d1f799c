"""Sums of experiments in the database, where all replicas add to the same rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from chimera.adapters.tally_memories.database.repository import AllTallies, TalliesOf
from chimera.adapters.tally_memories.database.tables import TallyRow
from chimera.gateway.experiments.tallies import Trial, TrialKey
from chimera.gateway.experiments.tally import FIELDS, Arm, Tally
from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.store import Database


@dataclass(frozen=True, slots=True)
class DatabaseTallyMemory:
    """Raises `DatabaseUnavailableError` where the database cannot be asked."""

    database: Database

    async def add(self, key: TrialKey, day: date, counted: Mapping[Arm, Tally]) -> Trial:
        async with self.database.system_transaction() as tx:
            kept = AllTallies(tx)
            for arm, tally in sorted(counted.items()):
                await kept.count_in(key, day, arm, tally, utc_now())
        async with self.database.system_reading() as tx:
            return _trial(await AllTallies(tx).of(key))

    async def spent_nusd(self, key: TrialKey, day: date) -> int:
        async with self.database.system_reading() as tx:
            rows = await AllTallies(tx).of(key)
        return sum(row.cost_nusd for row in rows if row.arm == "challenger" and row.day == day)

    async def end(self, key: TrialKey, why: str) -> None:
        async with self.database.system_transaction() as tx:
            await AllTallies(tx).end(key, why)

    async def ended(self) -> Mapping[TrialKey, str]:
        async with self.database.system_reading() as tx:
            rows = await AllTallies(tx).ended()
        return {_key(row): row.ended for row in rows if row.ended is not None}

    async def of(self, scope: Scope) -> Mapping[TrialKey, Trial]:
        async with self.database.reading(scope) as tx:
            rows = await TalliesOf(tx, scope).all()
        keys = dict.fromkeys(_key(row) for row in rows)
        return {key: _trial(row for row in rows if _key(row) == key) for key in keys}


def _key(row: TallyRow) -> TrialKey:
    return TrialKey(row.tenant_id, row.name, row.edition)


def _trial(rows: Iterable[TallyRow]) -> Trial:
    arms: dict[Arm, Tally] = {}
    ended: str | None = None
    for row in rows:
        arm = cast("Arm", row.arm)
        arms[arm] = arms.get(arm, Tally()).plus(Tally(**{name: getattr(row, name) for name in FIELDS}))
        ended = ended or row.ended
    return Trial(arms=arms, ended=ended)
