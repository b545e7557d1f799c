"""Keys that are narrower than who made them, and the ways around that which there must not be (A18, A19)."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from tests.tenancy.house import EMAIL, KEY, House, sign_in

from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.tenancy.keys.key import KeyTerms
from chimera.tenancy.keys.repository import AllApiKeys
from chimera.tenancy.keys.tables import ApiKeyRow
from chimera.tenancy.repository import AllUsers
from chimera.tenancy.tables import RoleRow, UserRow

BEARER = {"authorization": f"Bearer {KEY}"}
NARROW: dict[str, Any] = {
    "name": "narrow",
    "permissions": ["chat", "keys:own"],
    "models": ["openai/*"],
    "networks": ["192.0.2.0/24", "2001:db8::/32"],
    "requests_per_minute": 10,
    "tokens_per_minute": 1000,
}


async def owner_of(house: House) -> Scope:
    async with house.database.system_transaction() as tx:
        owner = (await tx.scalars(AllUsers(tx).every().where(UserRow.email == EMAIL))).one()
    return Scope(tenant_id=owner.tenant_id, actor_id=owner.id, permissions=frozenset())


async def somebody(house: House, *, kind: str = "person", role: str = "member") -> UserRow:
    scope = await owner_of(house)
    async with house.database.system_transaction() as tx:
        row = UserRow(tenant_id=scope.tenant_id, kind=kind, name=kind, role=role, email=f"{new_id()}@example.org")
        await AllUsers(tx).add(row)
    return row


async def key_of(house: House, user: UserRow, *permissions: str, **terms: Any) -> str:
    """A key that somebody made for themselves, before the test."""
    scope = Scope(tenant_id=user.tenant_id, actor_id=user.id, permissions=frozenset({"keys:own", *permissions}))
    return (await house.keys.create(scope, KeyTerms(name="theirs", permissions=permissions or None, **terms))).secret


async def rows(house: House) -> list[ApiKeyRow]:
    async with house.database.system_reading() as tx:
        return list(await tx.scalars(AllApiKeys(tx).every()))


def with_key(house: House, made: httpx2.Response | str, address: str = "192.0.2.1") -> httpx2.AsyncClient:
    secret = made if isinstance(made, str) else made.json()["key"]
    return house.client(address, **{"x-api-key": secret})


async def test_a_key_made_with_a_key_is_as_narrow_as_that_one(house: House) -> None:
    expiry = (house.clock.now() + timedelta(days=1)).isoformat()
    async with house.client(**BEARER) as client:
        parent = await client.post("/api/v1/keys", json=NARROW | {"expires_at": expiry})
        assert parent.status_code == 201, parent.text
    async with with_key(house, parent) as client:
        child = (await client.post("/api/v1/keys", json={"name": "child"})).json()
        assert child["made_by_key"] == parent.json()["id"]
        for member in ("permissions", "models", "networks", "requests_per_minute", "tokens_per_minute", "expires_at"):
            assert child[member] == parent.json()[member], member
        lesser = {"permissions": ["chat"], "models": ["openai/gpt-5"], "networks": ["192.0.2.8/32"]}
        lesser |= {"requests_per_minute": 1, "tokens_per_minute": 1}
        made = await client.post("/api/v1/keys", json={"name": "least", **lesser})
        assert {member: made.json()[member] for member in lesser} == lesser
        later = (house.clock.now() + timedelta(days=2)).isoformat()
        for wider in (
            {"permissions": ["chat", "admin"]},
            {"permissions": ["models:read"]},
            {"models": ["*"]},
            {"models": ["openai/gpt-5", "anthropic/claude"]},
            {"networks": ["0.0.0.0/0"]},
            {"networks": ["192.0.2.0/24", "198.51.100.0/24"]},
            {"networks": ["::/0"]},
            {"requests_per_minute": 11},
            {"tokens_per_minute": 1001},
            {"expires_at": later},
        ):
            refused = await client.post("/api/v1/keys", json={"name": "wider"} | wider)
            assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied"), wider
    assert len(await rows(house)) == 4


async def test_a_key_cannot_make_itself_or_its_makers_wider(house: House) -> None:
    async with house.client(**BEARER) as client:
        mine = (await client.get("/api/v1/keys")).json()["data"][0]["id"]
        parent = await client.post("/api/v1/keys", json=NARROW)
        twin = (await client.post("/api/v1/keys", json={"name": "twin", "permissions": ["chat"]})).json()
    async with with_key(house, parent) as client:
        own = f"/api/v1/keys/{parent.json()['id']}"
        for wider in ({"models": ["*"]}, {"networks": ["0.0.0.0/0"]}, {"requests_per_minute": 11}):
            for path in (own, f"/api/v1/keys/{twin['id']}"):
                assert (await client.patch(path, json=wider)).status_code == 403, (path, wider)
        for lifted in ("models", "networks", "requests_per_minute", "tokens_per_minute"):
            changed = await client.patch(own, json={lifted: None})
            assert (changed.status_code, changed.json()[lifted]) == (200, parent.json()[lifted])
        narrower = await client.patch(own, json={"name": "narrower", "requests_per_minute": 4})
        assert (narrower.json()["name"], narrower.json()["requests_per_minute"]) == ("narrower", 4)
        assert (await client.patch(own, json={"requests_per_minute": 10})).status_code == 403
        for other in (mine, twin["id"]):
            refused = await client.post(f"/api/v1/keys/{other}/rotate", json={})
            assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
        assert (await client.post(f"{own}/rotate", json={})).status_code == 200
    async with house.client(**BEARER) as client:
        lifted = await client.patch(own, json={"models": None, "requests_per_minute": None})
        assert (lifted.json()["models"], lifted.json()["requests_per_minute"]) == (None, None)


async def test_a_rotated_key_works_on_and_the_old_secret_for_as_long_as_was_said(house: House) -> None:
    async with house.client(**BEARER) as client:
        old = (await client.post("/api/v1/keys", json={"name": "nightly", "permissions": ["chat"]})).json()
        rotated = await client.post(f"/api/v1/keys/{old['id']}/rotate", json={"overlap_s": 3600})
        assert (rotated.status_code, rotated.headers["cache-control"]) == (200, "no-store")
        new = rotated.json()
        assert (new["id"], new["key"] == old["key"]) == (old["id"], False)
        assert new["prefix"] == new["key"][:11] != old["prefix"]
        async with with_key(house, old["key"]) as first, with_key(house, new["key"]) as second:
            assert {(await one.get("/whoami")).status_code for one in (first, second)} == {200}
            house.clock.pass_by(timedelta(seconds=3601))
            assert [(await one.get("/whoami")).status_code for one in (first, second)] == [401, 200]
        twice = (await client.post(f"/api/v1/keys/{old['id']}/rotate", json={"overlap_s": 60})).json()
        last = (await client.post(f"/api/v1/keys/{old['id']}/rotate", json={})).json()
        found = []
        for secret in (old["key"], new["key"], twice["key"], last["key"]):
            async with with_key(house, secret) as one:
                found.append((await one.get("/whoami")).status_code)
        assert found == [401, 401, 401, 200]
        for wrong in ({"overlap_s": -1}, {"overlap_s": 604_801}, {"overlap_s": "60"}, {"key": "mine"}):
            assert (await client.post(f"/api/v1/keys/{old['id']}/rotate", json=wrong)).status_code == 422


async def test_a_revoked_key_takes_along_all_that_came_of_it(house: House) -> None:
    async with house.client(**BEARER) as client:
        parent = await client.post("/api/v1/keys", json=NARROW)
    async with with_key(house, parent) as client:
        child = await client.post("/api/v1/keys", json={"name": "child"})
    async with with_key(house, child) as client:
        grandchild = await client.post("/api/v1/keys", json={"name": "grandchild"})
    async with with_key(house, grandchild) as last:
        assert (await last.get("/whoami")).status_code == 200
        async with house.client(**BEARER) as client:
            assert (await client.delete(f"/api/v1/keys/{parent.json()['id']}")).status_code == 204
            assert [key["name"] for key in (await client.get("/api/v1/keys")).json()["data"]] == ["First key"]
        assert (await last.get("/whoami")).status_code == 401


async def test_no_key_outlives_the_one_it_was_made_with_though_both_happen_at_once(house: House) -> None:
    async with house.client(**BEARER) as client:
        for _ in range(5):
            parent = await client.post("/api/v1/keys", json=NARROW)
            async with with_key(house, parent) as holder:
                made, revoked = await asyncio.gather(
                    holder.post("/api/v1/keys", json={"name": "late"}),
                    client.delete(f"/api/v1/keys/{parent.json()['id']}"),
                )
            assert revoked.status_code == 204
            assert made.status_code in {201, 401}
    assert [row.name for row in await rows(house) if row.revoked_at is None] == ["First key"]


async def test_one_s_own_keys_are_seen_and_revoked_without_seeing_those_of_others(house: House) -> None:
    member = await somebody(house)
    async with with_key(house, await key_of(house, member)) as client, house.client(**BEARER) as owner:
        listed = (await client.get("/api/v1/keys")).json()["data"]
        assert [key["user_id"] for key in listed] == [str(member.id)]
        everybody = (await owner.get("/api/v1/keys")).json()["data"]
        first = next(key for key in everybody if key["name"] == "First key")
        theirs = first["id"]
        assert {key["user_id"] for key in everybody} > {str(member.id)}
        assert (await client.get(f"/api/v1/keys?user_id={first['user_id']}")).json()["data"] == []
        for method, path, body in (
            ("GET", "", None),
            ("DELETE", "", None),
            ("PATCH", "", {"name": "mine"}),
            ("POST", "/rotate", {}),
        ):
            refused = await client.request(method, f"/api/v1/keys/{theirs}{path}", json=body)
            assert (refused.status_code, refused.json()["code"]) == (404, "api_key_not_found")
        assert (await client.delete(f"/api/v1/keys/{listed[0]['id']}")).status_code == 204


async def test_nobody_is_given_a_secret_that_acts_for_another_person(house: House) -> None:
    member, admin = await somebody(house), await somebody(house, role="admin")
    async with house.client(**BEARER) as owner:
        first = (await owner.get("/api/v1/keys")).json()["data"][0]["id"]
        for user_id, status, code in (
            (member.id, 403, "permission_denied"),
            (new_id(), 404, "user_not_found"),
            ((await house.another_tenant()).actor_id, 404, "user_not_found"),
        ):
            refused = await owner.post("/api/v1/keys", json={"name": "for you", "user_id": str(user_id)})
            assert (refused.status_code, refused.json()["code"]) == (status, code)
    async with with_key(house, await key_of(house, admin, "keys:own", "keys:manage", "chat")) as client:
        refused = await client.post(f"/api/v1/keys/{first}/rotate", json={})
        assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    async with with_key(house, await key_of(house, member)) as client:
        refused = await client.post("/api/v1/keys", json={"name": "for you", "user_id": str(admin.id)})
        assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")


async def test_a_service_account_s_key_does_what_its_maker_and_it_may(house: House) -> None:
    robot, admin = await somebody(house, kind="service", role="owner"), await somebody(house, role="admin")
    async with house.client(**BEARER) as owner:
        strong = (await owner.post("/api/v1/keys", json={"name": "strong", "user_id": str(robot.id)})).json()
        assert strong["user_id"] == str(robot.id)
    async with with_key(house, await key_of(house, admin, "keys:own", "keys:manage", "chat")) as client:
        made = await client.post("/api/v1/keys", json={"name": "weak", "user_id": str(robot.id)})
        assert made.json()["permissions"] == ["chat", "keys:manage", "keys:own"]
        refused = await client.post(f"/api/v1/keys/{strong['id']}/rotate", json={})
        assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
        refused = await client.patch(f"/api/v1/keys/{strong['id']}", json={"expires_at": None, "name": "ok"})
        assert refused.status_code == 200
        assert (await client.delete(f"/api/v1/keys/{strong['id']}")).status_code == 204
    async with with_key(house, made) as client:
        seen = (await client.get("/whoami")).json()
        assert (seen["actor"], seen["may"]) == (str(robot.id), ["chat", "keys:manage", "keys:own"])


async def test_who_is_bound_to_models_makes_no_service_account_s_key_that_is_not(house: House) -> None:
    robot, admin = await somebody(house, kind="service", role="owner"), await somebody(house, role="bound")
    async with house.database.system_transaction() as tx:
        tx.add(
            RoleRow(tenant_id=admin.tenant_id, name="bound", permissions=["keys:manage", "chat"], models=["openai/*"])
        )
    async with with_key(house, await key_of(house, admin, "keys:own", "keys:manage")) as client:
        made = await client.post("/api/v1/keys", json={"name": "robot's", "user_id": str(robot.id)})
        assert made.json()["models"] == ["openai/*"]
        wider = {"name": "robot's", "user_id": str(robot.id), "models": ["*"]}
        assert (await client.post("/api/v1/keys", json=wider)).status_code == 403


async def test_keys_are_found_by_how_they_begin_page_by_page(house: House) -> None:
    async with house.client(**BEARER) as client:
        made = [(await client.post("/api/v1/keys", json={"name": str(number)})).json() for number in range(5)]
        found = (await client.get(f"/api/v1/keys?prefix={made[2]['prefix']}")).json()["data"]
        assert [key["name"] for key in found] == ["2"]
        assert len((await client.get("/api/v1/keys?prefix=ck_")).json()["data"]) == 5
        for nothing in ("%25", "_", "ck%25", "' OR 1=1"):
            assert (await client.get(f"/api/v1/keys?prefix={nothing}")).json()["data"] == []
        assert (await client.get(f"/api/v1/keys?prefix={made[2]['key']}")).status_code == 422
        names, cursor = [], ""
        while cursor is not None:
            page = (await client.get(f"/api/v1/keys?limit=2{cursor and f'&cursor={cursor}'}")).json()
            names += [key["name"] for key in page["data"]]
            cursor = page["next_cursor"]
        assert sorted(names) == ["0", "1", "2", "3", "4", "First key"]
        one = (await client.get(f"/api/v1/keys/{made[1]['id']}")).json()
        assert (one["name"], "key" in one) == ("1", False)


async def test_a_browser_s_session_makes_keys_like_a_key_does(house: House) -> None:
    async with house.client() as client:
        await sign_in(client)
        made = await client.post("/api/v1/keys", json={"name": "mine"}, headers={"sec-fetch-site": "same-origin"})
        assert (made.status_code, made.json()["made_by_key"]) == (201, None)


@pytest.mark.parametrize("member", ["models", "networks", "requests_per_minute"])
async def test_a_whole_secret_is_in_no_row_and_no_list(house: House, member: str) -> None:
    async with house.client(**BEARER) as client:
        made = (await client.post("/api/v1/keys", json=NARROW)).json()
        turned = (await client.post(f"/api/v1/keys/{made['id']}/rotate", json={"overlap_s": 60})).json()
        changed = await client.patch(f"/api/v1/keys/{made['id']}", json={member: NARROW[member]})
        listed = await client.get("/api/v1/keys")
    kept = str([vars(row) for row in await rows(house)])
    for secret in (made["key"], turned["key"]):
        assert secret not in kept + changed.text + listed.text
