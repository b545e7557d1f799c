"""Whoever is brought in becomes one user of the organisation, however often and from wherever they are brought."""

import asyncio

from chimera.store import Database
from chimera.tenancy.people.provisioning import Newcomer, provision
from chimera.tenancy.repository import AllPeople, AllTenants
from chimera.tenancy.tables import TenantRow, UserRow


async def tenant_named(database: Database, name: str) -> TenantRow:
    async with database.system_transaction() as tx:
        return await AllTenants(tx).add(TenantRow(name=name))


async def brought(database: Database, tenant: TenantRow, *, email: str = "Ada@example.org") -> UserRow:
    async with database.system_transaction() as tx:
        return await provision(tx, tenant, Newcomer(email=email, name="Ada", role="member"))


async def test_a_person_is_one_user_of_each_organisation(database: Database) -> None:
    one, two = await tenant_named(database, "one"), await tenant_named(database, "two")
    here = await asyncio.gather(*(brought(database, one) for _ in range(3)))
    there = await brought(database, two, email="ada@example.org")
    assert len({user.id for user in here}) == 1
    assert there.id != here[0].id
    assert there.person_id == here[0].person_id
    async with database.system_reading() as tx:
        assert len(list(await tx.scalars(AllPeople(tx).every()))) == 1


async def test_who_is_there_already_stays_as_they_are(database: Database) -> None:
    one = await tenant_named(database, "one")
    await brought(database, one)
    async with database.system_transaction() as tx:
        again = await provision(tx, one, Newcomer(email="ada@example.org", name="Eve", role="owner"))
    assert (again.name, again.role) == ("Ada", "member")
