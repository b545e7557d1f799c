"""Answers in the database, and what they saved."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from chimera.adapters.response_caches.database.repository import AllAnswers, AllTallies, KeptAnswers, KeptTallies
from chimera.gateway.caching.entry import Entry, packed, unpacked
from chimera.gateway.caching.savings import Counted, TallyKey
from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.store import Database

_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseCache:
    """Raises `DatabaseUnavailableError` where the database cannot be asked."""

    database: Database
    clock: Callable[[], datetime] = utc_now

    async def get(self, scope: Scope, key: bytes) -> Entry | None:
        async with self.database.reading(scope) as tx:
            body = await KeptAnswers(tx, scope).body_of(key, self.clock())
        return None if body is None else unpacked(body)

    async def by_id(self, scope: Scope, entry_id: UUID) -> Entry | None:
        async with self.database.reading(scope) as tx:
            body = await KeptAnswers(tx, scope).body_by_id(entry_id, self.clock())
        return None if body is None else unpacked(body)

    async def put(self, scope: Scope, entries: Sequence[Entry]) -> None:
        rows = [
            {
                "id": entry.id,
                "created_at": entry.created_at,
                "key": entry.key,
                "expires_at": entry.expires_at,
                "body": packed(entry),
            }
            for entry in entries
        ]
        async with self.database.transaction(scope) as tx:
            await KeptAnswers(tx, scope).put(rows)

    async def drop(self, scope: Scope, entry: Entry) -> None:
        async with self.database.transaction(scope) as tx:
            await KeptAnswers(tx, scope).delete(entry.id)

    async def clear(self, scope: Scope) -> None:
        async with self.database.transaction(scope) as tx:
            await KeptAnswers(tx, scope).clear()

    async def sweep(self) -> int:
        """Delete what has expired; return how many answers that were."""
        swept, last = 0, _AT_ONCE
        while last == _AT_ONCE:
            async with self.database.system_transaction() as tx:
                last = await AllAnswers(tx).forget(self.clock(), limit=_AT_ONCE)
            swept += last
        return swept


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseTallies:
    """Raises `DatabaseUnavailableError` where the database cannot be asked."""

    database: Database
    clock: Callable[[], datetime] = utc_now

    async def add(self, counted: Mapping[TallyKey, Counted]) -> None:
        day = self.clock().date()
        async with self.database.system_transaction() as tx:
            # In one order, so that two replicas that do this at once do not wait for each other.
            for key, tally in sorted(counted.items()):
                await AllTallies(tx).add_up(key, day, tally)

    async def of(self, scope: Scope, *, days: int) -> Sequence[tuple[str, str, Counted]]:
        since = self.clock().date() - timedelta(days=days - 1)
        async with self.database.reading(scope) as tx:
            rows = await KeptTallies(tx, scope).since(since)
        return [(row.day.isoformat(), row.kind, Counted(row.calls, row.saved_nusd)) for row in rows]
