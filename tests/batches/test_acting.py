"""What a batch may do is what its owner may do when it is asked, not when it was made."""

from tests.batches.house import House, somebody

from chimera.kit.ids import new_id
from chimera.tenancy.lookups import acting_for
from chimera.tenancy.permissions import OWNER, implied
from chimera.tenancy.repository import AllTenants, AllUsers
from chimera.tenancy.tables import TenantRow, UserRow


async def test_an_owner_has_what_the_key_held_and_the_role_still_gives(house: House) -> None:
    tenant, user = new_id(), new_id()
    async with house.database.system_transaction() as tx:
        await AllTenants(tx).add(TenantRow(id=tenant, name="Us"))
        row = UserRow(tenant_id=tenant, id=user, email=f"{user}@example.com", name="me", role=OWNER)
        await AllUsers(tx).add(row)

    async def may(*granted: str) -> frozenset[str] | None:
        scope = await acting_for(house.database, tenant, user, frozenset(granted))
        assert scope is None or (scope.tenant_id, scope.actor_id) == (tenant, user)
        return scope and scope.permissions

    async def become(**values: object) -> None:
        async with house.database.system_transaction() as tx:
            users = AllUsers(tx)
            await users.run(users.changing().where(UserRow.id == user).values(**values))

    assert await may("chat", "admin") == implied(frozenset({"chat", "admin"}))
    assert await may("chat") == {"chat"}
    await become(role="member")
    assert await may("chat", "admin") == {"chat"}
    await become(disabled_at=house.clock())
    assert await may("chat") is None
    assert await acting_for(house.database, somebody().tenant_id, user, frozenset({"chat"})) is None
