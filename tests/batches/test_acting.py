"""What a batch may do is what its owner and its key may do when it is asked, not when it was made."""

from dataclasses import replace
from datetime import timedelta

from tests.batches.house import House, somebody

from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.tenancy.keys.repository import AllApiKeys
from chimera.tenancy.keys.tables import ApiKeyRow
from chimera.tenancy.lookups import acting_for
from chimera.tenancy.permissions import OWNER, implied
from chimera.tenancy.repository import AllTenants, AllUsers
from chimera.tenancy.tables import TenantRow, UserRow


async def an_owner(house: House, *granted: str) -> Scope:
    tenant, user = new_id(), new_id()
    async with house.database.system_transaction() as tx:
        await AllTenants(tx).add(TenantRow(id=tenant, name="Us"))
        row = UserRow(tenant_id=tenant, id=user, email=f"{user}@example.com", name="me", role=OWNER)
        await AllUsers(tx).add(row)
    return Scope(tenant_id=tenant, actor_id=user, permissions=frozenset(granted))


async def test_an_owner_has_what_the_key_held_and_the_role_still_gives(house: House) -> None:
    owner = await an_owner(house)

    async def may(*granted: str) -> frozenset[str] | None:
        scope = await acting_for(house.database, replace(owner, permissions=frozenset(granted)))
        assert scope is None or (scope.tenant_id, scope.actor_id) == (owner.tenant_id, owner.actor_id)
        return scope and scope.permissions

    async def become(**values: object) -> None:
        async with house.database.system_transaction() as tx:
            users = AllUsers(tx)
            await users.run(users.changing().where(UserRow.id == owner.actor_id).values(**values))

    assert await may("chat", "admin") == implied(frozenset({"chat", "admin"}))
    assert await may("chat") == {"chat"}
    await become(role="member")
    assert await may("chat", "admin") == {"chat"}
    await become(disabled_at=house.clock())
    assert await may("chat") is None
    assert await acting_for(house.database, replace(owner, tenant_id=somebody().tenant_id)) is None


async def test_the_key_that_made_a_batch_binds_and_ends_it(house: House) -> None:
    owner = await an_owner(house, "chat", "models:read")
    key = ApiKeyRow(
        tenant_id=owner.tenant_id,
        user_id=owner.actor_id,
        name="nightly",
        prefix="ck_",
        secret_hash=str(new_id()),
        permissions=["chat"],
        models=["openai/*"],
        requests_per_minute=3,
    )
    async with house.database.system_transaction() as tx:
        await AllApiKeys(tx).add(key)
    by_key = replace(owner, key_id=key.id)
    scope = await acting_for(house.database, by_key)
    assert scope is not None
    assert (scope.key_id, scope.permissions, scope.models) == (key.id, {"chat"}, (("openai/*",),))
    assert scope.requests_per_minute == 3

    async def after(**values: object) -> Scope | None:
        async with house.database.system_transaction() as tx:
            keys = AllApiKeys(tx)
            await keys.run(keys.changing().values(**values))
        return await acting_for(house.database, by_key, now=house.clock)

    assert await after(expires_at=house.clock() - timedelta(seconds=1)) is None
    assert await after(expires_at=None, revoked_at=house.clock()) is None
    stranger = await an_owner(house, "chat")
    assert await acting_for(house.database, replace(stranger, key_id=key.id)) is None, "another's key is none"
