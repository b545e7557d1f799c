"""Days are added up, so that reports need not read all of their lines.

The lines of an organisation are added in the order of their commits, each portion in one transaction with the place
where it ends. So the sums and the lines after that place are the ledger, at any moment and whoever dies.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from chimera.kit.rounds import each, rounds
from chimera.kit.scope import Scope
from chimera.spend.analytics.repository import ALIKE, AllFolds, Folds, Found, UsageDays, UsageEntries, days_between
from chimera.spend.analytics.sums import SUMS
from chimera.store import Database

_EVERY_S: Final = 60.0
# Whoever only has older ones waits until there are new ones: what is not added up is read line by line.
_RECENT: Final = timedelta(days=2)
# On SQLite nobody else writes meanwhile.
_AT_ONCE: Final = 10_000
_NAMESPACE: Final = UUID("0c3b1bd0-8f0e-53a6-9d6c-1f2a5a1c7e11")


def of_tenant(tenant_id: UUID) -> Scope:
    """In nobody's presence: what is done here changes nothing that anybody could see."""
    return Scope(tenant_id=tenant_id, actor_id=tenant_id, permissions=frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Folding:
    """Runs on every replica; of two who would add the same lines one does.

    Attributes:
        at_once: So many places of the ledger are added in one transaction.
    """

    database: Database
    clock: Callable[[], datetime]
    at_once: int = _AT_ONCE

    async def run(self) -> None:
        """Add up again and again, until cancelled."""
        await rounds(self.fold_all, every_s=_EVERY_S, named="usage days")

    async def fold_all(self) -> int:
        """Add up what is new of every organisation; return how many lines that were."""
        today = self.clock().date()
        async with self.database.system_reading() as tx:
            behind = await AllFolds(tx).behind(days_between(today - _RECENT, today + timedelta(days=1)))
        return await each(behind, lambda tenant_id: self.fold(of_tenant(tenant_id)), named="usage days")

    async def fold(self, scope: Scope) -> int:
        """Add up what is new of one organisation, without waiting for any writer; return how many lines that were."""
        async with self.database.reading(scope) as tx:
            entries, place = UsageEntries(tx, scope), await Folds(tx, scope).position()
            days = await entries.days()
            tail = await entries.tail(days, after=place)
        if tail is None:
            return 0
        added, (first, last) = 0, tail
        for after in range(first - 1, last, self.at_once):
            through = min(last, after + self.at_once)
            async with self.database.reading(scope) as tx:
                found = await UsageEntries(tx, scope).alike(days, after=after, through=through)
            if not found:
                continue
            if not await self._add(scope, place, through, found):
                return added
            added, place = added + sum(sums.entries for _, sums in found), through
        return added

    async def _add(self, scope: Scope, place: int, through: int, found: Found) -> bool:
        moment = self.clock()
        rows = [
            dict(zip(ALIKE, keys, strict=True))
            | {name: getattr(sums, name) for name in SUMS}
            | {"tenant_id": scope.tenant_id, "id": uuid5(_NAMESPACE, repr(keys)), "created_at": moment}
            for keys, sums in found
        ]
        async with self.database.transaction(scope) as tx:
            if not await Folds(tx, scope).advance(place, through):
                return False  # another replica was here first
            await UsageDays(tx, scope).add_to(rows)
        return True
