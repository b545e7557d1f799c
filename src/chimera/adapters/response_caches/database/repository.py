"""Queries of the answers and their tallies."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from chimera.adapters.response_caches.database.tables import CachedAnswerRow, CacheTallyRow
from chimera.gateway.caching.savings import Counted, TallyKey
from chimera.store import Repository, SystemRepository, add_up, insert_into


class KeptAnswers(Repository[CachedAnswerRow]):
    table = CachedAnswerRow

    async def body_of(self, key: bytes, now: datetime) -> bytes | None:
        query = self.mine().where(CachedAnswerRow.key == key, CachedAnswerRow.expires_at > now)
        return await self._tx.scalar(query.with_only_columns(CachedAnswerRow.body))

    async def body_by_id(self, entry_id: UUID, now: datetime) -> bytes | None:
        query = self.mine().where(CachedAnswerRow.id == entry_id, CachedAnswerRow.expires_at > now)
        return await self._tx.scalar(query.with_only_columns(CachedAnswerRow.body))

    async def put(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Keep answers, each instead of any other to the same question."""
        statement = insert_into(self._tx, CachedAnswerRow)
        told = {name: statement.excluded[name] for name in ("id", "created_at", "expires_at", "body")}
        replacing = statement.on_conflict_do_update(index_elements=["tenant_id", "key"], set_=told)
        await self._tx.execute(replacing, [{"tenant_id": self._scope.tenant_id, **row} for row in rows])

    async def clear(self) -> None:
        await self.run(self.removing())


class AllAnswers(SystemRepository[CachedAnswerRow]):
    """The answers of all tenants, for the broom."""

    table = CachedAnswerRow

    async def forget(self, moment: datetime, *, limit: int) -> int:
        """Delete some that expired by then; give how many."""
        expired = self.every().where(CachedAnswerRow.expires_at <= moment).limit(limit)
        ids = list(await self._tx.scalars(expired.with_only_columns(CachedAnswerRow.id)))
        if not ids:
            return 0
        return await self.run(self.removing().where(CachedAnswerRow.id.in_(ids), CachedAnswerRow.expires_at <= moment))


class KeptTallies(Repository[CacheTallyRow]):
    table = CacheTallyRow

    async def since(self, day: date) -> Sequence[CacheTallyRow]:
        query = self.mine().where(CacheTallyRow.day >= day).order_by(CacheTallyRow.day, CacheTallyRow.kind)
        return list(await self._tx.scalars(query))


class AllTallies(SystemRepository[CacheTallyRow]):
    """The tallies of all tenants, to add what a replica counted."""

    table = CacheTallyRow

    async def add_up(self, key: TallyKey, day: date, counted: Counted) -> None:
        """Add to the row of the same day and kind."""
        row = {"tenant_id": key.tenant_id, "day": day, "kind": key.kind}
        await add_up(self._tx, CacheTallyRow, row, counted._asdict())
