"""Queries over the ledger and the sums of its days."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Label, Select, case, cast, extract, func, or_
from sqlalchemy.orm import InstrumentedAttribute

from chimera.kit.clock import utc_now
from chimera.spend.analytics.sums import SUMS, Grouping, Sums, Wanted
from chimera.spend.analytics.tables import MeterRecordRow, MeterRow, UsageDayRow
from chimera.spend.tables import EntryRow
from chimera.store import Repository, SystemRepository, insert_into

Lines = TypeVar("Lines", bound="EntryRow | UsageDayRow")
Found = Sequence[tuple[tuple[Any, ...], Sums]]
ALIKE = ("day", "actor_id", "key_id", "team_ids", "provider", "model", "feature", "outcome")
_COLUMNS = {
    "user": ("actor_id",),
    "key": ("key_id",),
    "team": ("team_ids",),
    "model": ("provider", "model"),
    "provider": ("provider",),
    "feature": ("feature",),
    "conversation": ("conversation_id",),
    "outcome": ("outcome",),
}


class _Summed(Repository[Lines]):
    async def _grouped(self, query: Select[Lines], by: Sequence[Any]) -> Found:
        chosen: Select[Any] = query.with_only_columns(*by, *self._sums(), maintain_column_froms=True)
        if by:
            chosen = chosen.group_by(*by)
        return [_found(tuple(row), keys=len(by)) for row in await self._tx.execute(chosen)]

    def _columns(self, grouping: Grouping) -> list[ColumnElement[Any]]:
        """What a group is told apart by; the day first, where there are buckets."""
        names = _COLUMNS[grouping.by] if grouping.by else ()
        dated = ["day"] if grouping.bucket else []
        return [getattr(self._table, name) for name in (*dated, *names)]

    def _narrowed(self, query: Select[Lines], wanted: Wanted) -> Select[Lines]:
        exact = {"actor_id": wanted.user_id, "key_id": wanted.key_id, "provider": wanted.provider}
        exact |= {"feature": wanted.feature, "outcome": wanted.outcome, "conversation_id": wanted.conversation_id}
        for name, value in exact.items():
            if value is not None:
                query = query.where(getattr(self._table, name) == value)
        if wanted.model is not None:
            provider, _, model = wanted.model.partition("/")
            named = (self._table.provider == provider) & (self._table.model == model)
            query = query.where(or_(self._table.model == wanted.model, named))
        if wanted.team_id is not None:
            query = query.where(self._table.team_ids.contains(str(wanted.team_id), autoescape=True))
        return query

    def _sums(self) -> Iterable[Label[Any]]:
        raise NotImplementedError


class UsageEntries(_Summed[EntryRow]):
    """The ledger itself."""

    table = EntryRow

    async def counts(self, first: date, last: date) -> dict[date, int]:
        """How many entries each day has that has any."""
        query = self.mine().where(EntryRow.day >= first, EntryRow.day <= last)
        counted = query.with_only_columns(EntryRow.day, func.count()).group_by(EntryRow.day)
        return {row[0]: row[1] for row in await self._tx.execute(counted)}

    async def grouped(self, wanted: Wanted, grouping: Grouping, days: Collection[date]) -> Found:
        """Sums over the entries of these days."""
        by = self._columns(grouping)
        if grouping.bucket == "hour":
            by.insert(1, self._hour())
        return await self._grouped(self.wanted(wanted).where(EntryRow.day.in_(days)), by)

    async def conversations(self, wanted: Wanted, *, limit: int, offset: int) -> Found:
        """Sums by conversation, the dearest first."""
        query = self.wanted(wanted).order_by(func.coalesce(func.sum(EntryRow.cost_nusd), 0).desc())
        query = query.order_by(EntryRow.conversation_id).limit(limit).offset(offset)
        return await self._grouped(query, [EntryRow.conversation_id])

    async def alike(self, day: date) -> Found:
        """All entries of a day in one statement, and so at one moment."""
        by = [getattr(EntryRow, name) for name in ALIKE]
        return await self._grouped(self.mine().where(EntryRow.day == day), by)

    async def by_model(self, day: date) -> Found:
        """Sums of a day by provider and model, at one moment."""
        return await self._grouped(self.mine().where(EntryRow.day == day), [EntryRow.provider, EntryRow.model])

    async def short(self, wanted: Wanted, *, most_tokens: int) -> Found:
        """Sums by model over good answers with few tokens."""
        query = self.wanted(wanted).where(EntryRow.outcome == "ok", EntryRow.measured != "none")
        query = query.where(EntryRow.input_tokens + EntryRow.output_tokens <= most_tokens)
        return await self._grouped(query, [EntryRow.provider, EntryRow.model])

    def wanted(self, wanted: Wanted) -> Select[EntryRow]:
        query = self.mine().where(EntryRow.day >= wanted.since.date(), EntryRow.day <= wanted.until.date())
        query = query.where(EntryRow.held_at >= wanted.since, EntryRow.held_at < wanted.until)
        return self._narrowed(query, wanted)

    async def after(self, query: Select[EntryRow], id: UUID | None, *, limit: int) -> Sequence[EntryRow]:
        """The next entries in the order of their making."""
        if id is not None:
            query = query.where(EntryRow.id > id)
        return list(await self._tx.scalars(query.order_by(EntryRow.id).limit(limit)))

    def _hour(self) -> ColumnElement[Any]:
        moment: ColumnElement[Any] | InstrumentedAttribute[datetime] = EntryRow.held_at
        if self._tx.get_bind().dialect.name == "postgresql":
            moment = func.timezone("UTC", EntryRow.held_at)
        return extract("hour", moment)

    def _sums(self) -> Iterable[Label[Any]]:
        free = EntryRow.measured == "none"
        saved = func.coalesce(EntryRow.saved_nusd, 0)
        told: dict[str, ColumnElement[Any]] = {
            "entries": func.count(),
            "unpriced": _sum(case((EntryRow.cost_nusd.is_(None), 1), else_=0)),
            "cached_calls": _sum(case((free & (saved > 0), 1), else_=0)),
            "saved_cache_nusd": _sum(case((free, saved), else_=0)),
            "saved_routing_nusd": _sum(case((free, 0), else_=saved)),
        }
        for name in SUMS:
            # Those of an adjustment are the true ones, not differences.
            column = getattr(EntryRow, name, None)
            if name.endswith("_tokens"):
                told[name] = _sum(case((EntryRow.adjusts.is_(None), column), else_=0))
            elif name not in told:
                told[name] = _sum(column)
        return [told[name].label(name) for name in SUMS]


class UsageDays(_Summed[UsageDayRow]):
    """The sums of whole days."""

    table = UsageDayRow

    async def counts(self, first: date, last: date) -> dict[date, int]:
        query = self.mine().where(UsageDayRow.day >= first, UsageDayRow.day <= last)
        counted = query.with_only_columns(UsageDayRow.day, func.sum(UsageDayRow.entries)).group_by(UsageDayRow.day)
        return {row[0]: int(row[1]) for row in await self._tx.execute(counted)}

    async def grouped(self, wanted: Wanted, grouping: Grouping, days: Collection[date]) -> Found:
        query = self._narrowed(self.mine().where(UsageDayRow.day.in_(days)), wanted)
        return await self._grouped(query, self._columns(grouping))

    async def keep(self, day: date, rows: Sequence[dict[str, Any]]) -> None:
        """Let these be the sums of a day. Of two who do so at once each row is either's, and neither's is too large."""
        await self.run(self.removing().where(UsageDayRow.day == day))
        adding = insert_into(self._tx, UsageDayRow)
        adding = adding.on_conflict_do_update(
            index_elements=["tenant_id", "id"], set_={name: adding.excluded[name] for name in SUMS}
        )
        if rows:
            await self._tx.execute(adding, list(rows))

    def _sums(self) -> Iterable[Label[Any]]:
        return [_sum(getattr(UsageDayRow, name)).label(name) for name in SUMS]


class Meters(Repository[MeterRow]):
    table = MeterRow

    async def open(self, id: UUID, day: date) -> None:
        """Make the meter of a day, unless it is there."""
        tenant = self._scope.tenant_id
        first = insert_into(self._tx, MeterRow).values(
            tenant_id=tenant, id=id, created_at=utc_now(), day=day, entries=0, told="{}"
        )
        await self._tx.execute(first.on_conflict_do_nothing())

    async def locked(self, id: UUID) -> MeterRow | None:
        return (await self._tx.scalars(self.mine().where(MeterRow.id == id).with_for_update())).one_or_none()


class MeterRecords(Repository[MeterRecordRow]):
    table = MeterRecordRow

    async def after(
        self, cursor: tuple[datetime, UUID] | None, *, before: datetime, limit: int
    ) -> Sequence[MeterRecordRow]:
        """The next records, oldest first, of those that were written before a moment."""
        query = self.mine().where(MeterRecordRow.created_at < before)
        if cursor is not None:
            moment, last = cursor
            same = (MeterRecordRow.created_at == moment) & (MeterRecordRow.id > last)
            query = query.where(or_(MeterRecordRow.created_at > moment, same))
        ordered = query.order_by(MeterRecordRow.created_at, MeterRecordRow.id).limit(limit)
        return list(await self._tx.scalars(ordered))


class _AllCounted(SystemRepository[Any]):
    async def counts(self, first: date, entries: ColumnElement[int]) -> dict[tuple[UUID, date], int]:
        query = self.every().where(self.table.day >= first)
        counted = query.with_only_columns(self.table.tenant_id, self.table.day, entries)
        counted = counted.group_by(self.table.tenant_id, self.table.day)
        return {(row[0], row[1]): int(row[2]) for row in await self._tx.execute(counted)}


class AllEntries(_AllCounted):
    table = EntryRow

    async def since(self, first: date) -> dict[tuple[UUID, date], int]:
        """How many entries each organisation has of each day."""
        return await self.counts(first, func.count())


class AllUsageDays(_AllCounted):
    table = UsageDayRow

    async def since(self, first: date) -> dict[tuple[UUID, date], int]:
        return await self.counts(first, func.sum(UsageDayRow.entries))


class AllMeters(_AllCounted):
    table = MeterRow

    async def since(self, first: date) -> dict[tuple[UUID, date], int]:
        return await self.counts(first, func.sum(MeterRow.entries))


def _sum(column: Any) -> ColumnElement[Any]:
    return func.coalesce(func.sum(cast(column, BigInteger)), 0)


def _found(row: tuple[Any, ...], *, keys: int) -> tuple[tuple[Any, ...], Sums]:
    # PostgreSQL's sums of big integers are decimals.
    return row[:keys], Sums(**{name: int(value) for name, value in zip(SUMS, row[keys:], strict=True)})
