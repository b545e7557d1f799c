"""What was sealed with a former key is sealed anew, in lots, while everybody goes on."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from chimera.crypto.sealing import UnsealableError
from chimera.encryption.bound import KeysAtHand
from chimera.encryption.keyring import RECHECK_S, WRAPPED, Keyring
from chimera.encryption.repository import AllContentResealings, AllDataKeys, SealedRows
from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.store import Database, Table, TenantTable, Transaction
from chimera.store.columns.sealed import Sealed

_LOT: Final = 200
# Twice the time after which every replica has looked keys up again: their clocks differ a little.
_EVERYBODY_KNOWS: Final = timedelta(seconds=2 * RECHECK_S)
_NOBODY: Final = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resealed:
    """What a round did.

    Attributes:
        keys: Data keys wrapped anew by the root key.
        values: Sealed anew.
        unopened: Values that no key opens any more, which stay as they are.
    """

    keys: int = 0
    values: int = 0
    unopened: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Anew:
    key: Sequence[Any]
    column: int
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Resealing:
    """Replicas may do this at once: a value is replaced only while it is what was opened."""

    database: Database
    keyring: Keyring
    lot: int = _LOT
    now: Callable[[], datetime] = utc_now

    async def run(self, tenant_id: UUID | None = None) -> Resealed:
        """One round over everything that is sealed; only an organisation's, if one is given."""
        done = Resealed(keys=await self._rewrap())
        for table in sealed_tables():
            if tenant_id is None or issubclass(table, TenantTable):
                done = await self._walk(_Walk(table, table.sealed_columns, tenant_id), done)
        return done

    async def _rewrap(self) -> int:
        roots, wrapped, last = self.keyring.roots, 0, self.lot
        # Nobody who writes to SQLite waits for a server that starts and has nothing to wrap.
        async with self.database.system_reading() as tx:
            if not await AllDataKeys(tx).is_wrapped_otherwise(roots.current.name):
                return 0
        while last == self.lot:
            async with self.database.system_transaction() as tx:
                rows = await AllDataKeys(tx).wrapped_otherwise(roots.current.name, limit=self.lot)
                for row in rows:
                    assert row.wrapped is not None, "asked for so"
                    key = await roots.open(row.tenant_id, row.wrapped, purpose=WRAPPED)
                    row.wrapped = await roots.seal(row.tenant_id, key, purpose=WRAPPED)
                    row.root_key = roots.current.name
            last = len(rows)
            wrapped += last
        return wrapped

    async def content(self) -> int:
        """Seal with its newest key the content of every organisation for which that is due; give how many values.

        It is due once no replica seals with the former key any more: what one wrote after this would stay as it is.
        """
        async with self.database.system_reading() as tx:
            due = await AllContentResealings(tx).due(self.now() - _EVERYBODY_KNOWS)
        values = 0
        for row in due:
            values += (await self.content_of(row.tenant_id)).values
            async with self.database.system_transaction() as tx:
                await AllContentResealings(tx).done(row)
        return values

    async def content_of(self, tenant_id: UUID) -> Resealed:
        """The same for one organisation at once."""
        done, hand = Resealed(), await self.keyring.bound(tenant_id)
        for table in content_tables():
            done = await self._walk(_Walk(table, content_columns(table), tenant_id, of_house=False), done, hand)
        return done

    async def _walk(self, walk: "_Walk", done: Resealed, hand: KeysAtHand | None = None) -> Resealed:
        last: Sequence[Any] | None = None
        while True:
            async with self._reading(walk) as tx:
                rows = await walk.rows(tx).after(last, tenant_id=walk.tenant_id, limit=self.lot)
            anew, unopened = await self._opened(walk, rows, hand)
            done = replace(done, unopened=done.unopened + unopened)
            if anew:
                async with self._transaction(walk) as tx:
                    kept = walk.rows(tx)
                    put = [await kept.put(one.key, one.column, one.before, one.after) for one in anew]
                done = replace(done, values=done.values + sum(put))
            if len(rows) < self.lot:
                return done
            last = rows[-1][: _width(walk.table)]

    def _reading(self, walk: "_Walk") -> AbstractAsyncContextManager[Transaction]:
        return self.database.system_reading() if walk.scope is None else self.database.reading(walk.scope)

    def _transaction(self, walk: "_Walk") -> AbstractAsyncContextManager[Transaction]:
        return self.database.system_transaction() if walk.scope is None else self.database.transaction(walk.scope)

    async def _opened(
        self, walk: "_Walk", rows: Sequence[Sequence[Any]], hand: KeysAtHand | None
    ) -> tuple[list[_Anew], int]:
        """What of these is to be replaced, and how much of it nobody can open."""
        purposes, anew, unopened = list(walk.columns.values()), list[_Anew](), 0
        for row in rows:
            key, values = row[: _width(walk.table)], row[_width(walk.table) :]
            owner = key[0] if issubclass(walk.table, TenantTable) else None
            for column, before in enumerate(values):
                try:
                    after = None if before is None else await self._anew(owner, before, purposes[column], hand)
                except UnsealableError:
                    unopened += 1
                    continue
                if after is not None:
                    anew.append(_Anew(key=key, column=column, before=before, after=after))
        return anew, unopened

    async def _anew(self, owner: UUID | None, before: bytes, purpose: str, hand: KeysAtHand | None) -> bytes | None:
        """Sealed as it would be today; `None` if it is so already. Raises UnsealableError."""
        if hand is not None:
            return None if hand.is_current(before) else hand.seal(hand.open(before, purpose=purpose), purpose=purpose)
        if await self.keyring.is_current(owner, before):
            return None
        return await self.keyring.seal(owner, await self.keyring.open(owner, before, purpose=purpose), purpose=purpose)


@dataclass(frozen=True, slots=True)
class _Walk:
    """What a round goes through.

    Attributes:
        columns: Purposes by the names of the columns that are sealed for them.
        of_house: In system transactions, whoever rows belong to; else in those of the organisation.
    """

    table: type[Table]
    columns: Mapping[str, str]
    tenant_id: UUID | None
    of_house: bool = True

    @property
    def scope(self) -> Scope | None:
        if self.of_house or self.tenant_id is None:
            return None
        return Scope(tenant_id=self.tenant_id, actor_id=_NOBODY, permissions=frozenset())

    def rows(self, tx: Transaction) -> SealedRows:
        return SealedRows(tx, self.table, self.columns, self.scope)


def sealed_tables() -> Sequence[type[Table]]:
    """Every table that says that it seals something."""
    return _all_tables(lambda table: bool(table.sealed_columns))


def content_tables() -> Sequence[type[Table]]:
    """Every table with columns of content."""
    return _all_tables(lambda table: bool(content_columns(table)))


def content_columns(table: type[Table]) -> Mapping[str, str]:
    """Purposes by the names of the columns of content."""
    found = table.__mapper__.column_attrs
    return {one.key: one.columns[0].type.purpose for one in found if isinstance(one.columns[0].type, Sealed)}


def _all_tables(is_wanted: Callable[[type[Table]], bool]) -> Sequence[type[Table]]:
    found: list[type[Table]] = [mapper.class_ for mapper in Table.registry.mappers if is_wanted(mapper.class_)]
    return sorted(found, key=lambda table: table.__tablename__)


def _width(table: type[Table]) -> int:
    return len(table.__mapper__.primary_key)
