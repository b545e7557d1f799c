"""The meter: what was used, told to billing systems in records that add up to the ledger.

A record holds what came to a day since the record before, by model. However late an entry is, and however often this
runs, the records of a day together are the day.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from chimera.kit.money import usd
from chimera.kit.rounds import each, rounds
from chimera.kit.scope import Scope
from chimera.spend.alerts.watching import Announce, Happening
from chimera.spend.analytics.folding import of_tenant
from chimera.spend.analytics.repository import AllEntries, AllMeters, MeterRecords, Meters, UsageEntries
from chimera.spend.analytics.sums import SUMS, Sums
from chimera.spend.analytics.tables import MeterRecordRow, MeterRow
from chimera.store import Database, Transaction
from chimera.store.paging import decode_cursor, encode_cursor

_EVERY_S: Final = 3600.0
_LOOKS_BACK: Final = timedelta(days=40)
# A transaction that began earlier may end later; who reads on from a record must have seen all before it.
_SETTLED_AFTER: Final = timedelta(seconds=60)
_NAMESPACE: Final = UUID("5b1c2f3e-93d4-5d4c-8a30-7f7d6f1f0a52")
TOKENS: Final = tuple(name for name in SUMS if name.endswith("_tokens"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Metering:
    """Runs on every replica, every hour; of two at once one writes, the other sees that it was done."""

    database: Database
    clock: Callable[[], datetime]
    announce: Announce

    async def run(self) -> None:
        """Meter again and again, until cancelled."""
        await rounds(self.meter_all, every_s=_EVERY_S, named="usage meter")

    async def meter_all(self) -> int:
        """Write a record of each day to which something came; return how many."""
        first = self.clock().date() - _LOOKS_BACK
        async with self.database.system_reading() as tx:
            there, told = await AllEntries(tx).since(first), await AllMeters(tx).since(first)
        new = [one for one, count in there.items() if told.get(one) != count]
        return await each(new, lambda one: self.meter(of_tenant(one[0]), one[1]), named="usage meter")

    async def meter(self, scope: Scope, day: date) -> bool:
        """Write what came to a day since the last record; false where that is nothing."""
        async with self.database.reading(scope) as tx:
            found = await UsageEntries(tx, scope).by_model(day)
        now = {f"{keys[0]}/{keys[1]}": sums for keys, sums in found}
        entries = sum(sums.entries for sums in now.values())
        async with self.database.transaction(scope) as tx:
            meter = await self._meter(tx, scope, day)
            if entries <= meter.entries:
                return False
            came = _since(json.loads(meter.told), now)
            meter.entries, meter.told = entries, json.dumps({model: _numbers(sums) for model, sums in now.items()})
            await self._tell(tx, scope, day, entries, came)
        return True

    async def records(self, scope: Scope, cursor: str | None, *, limit: int) -> tuple[list[dict[str, Any]], str | None]:
        """The next records, oldest first, and where to go on later; the cursor given where there is nothing new."""
        after = decode_cursor(cursor) if cursor else None
        async with self.database.reading(scope) as tx:
            rows = await MeterRecords(tx, scope).after(after, before=self.clock() - _SETTLED_AFTER, limit=limit)
        following = encode_cursor(rows[-1].created_at, rows[-1].id) if rows else cursor
        return [json.loads(row.body) for row in rows], following

    async def _meter(self, tx: Transaction, scope: Scope, day: date) -> MeterRow:
        meters, named = Meters(tx, scope), uuid5(_NAMESPACE, day.isoformat())
        await meters.open(named, day)
        found = await meters.locked(named)
        assert found is not None, "it was just opened"
        return found

    async def _tell(self, tx: Transaction, scope: Scope, day: date, entries: int, came: Mapping[str, Sums]) -> None:
        # The same record whoever writes it: it is named by where it leaves the meter.
        named, at = uuid5(scope.tenant_id, f"{day} {entries}"), self.clock()
        data = {
            "id": str(named),
            "at": at.isoformat().replace("+00:00", "Z"),
            "day": day.isoformat(),
            "lines": [_line(model, sums) for model, sums in sorted(came.items())],
            "cost_usd": usd(sum(sums.cost_nusd for sums in came.values())),
        }
        await MeterRecords(tx, scope).add(MeterRecordRow(id=named, created_at=at, body=json.dumps(data)))
        await self.announce(tx, scope, Happening(type="usage.metered", id=named, at=at, data=data))


def _since(told: Mapping[str, Mapping[str, int]], now: Mapping[str, Sums]) -> dict[str, Sums]:
    came = {
        model: Sums(**{name: value - told.get(model, {}).get(name, 0) for name, value in _numbers(sums).items()})
        for model, sums in now.items()
    }
    return {model: sums for model, sums in came.items() if sums.entries}


def _numbers(sums: Sums) -> dict[str, int]:
    return {name: getattr(sums, name) for name in SUMS}


def _line(model: str, sums: Sums) -> dict[str, object]:
    return {
        "model": model,
        "requests": sums.requests,
        "unpriced": sums.unpriced,
        **{name: getattr(sums, name) for name in TOKENS},
        "cost_usd": usd(sums.cost_nusd),
    }
