"""Queries over the ledger and the sums of its days."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Label, Select, case, cast, exists, extract, func, or_, select
from sqlalchemy.orm import aliased

from chimera.kit.clock import utc_now
from chimera.spend.analytics.sums import SUMS, Grouping, Sums, Wanted
from chimera.spend.analytics.tables import FoldRow, MeterRecordRow, MeterRow, UsageDayRow
from chimera.spend.tables import BookRow, EntryRow
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


class _Summed(Repository[Lines], ABC):
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

    async def days(self) -> Sequence[date]:
        """Every day from the first of any to the last."""
        # Apart, each is one look into the index.
        first = await self._tx.scalar(self.mine().with_only_columns(func.min(self._table.day)))
        last = await self._tx.scalar(self.mine().with_only_columns(func.max(self._table.day)))
        return [] if first is None or last is None else days_between(first, last)

    @abstractmethod
    def _sums(self) -> Iterable[Label[Any]]:
        """What is summed, named as in `SUMS`."""


class UsageEntries(_Summed[EntryRow]):
    """The ledger itself."""

    table = EntryRow

    async def grouped(self, wanted: Wanted, grouping: Grouping) -> Found:
        """Sums over the entries."""
        by = self._columns(grouping)
        if grouping.bucket == "hour":
            by.insert(1, self._hour())
        return await self._grouped(self.wanted(wanted), by)

    async def late(self, wanted: Wanted, grouping: Grouping, days: Collection[date], *, after: int) -> Found:
        """Sums over the entries of whole days that were written after one."""
        query = self._narrowed(self.mine().where(EntryRow.day.in_(days), EntryRow.position > after), wanted)
        return await self._grouped(query, self._columns(grouping))

    async def conversations(self, wanted: Wanted, *, limit: int, offset: int) -> Found:
        """Sums by conversation, the dearest first."""
        query = self.wanted(wanted).order_by(func.coalesce(func.sum(EntryRow.cost_nusd), 0).desc())
        query = query.order_by(EntryRow.conversation_id).limit(limit).offset(offset)
        return await self._grouped(query, [EntryRow.conversation_id])

    async def tail(self, days: Collection[date], *, after: int) -> tuple[int, int] | None:
        """Where the entries written after one begin and end; `None` if there are none."""
        query = self.mine().where(EntryRow.day.in_(days), EntryRow.position > after)
        ends = query.with_only_columns(func.min(EntryRow.position), func.max(EntryRow.position))
        first, last = (await self._tx.execute(ends)).one()
        return None if first is None else (first, last)

    async def alike(self, days: Collection[date], *, after: int, through: int) -> Found:
        """Sums over the entries written after one up to another, told apart by all that sums are kept by."""
        query = self.mine().where(EntryRow.day.in_(days), EntryRow.position > after, EntryRow.position <= through)
        return await self._grouped(query, [getattr(EntryRow, name) for name in ALIKE])

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
        if self._tx.get_bind().dialect.name == "postgresql":
            return extract("hour", func.timezone("UTC", EntryRow.held_at))
        # Moments are texts there, and to read one as a moment is dear.
        return func.substr(EntryRow.held_at, 12, 2)

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
        # Tokens by kind of an adjustment are the true ones, not differences: of what was lost they are the first word,
        # of all else they repeat the entry's.
        kept = aliased(EntryRow)
        lost = exists().where(kept.tenant_id == EntryRow.tenant_id, kept.id == EntryRow.adjusts, kept.outcome == "lost")
        for name in SUMS:
            column = getattr(EntryRow, name, None)
            if name.endswith("_tokens"):
                told[name] = _sum(case((EntryRow.adjusts.is_(None), column), (lost, column), else_=0))
            elif name not in told:
                told[name] = _sum(column)
        return [told[name].label(name) for name in SUMS]


class UsageDays(_Summed[UsageDayRow]):
    """The sums of days, as far as `Folds` says."""

    table = UsageDayRow

    async def grouped(self, wanted: Wanted, grouping: Grouping, days: Sequence[date]) -> Found:
        """Sums over days that follow each other."""
        query = self.mine().where(UsageDayRow.day >= days[0], UsageDayRow.day <= days[-1])
        return await self._grouped(self._narrowed(query, wanted), self._columns(grouping))

    async def of(self, day: date) -> Found:
        query = self.mine().where(UsageDayRow.day == day)
        return await self._grouped(query, [getattr(UsageDayRow, name) for name in ALIKE])

    async def add_to(self, rows: Sequence[dict[str, Any]]) -> None:
        """Add sums to those of the same ids, or begin them."""
        adding = insert_into(self._tx, UsageDayRow)
        sums = {name: getattr(UsageDayRow, name) + adding.excluded[name] for name in SUMS}
        adding = adding.on_conflict_do_update(index_elements=["tenant_id", "id"], set_=sums)
        await self._tx.execute(adding, list(rows))

    def _sums(self) -> Iterable[Label[Any]]:
        return [_sum(getattr(UsageDayRow, name)).label(name) for name in SUMS]


class Folds(Repository[FoldRow]):
    table = FoldRow

    async def position(self) -> int:
        """Of the last entry that is in the sums; 0 before the first."""
        return await self._tx.scalar(self.mine().with_only_columns(FoldRow.position)) or 0

    async def advance(self, after: int, through: int) -> bool:
        """Go on from one entry to another; false if somebody else has gone on from there."""
        if after:
            change = self.changing().where(FoldRow.position == after)
            return await self.run(change.values(position=through)) > 0
        tenant = self._scope.tenant_id
        first = insert_into(self._tx, FoldRow).values(
            tenant_id=tenant, id=tenant, created_at=utc_now(), position=through
        )
        begun = await self._tx.execute(first.on_conflict_do_nothing().returning(FoldRow.position))
        return begun.first() is not None


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


class AllFolds(SystemRepository[FoldRow]):
    table = FoldRow

    async def behind(self, days: Collection[date]) -> Sequence[UUID]:
        """Organisations with entries of these days that are not in the sums, or with any and no sums at all."""
        mine = EntryRow.tenant_id == BookRow.tenant_id
        new = exists().where(mine, EntryRow.day.in_(days), EntryRow.position > FoldRow.position)
        first = exists().where(mine)
        query = select(BookRow.tenant_id).outerjoin(FoldRow, FoldRow.tenant_id == BookRow.tenant_id)
        query = query.where(or_((FoldRow.position.is_(None)) & first, new)).order_by(BookRow.tenant_id)
        return list(await self._tx.scalars(query))

    async def forget(self, tenant_id: UUID) -> None:
        """Let the sums of an organisation be made anew."""
        await self.run(self.removing().where(FoldRow.tenant_id == tenant_id))


class AllUsageDays(SystemRepository[UsageDayRow]):
    table = UsageDayRow

    async def forget(self, tenant_id: UUID) -> None:
        await self.run(self.removing().where(UsageDayRow.tenant_id == tenant_id))


class AllMeters(_AllCounted):
    table = MeterRow

    async def since(self, first: date) -> dict[tuple[UUID, date], int]:
        return await self.counts(first, func.sum(MeterRow.entries))


def days_between(first: date, last: date) -> list[date]:
    """Both and all between."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _sum(column: Any) -> ColumnElement[Any]:
    # PostgreSQL's sums of big integers are decimals, which are dear to read.
    return cast(func.coalesce(func.sum(column), 0), BigInteger)


def _found(row: tuple[Any, ...], *, keys: int) -> tuple[tuple[Any, ...], Sums]:
    return row[:keys], Sums(**dict(zip(SUMS, row[keys:], strict=True)))
