"""Invitations: good once, for seven days, for whoever reads the address, and for no more than whoever invited holds."""

import asyncio
import base64
from datetime import timedelta
from uuid import uuid4

import httpx2
import pytest
from tests.tenancy.house import PASSWORD, SAME_ORIGIN, sign_in
from tests.tenancy.people.town import Somebody, Town

from chimera.tenancy.factors import totp
from chimera.tenancy.people.repository import AllInvitations
from chimera.tenancy.repository import AllPeople, AllUsers
from chimera.tenancy.tables import UserRow

INVITATIONS, ACCEPT = "/api/v1/invitations", "/api/v1/invitations/accept"
NEW = "a password nobody has yet"


def code_of(response: httpx2.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


async def invited(town: Town, host: Somebody | None = None, **said: object) -> str:
    """The token that went to the address."""
    sent = await (host or town.owner).http.post(INVITATIONS, json={"email": "Ada@Example.org"} | said)
    assert sent.status_code == 201, sent.text
    token = town.post.mails[-1].text.partition("#")[2].split()[0]
    assert token not in sent.text
    return token


async def accept(town: Town, token: str, **said: object) -> httpx2.Response:
    async with town.house.client() as http:
        return await http.post(ACCEPT, json={"token": token, "password": NEW} | said)


async def test_somebody_new_accepts_and_signs_in(town: Town) -> None:
    group = (await town.owner.http.post("/api/v1/groups", json={"name": "Research"})).json()["id"]
    token = await invited(town, role="billing", group_ids=[group, group])
    assert town.post.mails[-1].to == "ada@example.org"
    listed = (await town.owner.http.get(INVITATIONS)).json()["data"]
    assert [(one["email"], one["role"], one["group_ids"]) for one in listed] == [
        ("ada@example.org", "billing", [group])
    ]
    taken = await accept(town, token, name="Ada")
    assert (taken.status_code, taken.headers["cache-control"]) == (200, "no-store")
    assert "set-cookie" not in taken.headers
    user = (await town.owner.http.get(f"/api/v1/users/{taken.json()['user_id']}")).json()
    assert (user["name"], user["role"], [one["name"] for one in user["groups"]]) == ("Ada", "billing", ["Research"])
    async with town.house.client() as browser:
        assert (await sign_in(browser, email="ada@example.org", password=NEW)).is_success
    assert (await town.owner.http.get(INVITATIONS)).json()["data"] == []
    assert town.recorder.names == ["group.created", "invitation.created", "invitation.accepted"]


async def test_an_organisation_that_alone_says_that_somebody_is_its_own_comes_last_and_hears_nothing(
    town: Town,
) -> None:
    claimed = await town.somebody("owner", tenant=await town.tenant_named("Elsewhere"))  # as a provider of theirs makes
    grace = await town.somebody("admin", name="Grace")
    taken = await accept(town, await invited(town))
    mine = f"/api/v1/users/{taken.json()['user_id']}/factors"
    async with town.house.client(**SAME_ORIGIN) as browser:
        signed_in = await sign_in(browser, email="ada@example.org", password=NEW)
        assert signed_in.json()["tenant"]["id"] == str(town.tenant.id), "though the other was there first"
        places = (await browser.get("/api/v1/session/tenants")).json()["data"]
        assert [place["tenant_name"] for place in places] == ["My organisation", "Elsewhere"]
        assert (await browser.post("/api/v1/session/proof", json={"password": NEW})).is_success
        secret = (await browser.post("/api/v1/factors/totp")).json()["secret"]
        code = totp.code_at(base64.b32decode(secret), int(town.house.clock.now().timestamp()) // 30)
        assert (await browser.post("/api/v1/factors/totp/confirm", json={"code": code})).is_success
        assert (await browser.get("/api/v1/factors")).json()["totp_since"]
        found = (await claimed.http.get("/api/v1/session/tenants")).json()["data"]
        assert [place["tenant_name"] for place in found] == ["Elsewhere"]
        assert (await claimed.http.get("/api/v1/factors")).json()["totp_since"] is None
        assert code_of(await claimed.http.delete(f"/api/v1/users/{claimed.id}/factors")) == (403, "permission_denied")
        there = {"tenant_id": str(claimed.tenant_id)}
        assert (await grace.http.delete(mine)).status_code == 204, "what others say keeps it from nothing"
        await sign_in(browser, email="ada@example.org", password=NEW)
        assert (await browser.post("/api/v1/session/tenant", json=there)).is_success
    assert code_of(await grace.http.delete(mine)) == (403, "permission_denied")


async def test_it_is_good_once_even_for_many_at_once(town: Town) -> None:
    token = await invited(town)
    answers = await asyncio.gather(*(accept(town, token) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 404, 404]
    assert code_of(await accept(town, token)) == (404, "invitation_not_found")
    async with town.house.database.system_reading() as tx:
        assert len(list(await tx.scalars(AllUsers(tx).every().where(UserRow.email == "ada@example.org")))) == 1


async def test_what_is_no_invitation_any_more_is_refused_alike(town: Town) -> None:
    replaced, token = await invited(town), await invited(town)
    unknown = await accept(town, "4sQ3")
    assert code_of(unknown) == (404, "invitation_not_found")
    bodies = [(await accept(town, replaced)).json()]
    town.house.clock.pass_by(timedelta(days=7))
    bodies.append((await accept(town, token)).json())
    third = await invited(town)
    (listed,) = (await town.owner.http.get(INVITATIONS)).json()["data"]
    assert (await town.owner.http.delete(f"{INVITATIONS}/{listed['id']}")).status_code == 204
    bodies.append((await accept(town, third)).json())
    assert [body | {"request_id": ""} for body in bodies] == [unknown.json() | {"request_id": ""}] * 3
    assert code_of(await town.owner.http.delete(f"{INVITATIONS}/{listed['id']}")) == (404, "invitation_not_found")


@pytest.mark.parametrize("token", [None, "", 0, [], {}, "x" * 201], ids=repr)
async def test_a_token_that_is_none_is_refused_before_anything(town: Town, token: object) -> None:
    async with town.house.client() as http:
        assert (await http.post(ACCEPT, json={"token": token, "password": NEW})).status_code == 422


async def test_whoever_has_an_account_proves_it_by_its_password_and_is_another_user_here(town: Town) -> None:
    other = await town.house.another_tenant(email="ada@example.org")
    token = await invited(town)
    assert code_of(await accept(town, token, password="a guess at it")) == (401, "invalid_credentials")
    assert (await accept(town, token, password=PASSWORD)).is_success
    async with town.house.database.system_reading() as tx:
        (person,) = await tx.scalars(AllPeople(tx).every().where(AllPeople.table.email == "ada@example.org"))
        users = await AllUsers(tx).of_person(person.id)
    assert {user.tenant_id for user in users} == {town.tenant.id, other.tenant_id}
    assert {user.role for user in users} == {"owner", "member"}


async def test_guesses_at_an_account_are_counted_as_at_signing_in(town: Town) -> None:
    await town.house.another_tenant(email="ada@example.org")
    token = await invited(town)
    for _ in range(5):
        assert (await accept(town, token, password="a guess at it")).status_code == 401
    assert code_of(await accept(town, token, password=PASSWORD)) == (429, "too_many_attempts")


async def test_a_weak_password_makes_no_user_and_leaves_the_invitation(town: Town) -> None:
    token = await invited(town)
    assert code_of(await accept(town, token, password="ada@example.org")) == (400, "weak_password")
    assert (await accept(town, token)).is_success


async def test_nobody_invites_to_more_than_they_hold(town: Town) -> None:
    admin = await town.somebody("admin", name="Alan")
    group = (await town.owner.http.post("/api/v1/groups", json={"name": "Owners", "role": "owner"})).json()["id"]
    for said in ({"role": "owner"}, {"group_ids": [group]}):
        refused = await admin.http.post(INVITATIONS, json={"email": "eve@example.org"} | said)
        assert code_of(refused) == (403, "permission_denied")
    for said, code in (({"role": "nonsense"}, "role_not_found"), ({"group_ids": [str(uuid4())]}, "group_not_found")):
        assert code_of(await admin.http.post(INVITATIONS, json={"email": "eve@example.org"} | said)) == (404, code)
    misspelt = await admin.http.post(INVITATIONS, json={"email": "eve@example.org", "role": "membre"})
    assert "member" in misspelt.json()["detail"]
    assert code_of(await admin.http.post(INVITATIONS, json={"email": "eve"})) == (400, "invalid_email")
    assert code_of(await admin.http.post(INVITATIONS, json={"email": town.owner.email})) == (409, "already_member")
    assert town.post.mails == []


@pytest.mark.parametrize("change", [{"suspended": True}, {"role": "member"}, None], ids=str)
async def test_what_a_lost_account_invited_dies_with_it(town: Town, change: dict[str, object] | None) -> None:
    admin = await town.somebody("admin", name="Alan")
    token = await invited(town, admin, role="admin")
    path = f"/api/v1/users/{admin.id}"
    await (town.owner.http.delete(path) if change is None else town.owner.http.patch(path, json=change))
    assert code_of(await accept(town, token)) == (404, "invitation_not_found")


async def test_who_was_shut_out_does_not_come_back_by_an_invitation(town: Town) -> None:
    token = await invited(town)
    ada = await town.somebody("member")
    await town.owner.http.patch(f"/api/v1/users/{ada.id}", json={"suspended": True})
    assert code_of(await accept(town, token)) == (404, "invitation_not_found")
    row = await town.user(ada.id)
    assert row is not None
    assert row.disabled_at is not None


async def test_another_organisation_s_invitations_are_not_there(town: Town) -> None:
    stranger = await town.somebody("owner", name="Eve", tenant=await town.tenant_named("others"))
    await invited(town)
    (mine,) = (await town.owner.http.get(INVITATIONS)).json()["data"]
    assert (await stranger.http.get(INVITATIONS)).json()["data"] == []
    assert code_of(await stranger.http.delete(f"{INVITATIONS}/{mine['id']}")) == (404, "invitation_not_found")
    assert (await town.owner.http.get(INVITATIONS)).json()["data"] == [mine]


async def test_only_the_hash_of_a_token_is_kept(town: Town) -> None:
    token = await invited(town)
    async with town.house.database.system_reading() as tx:
        (row,) = await tx.scalars(AllInvitations(tx).every())
    assert token not in str(vars(row))
    assert token not in repr(town.post.mails)


@pytest.mark.parametrize("smuggled", ["tenant_id", "invited_by", "expires_at", "id", "token"])
async def test_nothing_is_smuggled_in(town: Town, smuggled: str) -> None:
    said = {"email": "ada@example.org", smuggled: str(uuid4())}
    assert (await town.owner.http.post(INVITATIONS, json=said)).status_code == 422
