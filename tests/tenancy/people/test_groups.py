"""Groups over HTTP: their members hold their role, and nobody gets more by one than whoever put them in holds."""

from uuid import uuid4

import httpx2
from tests.tenancy.people.town import Town


def code_of(response: httpx2.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


async def made(town: Town, **said: object) -> str:
    answer = await town.owner.http.post("/api/v1/groups", json={"name": "Research"} | said)
    assert answer.status_code == 201
    return str(answer.json()["id"])


async def test_members_hold_the_role_of_their_group_from_the_next_request_on(town: Town) -> None:
    ada, group = await town.somebody("viewer"), await made(town, role="billing")
    membership = f"/api/v1/groups/{group}/members/{ada.id}"
    for _ in range(2):
        assert (await town.owner.http.put(membership)).status_code == 204
    assert "budgets:manage" in (await ada.http.get("/whoami")).json()["may"]
    assert [one["name"] for one in (await ada.http.get("/api/v1/users/me")).json()["groups"]] == ["Research"]
    listed = (await town.owner.http.get(f"/api/v1/users?group_id={group}")).json()["data"]
    assert [user["id"] for user in listed] == [str(ada.id)]
    await town.owner.http.patch(f"/api/v1/groups/{group}", json={"role": None})
    assert (await ada.http.get("/whoami")).json()["may"] == ["models:read"]
    await town.owner.http.patch(f"/api/v1/groups/{group}", json={"role": "billing", "description": "Third floor"})
    for _ in range(2):
        assert (await town.owner.http.delete(membership)).status_code == 204
    assert (await ada.http.get("/whoami")).json()["may"] == ["models:read"]
    assert town.recorder.names == ["group.created", "group.joined", "group.changed", "group.changed", "group.left"]


async def test_a_group_is_listed_renamed_and_forgotten(town: Town) -> None:
    first, second = await made(town), await made(town, name="Sales", description="They sell")
    one = (await town.owner.http.get("/api/v1/groups?limit=1")).json()
    assert [group["id"] for group in one["data"]] == [second]
    rest = (await town.owner.http.get(f"/api/v1/groups?cursor={one['next_cursor']}")).json()
    assert ([group["id"] for group in rest["data"]], rest["next_cursor"]) == ([first], None)
    renamed = (await town.owner.http.patch(f"/api/v1/groups/{second}", json={"name": "Selling"})).json()
    assert (renamed["name"], renamed["description"], renamed["role"]) == ("Selling", "They sell", None)
    for taken in (
        await town.owner.http.post("/api/v1/groups", json={"name": " Research "}),
        await town.owner.http.patch(f"/api/v1/groups/{second}", json={"name": "Research"}),
    ):
        assert code_of(taken) == (409, "group_exists")
    assert (await town.owner.http.delete(f"/api/v1/groups/{second}")).status_code == 204
    assert code_of(await town.owner.http.get(f"/api/v1/groups/{second}")) == (404, "group_not_found")


async def test_nobody_gets_or_gives_more_by_a_group_than_they_hold(town: Town) -> None:
    admin, owners = await town.somebody("admin", name="Alan"), await made(town, name="Owners", role="owner")
    plain = await made(town)
    ada = await town.somebody("viewer")
    for refused in (
        await admin.http.put(f"/api/v1/groups/{owners}/members/{admin.id}"),
        await admin.http.put(f"/api/v1/groups/{owners}/members/{ada.id}"),
        await admin.http.patch(f"/api/v1/groups/{plain}", json={"role": "owner"}),
        await admin.http.patch(f"/api/v1/groups/{owners}", json={"role": "viewer"}),
        await admin.http.delete(f"/api/v1/groups/{owners}"),
        await admin.http.post("/api/v1/groups", json={"name": "Mine", "role": "owner"}),
        await admin.http.put(f"/api/v1/groups/{plain}/members/{town.owner.id}"),
        await ada.http.put(f"/api/v1/groups/{plain}/members/{ada.id}"),
    ):
        assert code_of(refused) == (403, "permission_denied")
    # Whom a group has made an owner no admin shuts out.
    await town.owner.http.put(f"/api/v1/groups/{owners}/members/{ada.id}")
    refused = await admin.http.patch(f"/api/v1/users/{ada.id}", json={"suspended": True})
    assert code_of(refused) == (403, "permission_denied")


async def test_another_organisation_s_groups_and_users_are_not_there(town: Town) -> None:
    stranger = await town.somebody("owner", name="Eve", tenant=await town.tenant_named("others"))
    mine = await made(town)
    theirs = (await stranger.http.post("/api/v1/groups", json={"name": "Research"})).json()["id"]
    for answer in (
        await stranger.http.get(f"/api/v1/groups/{mine}"),
        await stranger.http.patch(f"/api/v1/groups/{mine}", json={"name": "Ours"}),
        await stranger.http.delete(f"/api/v1/groups/{mine}"),
        await stranger.http.put(f"/api/v1/groups/{mine}/members/{stranger.id}"),
        await stranger.http.delete(f"/api/v1/groups/{mine}/members/{stranger.id}"),
        await stranger.http.get(f"/api/v1/users?group_id={mine}"),
        await stranger.http.get(f"/api/v1/users?group_id={uuid4()}"),
    ):
        assert code_of(answer) == (404, "group_not_found")
    for answer in (
        await stranger.http.put(f"/api/v1/groups/{theirs}/members/{town.owner.id}"),
        await stranger.http.put(f"/api/v1/groups/{theirs}/members/{uuid4()}"),
    ):
        assert code_of(answer) == (404, "user_not_found")
    assert [group["id"] for group in (await stranger.http.get("/api/v1/groups")).json()["data"]] == [theirs]
