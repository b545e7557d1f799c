"""Users over HTTP: found, changed, shut out and removed by those who may, and never beyond what these hold."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import httpx2
import pytest
from tests.tenancy.house import SAME_ORIGIN, sign_in
from tests.tenancy.people.town import Town

from chimera.tenancy.repository import AllPeople, AllUsers
from chimera.tenancy.sessions.repository import AllSessions
from chimera.tenancy.tables import UserRow

ROLES_OF_NOBODY = ("superuser", "")


def code_of(response: httpx2.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


async def test_users_are_listed_by_the_page_and_found_by_name_role_and_kind(town: Town) -> None:
    for number in range(3):
        await town.somebody("member", name=f"Ada{number}")
    made = await town.owner.http.post("/api/v1/service-accounts", json={"name": "100% automatic", "role": "viewer"})
    assert (made.status_code, made.json()["kind"], made.json()["email"]) == (201, "service", None)
    first = (await town.owner.http.get("/api/v1/users?limit=3")).json()
    rest = (await town.owner.http.get(f"/api/v1/users?limit=3&cursor={first['next_cursor']}")).json()
    assert (len(first["data"]), len(rest["data"]), rest["next_cursor"]) == (3, 2, None)
    assert len({user["id"] for user in first["data"] + rest["data"]}) == 5
    for query, expected in (
        ("search=ADA", {"Ada0", "Ada1", "Ada2"}),
        ("search=%25", {"100% automatic"}),
        ("role=owner", {"owner"}),
        ("kind=service", {"100% automatic"}),
        ("search=example.org&role=viewer", set()),
    ):
        found = (await town.owner.http.get(f"/api/v1/users?{query}")).json()["data"]
        assert {user["name"] for user in found} == expected, query
    accounts = (await town.owner.http.get("/api/v1/service-accounts")).json()["data"]
    assert [account["name"] for account in accounts] == ["100% automatic"]


async def test_anybody_sees_themselves(town: Town) -> None:
    ada = await town.somebody("viewer")
    mine = (await ada.http.get("/api/v1/users/me")).json()
    assert (mine["id"], mine["role"], mine["permissions"]) == (str(ada.id), "viewer", ["models:read"])
    assert code_of(await ada.http.get("/api/v1/users")) == (403, "permission_denied")
    assert code_of(await ada.http.patch(f"/api/v1/users/{ada.id}", json={"role": "owner"})) == (
        403,
        "permission_denied",
    )


async def test_a_demotion_narrows_every_key_at_once(town: Town) -> None:
    ada = await town.somebody("admin")
    assert (await ada.http.get("/api/v1/users")).is_success
    changed = await town.owner.http.patch(f"/api/v1/users/{ada.id}", json={"role": "viewer"})
    assert changed.json()["role"] == "viewer"
    assert code_of(await ada.http.get("/api/v1/users")) == (403, "permission_denied")
    assert town.recorder.names == ["user.role_changed"]
    ((who, act),) = town.recorder.acts
    assert (who, act.target_id, dict(act.details)) == (
        town.owner.id,
        str(ada.id),
        {"before": "admin", "after": "viewer"},
    )


async def test_who_is_suspended_is_out_at_once_and_back_when_restored_but_not_their_sessions(town: Town) -> None:
    ada = await town.somebody("member")
    async with town.house.client(**SAME_ORIGIN) as browser:
        assert (await sign_in(browser)).is_success
        await town.owner.http.patch(f"/api/v1/users/{ada.id}", json={"suspended": True})
        assert (await ada.http.get("/whoami")).status_code == 401
        shown = (await town.owner.http.get(f"/api/v1/users/{ada.id}")).json()
        assert shown["suspended_at"] is not None
        await town.owner.http.patch(f"/api/v1/users/{ada.id}", json={"suspended": False})
        town.house.clock.pass_by(timedelta(seconds=1))  # so long a refusal is believed
        assert (await ada.http.get("/whoami")).is_success
        assert (await browser.get("/whoami")).is_success
        await town.somebody("owner", name="Grace")
        await town.owner.http.patch(f"/api/v1/users/{town.owner.id}", json={"suspended": True})
        assert (await browser.get("/whoami")).status_code == 401
    async with town.house.database.system_reading() as tx:
        assert list(await tx.scalars(AllSessions(tx).every())) == []
    assert town.recorder.names == ["user.suspended", "user.restored", "user.suspended"]


async def test_a_removed_user_is_gone_with_keys_and_with_the_person_if_they_are_nowhere_else(town: Town) -> None:
    elsewhere = await town.tenant_named("elsewhere")
    ada, grace = await town.somebody("member"), await town.somebody("member", name="Grace")
    there = await town.somebody("member", name="Grace", tenant=elsewhere)
    for gone in (ada, grace):
        assert (await town.owner.http.delete(f"/api/v1/users/{gone.id}")).status_code == 204
        assert (await gone.http.get("/whoami")).status_code == 401
        assert code_of(await town.owner.http.get(f"/api/v1/users/{gone.id}")) == (404, "user_not_found")
    assert (await there.http.get("/whoami")).is_success
    async with town.house.database.system_reading() as tx:
        emails = {person.email for person in await tx.scalars(AllPeople(tx).every())}
    assert emails == {"owner@example.org", "grace@example.org"}


@pytest.mark.parametrize("change", [{"role": "member"}, {"suspended": True}, None], ids=str)
async def test_the_last_owner_who_can_come_in_stays(town: Town, change: dict[str, object] | None) -> None:
    other = await town.somebody("owner", name="Grace")
    mine, theirs = f"/api/v1/users/{town.owner.id}", f"/api/v1/users/{other.id}"
    assert (await town.owner.http.patch(theirs, json={"suspended": True})).is_success
    refused = await (town.owner.http.delete(mine) if change is None else town.owner.http.patch(mine, json=change))
    assert code_of(refused) == (409, "last_owner")
    assert (await town.owner.http.patch(mine, json={"name": "Still here", "role": "owner"})).is_success
    assert (await town.owner.http.patch(theirs, json={"suspended": False})).is_success
    left = await (town.owner.http.delete(mine) if change is None else town.owner.http.patch(mine, json=change))
    assert left.is_success


async def test_of_two_owners_who_demote_each_other_at_once_one_stays(town: Town) -> None:
    other = await town.somebody("owner", name="Grace")
    answers = await asyncio.gather(
        town.owner.http.patch(f"/api/v1/users/{other.id}", json={"role": "member"}),
        other.http.patch(f"/api/v1/users/{town.owner.id}", json={"role": "member"}),
    )
    # The second may be none any more when it is asked, or be told that it would be the last.
    assert min(answer.status_code for answer in answers) == 200
    assert {answer.status_code for answer in answers} <= {200, 403, 409}
    async with town.house.database.system_reading() as tx:
        owners = list(await tx.scalars(AllUsers(tx).every().where(UserRow.role == "owner")))
    assert len(owners) == 1


async def test_nobody_gives_what_they_do_not_hold_or_changes_who_holds_more(town: Town) -> None:
    admin, member = await town.somebody("admin", name="Alan"), await town.somebody("member")
    for refused in (
        await admin.http.patch(f"/api/v1/users/{member.id}", json={"role": "owner"}),
        await admin.http.patch(f"/api/v1/users/{admin.id}", json={"role": "owner"}),
        await admin.http.patch(f"/api/v1/users/{town.owner.id}", json={"role": "member"}),
        await admin.http.patch(f"/api/v1/users/{town.owner.id}", json={"suspended": True}),
        await admin.http.delete(f"/api/v1/users/{town.owner.id}"),
        await admin.http.post("/api/v1/service-accounts", json={"name": "mine", "role": "owner"}),
    ):
        assert code_of(refused) == (403, "permission_denied")
    assert (await admin.http.patch(f"/api/v1/users/{member.id}", json={"role": "admin"})).is_success
    # A key that was narrowed shuts out whom its user may, and gives no more than it has itself.
    row = await town.user(admin.id)
    assert row is not None
    narrow = await town.with_key(row, frozenset({"users:manage"}))
    assert code_of(await narrow.http.patch(f"/api/v1/users/{member.id}", json={"role": "billing"})) == (
        403,
        "permission_denied",
    )
    assert (await narrow.http.patch(f"/api/v1/users/{member.id}", json={"suspended": True})).is_success


@pytest.mark.parametrize("role", ROLES_OF_NOBODY)
async def test_a_role_that_is_none_is_refused(town: Town, role: str) -> None:
    ada = await town.somebody("member")
    for path in (f"/api/v1/users/{ada.id}", "/api/v1/service-accounts"):
        answer = await town.owner.http.request(
            "POST" if path.endswith("accounts") else "PATCH", path, json={"name": "a", "role": role}
        )
        assert answer.status_code == (404 if role else 422)


async def test_another_organisation_s_users_are_not_there(town: Town) -> None:
    stranger = await town.somebody("owner", name="Eve", tenant=await town.tenant_named("others"))
    missing = await stranger.http.get(f"/api/v1/users/{uuid4()}")
    for answer in (
        await stranger.http.get(f"/api/v1/users/{town.owner.id}"),
        await stranger.http.patch(f"/api/v1/users/{town.owner.id}", json={"suspended": True}),
        await stranger.http.delete(f"/api/v1/users/{town.owner.id}"),
        await stranger.http.delete(f"/api/v1/service-accounts/{town.owner.id}"),
    ):
        assert answer.json() | {"request_id": ""} == missing.json() | {"request_id": ""}
    listed = (await stranger.http.get("/api/v1/users")).json()["data"]
    assert [user["id"] for user in listed] == [str(stranger.id)]
    assert (await town.owner.http.get("/whoami")).is_success


async def test_a_person_is_no_service_account(town: Town) -> None:
    path = f"/api/v1/service-accounts/{town.owner.id}"
    assert code_of(await town.owner.http.get(path)) == (404, "user_not_found")
    assert code_of(await town.owner.http.patch(path, json={"name": "robot"})) == (404, "user_not_found")


@pytest.mark.parametrize("smuggled", ["tenant_id", "id", "operator", "created_at", "email", "kind"])
async def test_nothing_is_smuggled_in(town: Town, smuggled: str) -> None:
    path = f"/api/v1/users/{town.owner.id}"
    answer = await town.owner.http.patch(path, json={"name": "x", smuggled: str(uuid4())})
    assert answer.status_code == 422
    row = await town.user(town.owner.id)
    assert row is not None
    assert row.name == "owner"
