"""Where one is signed in: seen and ended by oneself, and by who manages users."""

from datetime import timedelta

import pytest
from tests.tenancy.house import EMAIL, KEY, PASSWORD, SAME_ORIGIN, House, sign_in

from chimera.kit.ids import new_id
from chimera.tenancy.factors.repository import Totps
from chimera.tenancy.factors.tables import TotpRow
from chimera.tenancy.repository import AllPeople, AllTenants, AllUsers
from chimera.tenancy.tables import PersonRow, TenantRow, UserRow


async def colleague(house: House, role: str = "member", *, email: str = "", elsewhere: bool = False) -> UserRow:
    """Somebody else of the owner's organisation."""
    password_hash = await house.passwords.hash(PASSWORD)
    async with house.database.system_transaction() as tx:
        (owner,) = await tx.scalars(AllUsers(tx).every().where(UserRow.email == EMAIL))
        email = email or f"{role}@example.org"
        person = await AllPeople(tx).add(PersonRow(email=email, name=role, password_hash=password_hash))
        row = UserRow(tenant_id=owner.tenant_id, person_id=person.id, email=email, name=role, role=role)
        await AllUsers(tx).add(row)
        if elsewhere:
            tenant = await AllTenants(tx).add(TenantRow(name="Elsewhere"))
            there = UserRow(tenant_id=tenant.id, person_id=person.id, email=email, name=role, role=role)
            await AllUsers(tx).add(there)
        app = TotpRow(person_id=person.id, secret=b"sealed", last_step=0, confirmed_at=house.clock.now())
        await Totps(tx).add(app)
    return row


async def has_app(house: House, user: UserRow) -> bool:
    assert user.person_id
    async with house.database.system_reading() as tx:
        return await Totps(tx).of(user.person_id) is not None


async def test_a_person_sees_where_they_are_signed_in_and_signs_out_there(house: House) -> None:
    async with house.client("198.51.100.7", **{"user-agent": "Phone/1.0 \x7f"}) as phone, house.client() as laptop:
        await sign_in(phone)
        house.clock.pass_by(timedelta(seconds=1))
        await sign_in(laptop)
        mine, other = (await laptop.get("/api/v1/sessions")).json()["data"]
        assert (mine["is_this_one"], other["is_this_one"]) == (True, False)
        assert (other["method"], other["address"], other["user_agent"][:9]) == ("password", "198.51.100.7", "Phone/1.0")
        ended = await laptop.delete(f"/api/v1/sessions/{other['id']}", headers=SAME_ORIGIN)
        assert ended.status_code == 204
        assert (await phone.get("/whoami")).status_code == 401
        again = await laptop.delete(f"/api/v1/sessions/{other['id']}", headers=SAME_ORIGIN)
        assert (again.status_code, again.json()["code"]) == (404, "session_not_found")


async def test_all_others_are_ended_at_once_and_ended_ones_are_not_shown(house: House) -> None:
    async with house.client() as here, house.client() as there, house.client() as elsewhere:
        await sign_in(there)
        house.clock.pass_by(timedelta(days=15))
        await sign_in(elsewhere)
        await sign_in(here)
        assert len((await here.get("/api/v1/sessions")).json()["data"]) == 2
        assert (await here.delete("/api/v1/sessions", headers=SAME_ORIGIN)).status_code == 204
        assert (await here.get("/whoami")).status_code == 200
        assert (await elsewhere.get("/whoami")).status_code == 401
        assert len((await here.get("/api/v1/sessions")).json()["data"]) == 1


async def test_nobody_else_s_session_is_found(house: House) -> None:
    await house.another_tenant()
    async with house.client() as owner, house.client() as other:
        await sign_in(owner)
        await sign_in(other, email="other@example.org")
        (theirs,) = (await other.get("/api/v1/sessions")).json()["data"]
        for named in (theirs["id"], str(new_id())):
            refused = await owner.delete(f"/api/v1/sessions/{named}", headers=SAME_ORIGIN)
            assert (refused.status_code, refused.json()["code"]) == (404, "session_not_found")
        assert (await other.get("/whoami")).status_code == 200


@pytest.mark.parametrize(("method", "what"), [("GET", "sessions"), ("DELETE", "sessions"), ("DELETE", "factors")])
async def test_users_of_another_organisation_are_not_there(house: House, method: str, what: str) -> None:
    other = await house.another_tenant()
    async with house.client(authorization=f"Bearer {KEY}") as client:
        answers = [
            await client.request(method, f"/api/v1/users/{named}/{what}") for named in (other.actor_id, new_id())
        ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "user_not_found")] * 2


async def test_who_manages_users_signs_them_out_and_resets_what_they_lost(house: House) -> None:
    member = await colleague(house)
    path = f"/api/v1/users/{member.id}"
    async with house.client(authorization=f"Bearer {KEY}") as manager:
        assert (await manager.get(f"{path}/sessions")).json() == {"data": []}
        assert (await manager.delete(f"{path}/factors")).status_code == 204
        assert not await has_app(house, member)
        async with house.client() as person:
            assert (await sign_in(person, email="member@example.org")).status_code == 200
            (shown,) = (await manager.get(f"{path}/sessions")).json()["data"]
            assert shown["is_this_one"] is False
            assert (await manager.delete(f"{path}/sessions")).status_code == 204
            assert (await person.get("/whoami")).status_code == 401
            for method, what in (("GET", "sessions"), ("DELETE", "sessions"), ("DELETE", "factors")):
                await sign_in(person, email="member@example.org")
                refused = await person.request(method, f"{path}/{what}", headers=SAME_ORIGIN)
                assert refused.json()["code"] == "permission_denied"


async def test_an_administrator_does_not_reset_an_owner(house: House) -> None:
    await colleague(house, "admin")
    async with house.database.system_transaction() as tx:
        (owner,) = await tx.scalars(AllUsers(tx).every().where(UserRow.email == EMAIL))
        (admin,) = await tx.scalars(AllUsers(tx).every().where(UserRow.role == "admin"))
        await Totps(tx).drop(admin.person_id)
    async with house.client() as client:
        assert (await sign_in(client, email="admin@example.org")).status_code == 200
        for what in ("sessions", "factors"):
            refused = await client.delete(f"/api/v1/users/{owner.id}/{what}", headers=SAME_ORIGIN)
            assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")


async def test_who_belongs_to_others_as_well_is_reset_by_operators_alone(house: House) -> None:
    """Or the owner of any organisation that one joined could take one's second factor from all others."""
    member, second = await colleague(house, elsewhere=True), await colleague(house, "owner", email="second@example.org")
    path = f"/api/v1/users/{member.id}/factors"
    async with house.database.system_transaction() as tx:
        await Totps(tx).drop(second.person_id)
    async with house.client() as owner, house.client(authorization=f"Bearer {KEY}") as operator:
        assert (await sign_in(owner, email="second@example.org")).status_code == 200
        refused = await owner.delete(path, headers=SAME_ORIGIN)
        assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
        assert await has_app(house, member)
        assert (await operator.delete(path)).status_code == 204
        assert not await has_app(house, member)
