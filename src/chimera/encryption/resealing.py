"""What was sealed with a former key is sealed anew, in lots, while everybody goes on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from chimera.crypto.sealing import UnsealableError
from chimera.encryption.keyring import WRAPPED, Keyring
from chimera.encryption.repository import AllDataKeys, SealedRows
from chimera.store import Database, Table, TenantTable

_LOT: Final = 200


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

    async def run(self, tenant_id: UUID | None = None) -> Resealed:
        """One round over everything that is sealed; only an organisation's, if one is given."""
        done = Resealed(keys=await self._rewrap())
        for table in sealed_tables():
            if tenant_id is None or issubclass(table, TenantTable):
                done = await self._table(table, tenant_id, done)
        return done

    async def _rewrap(self) -> int:
        roots, wrapped, last = self.keyring.roots, 0, self.lot
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

    async def _table(self, table: type[Table], tenant_id: UUID | None, done: Resealed) -> Resealed:
        last: Sequence[Any] | None = None
        while True:
            async with self.database.system_reading() as tx:
                rows = await SealedRows(tx, table).after(last, tenant_id=tenant_id, limit=self.lot)
            anew, unopened = await self._opened(table, rows)
            done = replace(done, unopened=done.unopened + unopened)
            if anew:
                async with self.database.system_transaction() as tx:
                    kept = SealedRows(tx, table)
                    put = [await kept.put(one.key, one.column, one.before, one.after) for one in anew]
                done = replace(done, values=done.values + sum(put))
            if len(rows) < self.lot:
                return done
            last = rows[-1][: _width(table)]

    async def _opened(self, table: type[Table], rows: Sequence[Sequence[Any]]) -> tuple[list[_Anew], int]:
        """What of these is to be replaced, and how much of it nobody can open."""
        purposes, anew, unopened = list(table.sealed_columns.values()), list[_Anew](), 0
        for row in rows:
            key, values = row[: _width(table)], row[_width(table) :]
            owner = key[0] if issubclass(table, TenantTable) else None
            for column, before in enumerate(values):
                try:
                    if before is None or await self.keyring.is_current(owner, before):
                        continue
                    plain = await self.keyring.open(owner, before, purpose=purposes[column])
                except UnsealableError:
                    unopened += 1
                    continue
                after = await self.keyring.seal(owner, plain, purpose=purposes[column])
                anew.append(_Anew(key=key, column=column, before=before, after=after))
        return anew, unopened


def sealed_tables() -> Sequence[type[Table]]:
    """Every table that says that it seals something."""
    found: list[type[Table]] = [mapper.class_ for mapper in Table.registry.mappers if mapper.class_.sealed_columns]
    return sorted(found, key=lambda table: table.__tablename__)


def _width(table: type[Table]) -> int:
    return len(table.__mapper__.primary_key)
