"""Queries of experiments' sums."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_

from chimera.adapters.tally_memories.database.tables import TallyRow
from chimera.gateway.experiments.tallies import TrialKey
from chimera.gateway.experiments.tally import FIELDS, Arm, Tally
from chimera.store import Repository, SystemRepository, add_up


class TalliesOf(Repository[TallyRow]):
    table = TallyRow

    async def all(self) -> Sequence[TallyRow]:
        return list(await self._tx.scalars(self.mine().order_by(TallyRow.name, TallyRow.day)))


class AllTallies(SystemRepository[TallyRow]):
    table = TallyRow

    async def of(self, key: TrialKey) -> Sequence[TallyRow]:
        return list(await self._tx.scalars(self.every().where(_is(key))))

    async def ended(self) -> Sequence[TallyRow]:
        return list(await self._tx.scalars(self.every().where(TallyRow.ended.is_not(None))))

    async def end(self, key: TrialKey, why: str) -> None:
        await self.run(self.changing().where(_is(key)).values(ended=why))

    async def count_in(self, key: TrialKey, day: date, arm: Arm, counted: Tally, now: datetime) -> None:
        """Add to a row, or begin it."""
        row = {"tenant_id": key.tenant_id, "name": key.name, "edition": key.edition, "day": day, "arm": arm}
        counts = {name: getattr(counted, name) for name in FIELDS}
        await add_up(self._tx, TallyRow, row, counts, {"updated_at": now})


def _is(key: TrialKey) -> ColumnElement[bool]:
    return and_(TallyRow.tenant_id == key.tenant_id, TallyRow.name == key.name, TallyRow.edition == key.edition)
