"""What a credential is worth: by the roles of its user, at most what it was given, and where and when it is good."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.tenancy.keys.repository import AllApiKeys
from chimera.tenancy.lookups import acting_for
from chimera.tenancy.permissions import KNOWN, ROLES
from chimera.tenancy.repository import AllUsers
from chimera.tenancy.sessions.repository import AllSessions
from chimera.tenancy.tables import GroupMemberRow, GroupRow, RoleRow, UserRow
from tests.tenancy.house import EMAIL, KEY, House, sign_in


@pytest.fixture
async def member(house: House) -> Scope:
    """A member of another organisation than the owner's."""
    return await house.another_tenant(role="member")


async def keep(house: House, *rows: Any) -> None:
    async with house.database.system_transaction() as tx:
        for row in rows:
            tx.add(row)
            await tx.flush()


async def in_group(house: House, user: Scope, role: str | None) -> GroupRow:
    group = GroupRow(tenant_id=user.tenant_id, id=new_id(), name=str(new_id()), role=role)
    await keep(house, group, GroupMemberRow(tenant_id=user.tenant_id, id=group.id, user_id=user.actor_id))
    return group


def role(tenant: Scope, name: str, models: list[str] | None = None, permissions: list[str] | None = None) -> RoleRow:
    return RoleRow(tenant_id=tenant.tenant_id, name=name, permissions=permissions or [], models=models)


async def worth(house: House, user: Scope) -> Scope:
    scope = await acting_for(house.database, replace(user, permissions=KNOWN))
    assert scope is not None
    return scope


async def change_key(house: House, **values: object) -> None:
    async with house.database.system_transaction() as tx:
        keys = AllApiKeys(tx)
        await keys.run(keys.changing().values(**values))
    house.authenticator.forget()


async def test_a_user_may_what_its_role_and_those_of_its_groups_allow(house: House, member: Scope) -> None:
    first, second = await in_group(house, member, "billing"), await in_group(house, member, None)
    scope = await worth(house, member)
    assert scope.permissions == ROLES["member"] | ROLES["billing"]
    assert scope.team_ids == tuple(sorted((first.id, second.id)))


async def test_a_group_of_others_gives_nothing(house: House, member: Scope) -> None:
    stranger = await house.another_tenant(email="stranger@example.org", role="viewer")
    await in_group(house, member, "admin")
    scope = await worth(house, stranger)
    assert (scope.permissions, scope.team_ids) == (ROLES["viewer"], ())


async def test_roles_of_the_organisations_own_hold_what_it_wrote_and_never_the_installation(
    house: House, member: Scope
) -> None:
    await keep(house, role(member, "analyst", permissions=["spend:read", "operate", "no such thing"]))
    await in_group(house, member, "analyst")
    await in_group(house, member, "a role that is no more")
    assert (await worth(house, member)).permissions == ROLES["member"] | {"spend:read"}


async def test_a_role_of_another_organisation_gives_nothing(house: House, member: Scope) -> None:
    other = await house.another_tenant(email="stranger@example.org")
    await keep(house, role(other, "analyst", permissions=["spend:read"]))
    await in_group(house, member, "analyst")
    assert (await worth(house, member)).permissions == ROLES["member"]


async def test_models_of_roles_are_put_together_and_one_that_admits_all_admits_all(house: House, member: Scope) -> None:
    await keep(house, role(member, "member", ["openai/*"], permissions=["admin"]))
    scope = await worth(house, member)
    assert scope.models == (("openai/*",),)
    assert scope.permissions == ROLES["member"], "a built-in role is not changed but for its models"
    await keep(house, role(member, "analyst", ["local/*", "openai/*"]))
    await in_group(house, member, "analyst")
    assert (await worth(house, member)).models == (("local/*", "openai/*"),)
    await in_group(house, member, "viewer")
    assert (await worth(house, member)).models == ()


async def test_a_keys_models_bind_beside_its_users(house: House) -> None:
    async with house.client(**{"x-api-key": KEY}) as client:
        await change_key(house, models=["gpt-4o"])
        await client.get("/whoami")
        assert house.seen[-1].models == (("gpt-4o",),)
        await keep(house, role(house.seen[-1], "owner", ["openai/*"]))
        house.authenticator.forget()
        await client.get("/whoami")
        assert house.seen[-1].models == (("openai/*",), ("gpt-4o",))


async def test_rates_of_a_key_come_with_it(house: House) -> None:
    await change_key(house, requests_per_minute=7, tokens_per_minute=900)
    async with house.client(**{"x-api-key": KEY}) as client:
        await client.get("/whoami")
    assert (house.seen[-1].requests_per_minute, house.seen[-1].tokens_per_minute) == (7, 900)


async def test_a_session_is_named(house: House) -> None:
    async with house.client() as client:
        await sign_in(client)
        await client.get("/whoami")
    async with house.database.system_reading() as tx:
        assert house.seen[-1].session_id == (await tx.scalars(AllSessions(tx).every())).one().id


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("192.0.2.7", 200),
        ("::ffff:192.0.2.7", 200),
        ("2001:db8::1", 200),
        ("192.0.3.7", 403),
        ("::ffff:192.0.3.7", 403),
        ("2001:db9::1", 403),
        ("::c000:207", 403),  # IPv4-compatible: no form in which a socket reports a client
        ("", 403),
        ("unknown", 403),
    ],
)
async def test_a_key_works_only_in_its_networks(house: House, address: str, status: int) -> None:
    await change_key(house, networks=["192.0.2.0/24", "2001:db8::/32"])
    for channel in ({"x-api-key": KEY}, {"authorization": f"Bearer {KEY}"}, {"x-goog-api-key": KEY}):
        async with house.client(address, **channel) as client:
            answers = [await client.get("/whoami") for _ in range(2)]
        assert [answer.status_code for answer in answers] == [status] * 2
        assert status == 200 or answers[0].json()["code"] == "network_not_allowed"


async def test_a_key_of_no_network_works_nowhere(house: House) -> None:
    await change_key(house, networks=[])
    async with house.client(**{"x-api-key": KEY}) as client:
        assert (await client.get("/whoami")).status_code == 403


async def test_the_organisation_that_a_request_names_must_be_its_credentials(house: House, member: Scope) -> None:
    async with house.client(**{"x-api-key": KEY}) as client:
        own = (await client.get("/whoami")).json()["tenant"]
        wanted = {own: 200, own.upper(): 200, str(member.tenant_id): 403, "mine": 400, "": 400, f"{own}, {own}": 400}
        for named, status in wanted.items():
            assert (await client.get("/whoami", headers={"x-tenant-id": named})).status_code == status, named


async def test_the_secret_before_a_rotation_is_good_until_it_ends(house: House) -> None:
    async with house.database.system_reading() as tx:
        former = (await tx.scalars(AllApiKeys(tx).every())).one().secret_hash
    until = house.clock.now() + timedelta(seconds=3)
    await change_key(house, secret_hash="new", former_hash=former, former_until=until)
    async with house.client(**{"x-api-key": KEY}) as client:
        assert (await client.get("/whoami")).status_code == 200
        house.clock.pass_by(timedelta(seconds=2))
        assert (await client.get("/whoami")).status_code == 200
        house.clock.pass_by(timedelta(seconds=1))
        assert (await client.get("/whoami")).status_code == 401, "memory believes no longer than the secret is good"


async def test_a_secret_without_an_end_to_its_overlap_is_over(house: House) -> None:
    async with house.database.system_reading() as tx:
        former = (await tx.scalars(AllApiKeys(tx).every())).one().secret_hash
    await change_key(house, secret_hash="new", former_hash=former, former_until=None)
    async with house.client(**{"x-api-key": KEY}) as client:
        assert (await client.get("/whoami")).status_code == 401


async def test_an_expiring_key_ends_on_time_though_it_is_remembered(house: House) -> None:
    await change_key(house, expires_at=house.clock.now() + timedelta(seconds=2))
    async with house.client(**{"x-api-key": KEY}) as client:
        assert (await client.get("/whoami")).status_code == 200
        house.clock.pass_by(timedelta(seconds=2))
        assert (await client.get("/whoami")).status_code == 401


async def test_a_demotion_narrows_keys_and_sessions_within_seconds(house: House) -> None:
    async with house.client(**{"x-api-key": KEY}) as by_key, house.client() as by_session:
        await sign_in(by_session)
        for client in (by_key, by_session):
            assert "users:manage" in (await client.get("/whoami")).json()["may"]
        async with house.database.system_transaction() as tx:
            users = AllUsers(tx)
            changed = users.changing().where(UserRow.email == EMAIL)
            await users.run(changed.values(role="viewer", operator=False))
        house.clock.pass_by(timedelta(seconds=5))
        for client in (by_key, by_session):
            assert (await client.get("/whoami")).json()["may"] == ["models:read"]
