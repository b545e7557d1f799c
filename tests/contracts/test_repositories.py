"""What every repository must do: show a tenant its own rows, and only those. New ones are found by themselves."""

import importlib
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import DBAPIError

from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.store import Database, Repository, Table, TenantTable
from chimera.tenancy.tables import TenantRow

SOURCE = Path(__file__).parents[2] / "src"
for file in sorted(SOURCE.rglob("repository.py")):
    if file.parent.name != "store":
        importlib.import_module(".".join(file.relative_to(SOURCE).with_suffix("").parts))

MADE: dict[type, Callable[[], object]] = {
    bool: bool,
    bytes: bytes,
    date: lambda: utc_now().date(),
    datetime: utc_now,
    float: float,
    int: int,
    object: list,  # JSON
    str: lambda: f"text {new_id()}",
    UUID: new_id,
}
PERSON = {"owner_id", "actor_id"}


def every_repository(base: type[Any] = Repository) -> Iterator[type[Repository[Any]]]:
    for found in base.__subclasses__():
        if hasattr(found, "table") and found.__module__.startswith("chimera."):
            yield found
        yield from every_repository(found)


REPOSITORIES = sorted(every_repository(), key=lambda found: found.__qualname__)
REMOVABLE = [found for found in REPOSITORIES if not found.table.append_only]
APPEND_ONLY = [found for found in REPOSITORIES if found.table.append_only]


class Maker:
    """Makes a row of any table with whatever it must have: what it refers to first, persons being the caller."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.rows: list[Any] = []

    def row(self, table: type[Any]) -> Any:
        values: dict[str, object] = {"tenant_id": self.scope.tenant_id} if issubclass(table, TenantTable) else {}
        for reference in table.__table__.foreign_key_constraints:
            if reference.referred_table.name == "tenants":
                self.rows.append(TenantRow(id=self.scope.tenant_id, name="a tenant"))
                continue
            parent = self.row(class_of(reference.referred_table))
            self.rows.append(parent)
            for element in reference.elements:
                values[key_of(table, element.parent)] = getattr(parent, key_of(type(parent), element.column))
        for attribute in table.__mapper__.column_attrs:
            column = attribute.columns[0]
            must = column.primary_key or not (column.nullable or column.default or column.server_default)
            if (must or attribute.key in PERSON) and attribute.key not in values:
                makes = MADE[column.type.python_type]
                values[attribute.key] = self.scope.actor_id if attribute.key in PERSON else makes()
        return table(**values)


def class_of(table: Any) -> type[Any]:
    return next(mapper.class_ for mapper in Table.registry.mappers if mapper.local_table is table)


def key_of(table: type[Any], column: Any) -> str:
    return str(table.__mapper__.get_property_by_column(column).key)


async def keep_one(database: Database, repository: type[Repository[Any]]) -> tuple[Scope, UUID]:
    scope = Scope(tenant_id=new_id(), actor_id=new_id(), permissions=frozenset())
    maker = Maker(scope)
    row = maker.row(repository.table)
    parents = {type(parent).__name__ + str(parent.id): parent for parent in maker.rows}
    of_nobody = {type(parent): parent for parent in parents.values() if not isinstance(parent, TenantTable)}
    async with database.system_transaction() as tx:
        tx.add_all(of_nobody.values())
    async with database.transaction(scope) as tx:
        for parent in parents.values():
            if isinstance(parent, TenantTable):
                tx.add(parent)
                await tx.flush()
        await repository(tx, scope).add(row)
    return scope, row.id


def test_there_are_repositories_to_test() -> None:
    assert {found.__name__ for found in REPOSITORIES} >= {"Users", "Sessions", "ApiKeys"}


@pytest.mark.parametrize("repository", REPOSITORIES, ids=lambda found: found.__name__)
async def test_another_tenants_row_does_not_exist(database: Database, repository: type[Repository[Any]]) -> None:
    mine, my_row = await keep_one(database, repository)
    yours, your_row = await keep_one(database, repository)
    for scope, own, foreign in ((mine, my_row, your_row), (yours, your_row, my_row)):
        async with database.transaction(scope) as tx:
            kept = repository(tx, scope)
            assert (await kept.get(own)) is not None
            assert (await kept.get(foreign)) is None
            assert [row.id for row in await tx.scalars(kept.mine())] == [own]
            assert await kept.count() == 1
            assert repository in APPEND_ONLY or not await kept.delete(foreign)


@pytest.mark.parametrize("repository", APPEND_ONLY, ids=lambda found: found.__name__)
async def test_what_is_only_ever_added_can_be_neither_changed_nor_removed(
    database: Database, repository: type[Repository[Any]]
) -> None:
    scope, row_id = await keep_one(database, repository)

    async def change() -> None:
        async with database.transaction(scope) as tx:
            kept = repository(tx, scope)
            await kept.run(kept.changing().values(created_at=utc_now()))

    async def remove() -> None:
        async with database.transaction(scope) as tx:
            await repository(tx, scope).delete(row_id)

    for forbidden in (change, remove):
        with pytest.raises(DBAPIError):
            await forbidden()
    async with database.reading(scope) as tx:
        assert await repository(tx, scope).count() == 1


@pytest.mark.parametrize("repository", REMOVABLE, ids=lambda found: found.__name__)
async def test_removing_everything_leaves_other_tenants_alone(
    database: Database, repository: type[Repository[Any]]
) -> None:
    mine, _ = await keep_one(database, repository)
    yours, your_row = await keep_one(database, repository)
    async with database.transaction(mine) as tx:
        assert await repository(tx, mine).run(repository(tx, mine).removing()) == 1
    async with database.reading(yours) as tx:
        assert (await repository(tx, yours).get(your_row)) is not None
