"""Queries of the answers and their tallies."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite

from chimera.adapters.response_caches.database.tables import CachedAnswerRow, CacheTallyRow
from chimera.kit.ids import new_id
from chimera.store import Repository, SystemRepository

_DIALECTS: Final = {"postgresql": postgresql, "sqlite": sqlite}


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
        dialect = _DIALECTS[self._tx.get_bind().dialect.name]
        statement = dialect.insert(CachedAnswerRow)
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

    async def add_up(self, row: CacheTallyRow) -> None:
        """Add to the row of the same day and kind."""
        dialect = _DIALECTS[self._tx.get_bind().dialect.name]
        statement = dialect.insert(CacheTallyRow).values(
            tenant_id=row.tenant_id,
            id=new_id(),
            created_at=row.created_at,
            day=row.day,
            kind=row.kind,
            calls=row.calls,
            saved_nusd=row.saved_nusd,
        )
        added = statement.on_conflict_do_update(
            index_elements=["tenant_id", "day", "kind"],
            set_={
                "calls": CacheTallyRow.calls + statement.excluded.calls,
                "saved_nusd": CacheTallyRow.saved_nusd + statement.excluded.saved_nusd,
            },
        )
        await self._tx.execute(added)
