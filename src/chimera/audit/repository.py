"""Queries of the trail. Its entries and checkpoints are only ever added, but for what a cut lets go."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select

from chimera.audit.chain import End, Entry
from chimera.audit.tables import AuditChainRow, AuditCheckpointRow, AuditCutRow, AuditEntryRow
from chimera.store import Page, Repository, SystemRepository
from chimera.store.inserting import insert_into

NO_ORGANISATION: Final = UUID(int=0)
_LOT: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which entries are meant; `None` leaves a side open."""

    actor_id: UUID | None = None
    key_id: UUID | None = None
    act: str | None = None
    outcome: str | None = None
    target_kind: str | None = None
    target_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Chains(Repository[AuditChainRow]):
    table = AuditChainRow

    async def locked_end(self) -> End:
        """The end of the tenant's chain, which nobody else moves before this transaction ends."""
        tenant_id = self._scope.tenant_id
        asked = self.mine().with_only_columns(AuditChainRow.number, AuditChainRow.hash).with_for_update()
        found = (await self._tx.execute(asked)).first()
        if found is None:
            first = insert_into(self._tx, AuditChainRow).values(tenant_id=tenant_id, id=tenant_id, number=0, hash="")
            await self._tx.execute(first.on_conflict_do_nothing())
            found = (await self._tx.execute(asked)).one()
        return End(*found)

    async def end(self) -> End:
        """The end as it stands."""
        asked = self.mine().with_only_columns(AuditChainRow.number, AuditChainRow.hash)
        found = (await self._tx.execute(asked)).first()
        return End() if found is None else End(*found)

    async def advance(self, end: End) -> None:
        await self.run(self.changing().values(number=end.number, hash=end.hash))


class Entries(Repository[AuditEntryRow]):
    table = AuditEntryRow

    async def append(self, entries: Sequence[Entry]) -> None:
        statement = insert_into(self._tx, AuditEntryRow.__table__)  # type: ignore[arg-type]  # a Table, says the mapper
        await self._tx.execute(statement, [_row(entry) for entry in entries])

    def chosen(self, wanted: Filter) -> Select[AuditEntryRow]:
        query = self.mine()
        for name in ("actor_id", "key_id", "outcome", "target_kind", "target_id"):
            if (value := getattr(wanted, name)) is not None:
                query = query.where(getattr(AuditEntryRow, name) == value)
        if wanted.act is not None and wanted.act.endswith(".*"):
            query = query.where(AuditEntryRow.act.startswith(wanted.act.removesuffix("*"), autoescape=True))
        elif wanted.act is not None:
            query = query.where(AuditEntryRow.act == wanted.act)
        if wanted.since is not None:
            query = query.where(AuditEntryRow.created_at >= wanted.since)
        return query if wanted.until is None else query.where(AuditEntryRow.created_at < wanted.until)

    async def recent(self, wanted: Filter, *, cursor: str | None, limit: int) -> Page[AuditEntryRow]:
        return await self.page(self.chosen(wanted), by=AuditEntryRow.created_at, cursor=cursor, limit=limit)

    async def after(self, number: int, wanted: Filter | None = None) -> Sequence[AuditEntryRow]:
        """The next entries in the order of the chain, a lot of them."""
        query = self.mine() if wanted is None else self.chosen(wanted)
        bounded = query.where(AuditEntryRow.number > number).order_by(AuditEntryRow.number).limit(_LOT)
        return list(await self._tx.scalars(bounded))

    async def count_before(self, moment: datetime) -> int:
        return await self.count(self.mine().where(AuditEntryRow.created_at < moment))

    async def remove_up_to(self, number: int) -> int:
        """Those that a cut lets go. Raises DBAPIError where none does."""
        return await self.run(self.removing().where(AuditEntryRow.number <= number))

    async def all_after(self, number: int) -> AsyncGenerator[Entry]:
        while rows := await self.after(number):
            for row in rows:
                yield entry_of(row)
            number = rows[-1].number
            self._tx.expunge_all()


class Checkpoints(Repository[AuditCheckpointRow]):
    table = AuditCheckpointRow

    async def all(self) -> Sequence[AuditCheckpointRow]:
        """Oldest first."""
        return list(await self._tx.scalars(self.mine().order_by(AuditCheckpointRow.number)))

    async def near(self, after: int, number: int) -> Sequence[AuditCheckpointRow]:
        """Those between two numbers, and the last one of all."""
        between = self.mine().where(AuditCheckpointRow.number > after, AuditCheckpointRow.number <= number)
        last = self.mine().order_by(AuditCheckpointRow.number.desc()).limit(1)
        return [*await self._tx.scalars(between), *await self._tx.scalars(last)]


class Cuts(Repository[AuditCutRow]):
    table = AuditCutRow

    async def all(self) -> Sequence[AuditCutRow]:
        """Oldest first."""
        return list(await self._tx.scalars(self.mine().order_by(AuditCutRow.number)))

    async def last(self) -> AuditCutRow | None:
        return (await self._tx.scalars(self.mine().order_by(AuditCutRow.number.desc()).limit(1))).first()


class AllChains(SystemRepository[AuditChainRow]):
    table = AuditChainRow

    async def ends(self) -> Sequence[tuple[UUID, End]]:
        """Of every organisation, in a stable order."""
        asked = self.every().with_only_columns(AuditChainRow.tenant_id, AuditChainRow.number, AuditChainRow.hash)
        found = await self._tx.execute(asked.order_by(AuditChainRow.tenant_id))
        return [(row.tenant_id, End(row.number, row.hash)) for row in found]


class AllEntries(SystemRepository[AuditEntryRow]):
    table = AuditEntryRow

    async def tenants(self) -> Sequence[UUID]:
        """Organisations of which there are entries; it looks at all of them."""
        asked = self.every().with_only_columns(AuditEntryRow.tenant_id).distinct()
        return list((await self._tx.execute(asked)).scalars())


class AllCheckpoints(SystemRepository[AuditCheckpointRow]):
    table = AuditCheckpointRow

    async def successions(self) -> Sequence[AuditCheckpointRow]:
        """What keys state of those that they follow, oldest first; see `succession`."""
        stated = self.every().where(AuditCheckpointRow.tenant_id == NO_ORGANISATION)
        return list(await self._tx.scalars(stated.order_by(AuditCheckpointRow.number)))


def entry_of(row: AuditEntryRow) -> Entry:
    return Entry(**{name: getattr(row, name) for name in _COLUMNS})


def _row(entry: Entry) -> dict[str, object]:
    return {name: getattr(entry, name) for name in _COLUMNS}


_COLUMNS: Final = Entry.__struct_fields__
