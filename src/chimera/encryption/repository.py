"""Queries of keys, of secrets sealed with them, and of whatever else is sealed."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, LargeBinary, Select, func, literal, or_, select, tuple_, type_coerce
from sqlalchemy.exc import IntegrityError

from chimera.encryption.tables import (
    ContentResealingRow,
    DataKeyRow,
    ProviderConnectionRow,
    RootKeyRow,
    TenantSecretRow,
)
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.store import Repository, SystemRepository, Table, Transaction, insert_into


class RootKeys(SystemRepository[RootKeyRow]):
    table = RootKeyRow

    async def all(self) -> Sequence[RootKeyRow]:
        """Oldest first."""
        return list(await self._tx.scalars(self.every().order_by(RootKeyRow.number)))

    @staticmethod
    def needed_in(connection: Connection) -> list[str]:
        """Names of those that something may be sealed with, oldest first; for whoever opens a file without writing."""
        needed = select(RootKeyRow.name).where(RootKeyRow.retired_at.is_(None)).order_by(RootKeyRow.number)
        return list(connection.scalars(needed))

    async def retire_but(self, name: str, moment: datetime) -> int:
        others = self.changing().where(RootKeyRow.name != name, RootKeyRow.retired_at.is_(None))
        return await self.run(others.values(retired_at=moment))

    async def bring_back(self, name: str) -> int:
        return await self.run(self.changing().where(RootKeyRow.name == name).values(retired_at=None))


class KeptDataKeys(Repository[DataKeyRow]):
    table = DataKeyRow

    async def all(self) -> Sequence[DataKeyRow]:
        """Oldest first, destroyed ones among them."""
        return list(await self._tx.scalars(self.mine().order_by(DataKeyRow.version)))

    async def retire_before(self, version: int, moment: datetime) -> int:
        """Let those of earlier versions only open from now on."""
        sealing = self.changing().where(DataKeyRow.retired_at.is_(None), DataKeyRow.destroyed_at.is_(None))
        return await self.run(sealing.where(DataKeyRow.version < version).values(retired_at=moment))

    async def destroy(self, moment: datetime) -> int:
        """Forget the keys; that there were any is remembered."""
        whole = self.changing().where(DataKeyRow.destroyed_at.is_(None))
        return await self.run(whole.values(wrapped=None, destroyed_at=moment))


class AllDataKeys(SystemRepository[DataKeyRow]):
    table = DataKeyRow

    async def whole_of(self, tenants: Collection[UUID]) -> Sequence[DataKeyRow]:
        """Keys that open, of some organisations, oldest first."""
        theirs = self.every().where(DataKeyRow.tenant_id.in_(tenants), DataKeyRow.wrapped.is_not(None))
        return list(await self._tx.scalars(theirs.order_by(DataKeyRow.version)))

    async def newest(self, tenant_id: UUID) -> int:
        """Version of an organisation's newest key, destroyed or not; 0: there was none yet."""
        theirs = self.every().where(DataKeyRow.tenant_id == tenant_id)
        return await self._tx.scalar(theirs.with_only_columns(func.max(DataKeyRow.version))) or 0

    async def add_for_whoever_is_there(self, row: DataKeyRow) -> None:
        """Keep a key, unless there is one of its version, or no such organisation."""
        with suppress(IntegrityError):
            async with self._tx.begin_nested():
                await self.add_if_absent(row)

    async def wrapped_otherwise(self, root_key: str, *, limit: int) -> Sequence[DataKeyRow]:
        """Keys that another root key wraps."""
        others = self._others(root_key)
        return list(await self._tx.scalars(others.order_by(DataKeyRow.id).limit(limit).with_for_update()))

    async def is_wrapped_otherwise(self, root_key: str) -> bool:
        """Whether another root key wraps any."""
        return await self._tx.scalar(self._others(root_key).with_only_columns(DataKeyRow.id).limit(1)) is not None

    def _others(self, root_key: str) -> Select[DataKeyRow]:
        return self.every().where(DataKeyRow.root_key != root_key, DataKeyRow.wrapped.is_not(None))


class KeptSecrets(Repository[TenantSecretRow]):
    table = TenantSecretRow

    async def named(self, name: str) -> TenantSecretRow | None:
        return (await self._tx.scalars(self.mine().where(TenantSecretRow.name == name))).one_or_none()


class AllSecrets(SystemRepository[TenantSecretRow]):
    table = TenantSecretRow

    async def sealed(self, tenant_id: UUID, name: str) -> bytes | None:
        found = self.every().where(TenantSecretRow.tenant_id == tenant_id, TenantSecretRow.name == name)
        return await self._tx.scalar(found.with_only_columns(TenantSecretRow.sealed))

    async def put(self, tenant_id: UUID, name: str, sealed: bytes, moment: datetime) -> None:
        """Keep it in the place of what was there."""
        told = {"sealed": sealed, "updated_at": moment}
        statement = insert_into(self._tx, TenantSecretRow).values(
            tenant_id=tenant_id, id=new_id(), created_at=moment, name=name, **told
        )
        await self._tx.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "name"], set_=told))

    async def remove(self, tenant_id: UUID, name: str) -> int:
        theirs = self.removing().where(TenantSecretRow.tenant_id == tenant_id, TenantSecretRow.name == name)
        return await self.run(theirs)


class KeptConnections(Repository[ProviderConnectionRow]):
    table = ProviderConnectionRow

    async def all(self) -> Sequence[ProviderConnectionRow]:
        return list(await self._tx.scalars(self.mine().order_by(ProviderConnectionRow.id)))

    async def locked(self, id: UUID) -> ProviderConnectionRow | None:
        query = self.mine().where(ProviderConnectionRow.id == id)
        return (await self._tx.scalars(query.with_for_update())).one_or_none()

    async def named(self, name: str) -> ProviderConnectionRow | None:
        return (await self._tx.scalars(self.mine().where(ProviderConnectionRow.name == name))).one_or_none()

    async def used(self, id: UUID, moment: datetime) -> int:
        return await self.run(self.changing().where(ProviderConnectionRow.id == id).values(last_used_at=moment))


class AllConnections(SystemRepository[ProviderConnectionRow]):
    table = ProviderConnectionRow

    async def enabled(self) -> Sequence[ProviderConnectionRow]:
        """Of all organisations, oldest first: their columns alone, since thousands of objects a look would be felt."""
        query = self.every().where(ProviderConnectionRow.enabled.is_(True)).order_by(ProviderConnectionRow.id)
        rows = await self._tx.execute(query.with_only_columns(*ProviderConnectionRow.__table__.columns))
        return cast("Sequence[ProviderConnectionRow]", rows.all())

    async def enabled_one(self, tenant_id: UUID, id: UUID) -> ProviderConnectionRow | None:
        query = self.every().where(ProviderConnectionRow.tenant_id == tenant_id, ProviderConnectionRow.id == id)
        return (await self._tx.scalars(query.where(ProviderConnectionRow.enabled.is_(True)))).one_or_none()

    async def end_rotation(self, tenant_id: UUID, id: UUID, former: str) -> int:
        theirs = self.changing().where(ProviderConnectionRow.tenant_id == tenant_id, ProviderConnectionRow.id == id)
        meant = theirs.where(ProviderConnectionRow.former_secret_name == former)
        return await self.run(meant.values(former_secret_name=None, former_until=None))

    async def used(self, tenant_id: UUID, id: UUID, moment: datetime) -> int:
        theirs = self.changing().where(ProviderConnectionRow.tenant_id == tenant_id, ProviderConnectionRow.id == id)
        return await self.run(theirs.values(last_used_at=moment))


class ContentResealings(Repository[ContentResealingRow]):
    table = ContentResealingRow


class AllContentResealings(SystemRepository[ContentResealingRow]):
    table = ContentResealingRow

    async def due(self, before: datetime) -> Sequence[ContentResealingRow]:
        """Those that were asked for by then, the oldest first."""
        asked = self.every().where(ContentResealingRow.created_at <= before)
        return list(await self._tx.scalars(asked.order_by(ContentResealingRow.created_at)))

    async def done(self, row: ContentResealingRow) -> int:
        mine = ContentResealingRow.tenant_id == row.tenant_id, ContentResealingRow.id == row.id
        return await self.run(self.removing().where(*mine))


class SealedRows:
    """Sealed columns of a table as they are kept, in lots: those of whoever a transaction is for, or everybody's."""

    def __init__(self, tx: Transaction, table: type[Table], columns: Collection[str], scope: Scope | None) -> None:
        self._tx = tx
        self._rows: SystemRepository[Any] | Repository[Any]
        # One class for each table that seals something; which those are the tables say themselves.
        if scope is None:
            everybodys = cast("type[SystemRepository[Any]]", type("All", (SystemRepository,), {"table": table}))(tx)
            self._rows, self._some = everybodys, everybodys.every()
        else:
            theirs = cast("type[Repository[Any]]", type("Kept", (Repository,), {"table": table}))(tx, scope)
            self._rows, self._some = theirs, theirs.mine()
        self._columns = [getattr(table, name) for name in columns]
        self._key = [getattr(table, table.__mapper__.get_property_by_column(one).key) for one in _key_of(table)]
        self._tenant = getattr(table, "tenant_id", None)

    async def after(self, last: Sequence[Any] | None, *, tenant_id: UUID | None, limit: int) -> Sequence[Sequence[Any]]:
        """Keys and sealed columns of the next rows, in the order of their keys."""
        query = self._some.with_only_columns(*self._key, *(type_coerce(one, LargeBinary) for one in self._columns))
        query = query.where(or_(*(column.is_not(None) for column in self._columns)))
        if tenant_id is not None and self._tenant is not None:
            query = query.where(self._tenant == tenant_id)
        if last is not None:
            query = query.where(tuple_(*self._key) > tuple_(*last))
        return [tuple(row) for row in await self._tx.execute(query.order_by(*self._key).limit(limit))]

    async def put(self, key: Sequence[Any], column: int, before: bytes, after: bytes) -> bool:
        """Put what was sealed anew in the place of what is still there; false if it is not any more."""
        where: Iterator[ColumnElement[bool]] = (one == value for one, value in zip(self._key, key, strict=True))
        kept = self._columns[column]
        still = type_coerce(kept, LargeBinary) == before
        statement = self._rows.changing().where(*where, still).values({kept: literal(after, LargeBinary)})
        return await self._rows.run(statement) > 0


def _key_of(table: type[Table]) -> Sequence[Any]:
    return list(table.__mapper__.primary_key)
