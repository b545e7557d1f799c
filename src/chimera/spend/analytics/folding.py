"""Days that are over are added up once, so that reports need not read all of their lines."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from chimera.kit.rounds import rounds
from chimera.kit.scope import Scope
from chimera.spend.analytics.repository import ALIKE, AllEntries, AllUsageDays, UsageDays, UsageEntries
from chimera.spend.analytics.sums import SUMS
from chimera.store import Database

_EVERY_S: Final = 600.0
_LOOKS_BACK: Final = timedelta(days=40)
_NAMESPACE: Final = UUID("0c3b1bd0-8f0e-53a6-9d6c-1f2a5a1c7e11")


def of_tenant(tenant_id: UUID) -> Scope:
    """In nobody's presence: what is done here changes nothing that anybody could see."""
    return Scope(tenant_id=tenant_id, actor_id=tenant_id, permissions=frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Folding:
    """Runs on every replica; what two of them do at once is done once more, and no worse."""

    database: Database
    clock: Callable[[], datetime]

    async def run(self) -> None:
        """Add up again and again, until cancelled."""
        await rounds(self.fold_all, every_s=_EVERY_S, named="usage days")

    async def fold_all(self) -> int:
        """Add up every day that is over and whose sums are not there; return how many there were."""
        today = self.clock().date()
        async with self.database.system_reading() as tx:
            there = await AllEntries(tx).since(today - _LOOKS_BACK)
            summed = await AllUsageDays(tx).since(today - _LOOKS_BACK)
        stale = [one for one, count in there.items() if one[1] < today and summed.get(one) != count]
        for tenant_id, day in stale:
            await self.fold(of_tenant(tenant_id), day)
        return len(stale)

    async def fold(self, scope: Scope, day: date) -> None:
        """Read the day without waiting for any writer, then keep its sums."""
        async with self.database.reading(scope) as tx:
            found = await UsageEntries(tx, scope).alike(day)
        moment = self.clock()
        rows = [
            dict(zip(ALIKE, keys, strict=True))
            | {name: getattr(sums, name) for name in SUMS}
            | {"tenant_id": scope.tenant_id, "id": uuid5(_NAMESPACE, repr(keys)), "created_at": moment}
            for keys, sums in found
        ]
        async with self.database.transaction(scope) as tx:
            await UsageDays(tx, scope).keep(day, rows)
