"""Where every query starts: bound to the caller's tenant, or said aloud to be across tenants.

Nothing else in the program may import `select`, `insert`, `update`, `delete` or `text` from SQLAlchemy.
"""

from typing import Any, ClassVar, Generic, TypeVar, cast
from uuid import UUID

from sqlalchemy import CursorResult, Delete, Select, Update, delete, func, inspect, select, update
from sqlalchemy.orm import InstrumentedAttribute

from chimera.kit.scope import Scope
from chimera.store.database import Transaction, is_system, tenant_of
from chimera.store.errors import ScopeMismatchError
from chimera.store.inserting import insert_into
from chimera.store.paging import Page, newest_first
from chimera.store.tables import Table, TenantTable

Row = TypeVar("Row", bound=TenantTable)
AnyRow = TypeVar("AnyRow", bound=Table)


class Repository(Generic[Row]):
    """Queries of one tenant-owned table, and only of the caller's tenant.

    Subclasses set `table` and start every query with `mine()`, `changing()` or `removing()`.

    Raises:
        ScopeMismatchError: on building one for another tenant than its transaction's, or in a system transaction
            that the table does not admit.
    """

    table: ClassVar[type[Any]]

    def __init__(self, tx: Transaction, scope: Scope) -> None:
        if is_system(tx):
            if not self.table.system_access:
                raise ScopeMismatchError(f"{self.table.__tablename__} is closed to system transactions")
        elif tenant_of(tx) != scope.tenant_id:
            raise ScopeMismatchError("the repository's tenant is not the transaction's")
        self._tx = tx
        self._scope = scope

    @property
    def _table(self) -> type[Row]:
        return cast("type[Row]", self.table)

    def mine(self) -> Select[Row]:
        """All rows of the tenant; narrow it with `where`, count it with `with_only_columns(func.count())`."""
        return select(self._table).where(self._table.tenant_id == self._scope.tenant_id)

    def changing(self) -> Update:
        """An UPDATE of the tenant's rows; narrow it with `where`. Rows already loaded are not refreshed."""
        return update(self._table).where(self._table.tenant_id == self._scope.tenant_id)

    def removing(self) -> Delete:
        """A DELETE of the tenant's rows; narrow it with `where`."""
        return delete(self._table).where(self._table.tenant_id == self._scope.tenant_id)

    async def get(self, id: UUID) -> Row | None:
        """Return the row, or `None` if the tenant has none of that id, whoever else may."""
        return (await self._tx.scalars(self.mine().where(self._table.id == id))).one_or_none()

    async def count(self, query: Select[Row] | None = None) -> int:
        """How many rows `query` finds; all of the tenant's without one."""
        chosen = self.mine() if query is None else query
        return await self._tx.scalar(chosen.with_only_columns(func.count(), maintain_column_froms=True)) or 0

    async def add(self, row: Row) -> Row:
        """Keep a new row under the caller's tenant, whatever tenant it bore before."""
        row.tenant_id = self._scope.tenant_id
        self._tx.add(row)
        await self._tx.flush()
        return row

    async def add_if_absent(self, row: Row) -> bool:
        """As `add`, unless a unique key is taken, waiting for whoever is just taking it; tell whether it was ours."""
        row.tenant_id = self._scope.tenant_id
        return await _add_if_absent(self._tx, row)

    async def delete(self, id: UUID) -> bool:
        """Remove one row; tell whether there was one."""
        return await self.run(self.removing().where(self._table.id == id)) > 0

    async def alone(self, at: str) -> None:
        """Wait for the caller's other transactions at the same work; further ones wait until this one ends.

        Call it before anything is locked. SQLite has one writer at a time anyway.
        """
        if self._tx.get_bind().dialect.name == "postgresql":
            key = func.hashtextextended(f"{at} {self._scope.actor_id}", 0)
            await self._tx.execute(func.pg_advisory_xact_lock(key).select())

    async def run(self, statement: Update | Delete) -> int:
        """Run a statement begun with `changing()` or `removing()`; return how many rows it touched."""
        return await _run(self._tx, statement)

    async def page(
        self, query: Select[Row], *, by: InstrumentedAttribute[Any], cursor: str | None, limit: int
    ) -> Page[Row]:
        """One page of `query`, newest first by the moment `by`, then by id.

        Raises:
            InvalidRequestError: if the cursor is none of ours.
        """
        bounded = newest_first(query, by=by, id=self._table.id, cursor=cursor).limit(limit + 1)
        rows = list(await self._tx.scalars(bounded))
        return Page.of(rows, limit=limit, by=by)


class SystemRepository(Generic[AnyRow]):
    """Queries across tenants, for sign-in, key lookup and reaping: only in a system transaction.

    Raises:
        ScopeMismatchError: on building one in a tenant's transaction, or for a table that is closed to it.
    """

    table: ClassVar[type[Any]]

    def __init__(self, tx: Transaction) -> None:
        if not is_system(tx):
            raise ScopeMismatchError("across tenants only in a system transaction")
        if issubclass(self.table, TenantTable) and not self.table.system_access:
            raise ScopeMismatchError(f"{self.table.__tablename__} is closed to system transactions")
        self._tx = tx

    @property
    def _table(self) -> type[AnyRow]:
        return cast("type[AnyRow]", self.table)

    def every(self) -> Select[AnyRow]:
        return select(self._table)

    def changing(self) -> Update:
        return update(self._table)

    def removing(self) -> Delete:
        return delete(self._table)

    async def add(self, row: AnyRow) -> AnyRow:
        self._tx.add(row)
        await self._tx.flush()
        return row

    async def add_if_absent(self, row: AnyRow) -> bool:
        """Insert unless a unique key is taken, waiting for whoever is just taking it; tell whether it was ours."""
        return await _add_if_absent(self._tx, row)

    async def run(self, statement: Update | Delete) -> int:
        """Run a statement begun with `changing()` or `removing()`; return how many rows it touched."""
        return await _run(self._tx, statement)


async def _run(tx: Transaction, statement: Update | Delete) -> int:
    result = await tx.execute(statement.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", result).rowcount


async def _add_if_absent(tx: Transaction, row: Table) -> bool:
    columns = inspect(row).mapper.column_attrs
    values = {column.key: value for column in columns if (value := getattr(row, column.key)) is not None}
    statement = insert_into(tx, type(row)).values(**values).on_conflict_do_nothing()
    return cast("CursorResult[Any]", await tx.execute(statement)).rowcount > 0
