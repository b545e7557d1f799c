"""A directory keeps its organisation's users and groups over SCIM 2.0, and nobody else's."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from starlette.requests import HTTPConnection
from tests.serving import OWNER_EMAIL, OWNER_PASSWORD, Running, running
from tests.tenancy.scim.directory import brought, directory_of, key_of, patching, refused, session_of

from chimera.kit.clock import utc_now
from chimera.tenancy.authenticate import RECHECK_S, Authenticator
from chimera.tenancy.credentials import new_api_key
from chimera.tenancy.errors import UnauthenticatedError

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOBODY = "0199c3f4-0000-7000-8000-000000000000"


async def test_a_user_is_brought_in_found_changed_and_removed(directory: httpx2.AsyncClient) -> None:
    name = {"givenName": "Ada", "familyName": "Lovelace"}
    made = await brought(directory, "Ada", name=name, externalId="00u1", password="never kept", roles=["owner"])
    assert (made["userName"], made["displayName"], made["externalId"]) == ("ada@example.com", "Ada Lovelace", "00u1")
    assert made["active"] is True
    assert "password" not in made
    for wanted in ('userName eq "ADA@example.com"', 'externalId eq "00u1"', 'displayName eq "Ada Lovelace"'):
        found = (await directory.get("/Users", params={"filter": wanted})).json()
        assert [each["id"] for each in found["Resources"]] == [made["id"]], wanted
    again = await directory.post("/Users", json={"userName": "ada@EXAMPLE.com"})
    assert refused(again) == (409, "uniqueness")
    body = {"userName": "ada@example.com", "displayName": "Countess", "active": True}
    replaced = (await directory.put(f"/Users/{made['id']}", json=body)).json()
    assert (replaced["displayName"], "externalId" in replaced) == ("Countess", False)
    moved = await directory.put(f"/Users/{made['id']}", json=body | {"userName": "eve@example.com"})
    assert refused(moved) == (400, "mutability")
    assert made["meta"]["location"].endswith(f"/scim/v2/Users/{made['id']}")
    assert (await directory.delete(f"/Users/{made['id']}")).status_code == 204
    for gone in (await directory.get(f"/Users/{made['id']}"), await directory.delete(f"/Users/{made['id']}")):
        assert refused(gone) == (404, None)


async def test_lists_come_in_pages(directory: httpx2.AsyncClient) -> None:
    for number in range(3):
        await brought(directory, f"page{number}")
    whole = (await directory.get("/Users")).json()
    assert whole["totalResults"] == len(whole["Resources"]) >= 4
    ids = []
    for start in range(1, whole["totalResults"] + 1, 2):
        page = (await directory.get("/Users", params={"startIndex": start, "count": 2})).json()
        assert (page["startIndex"], page["totalResults"]) == (start, whole["totalResults"])
        ids += [each["id"] for each in page["Resources"]]
    assert ids == [each["id"] for each in whole["Resources"]]
    assert (await directory.get("/Users", params={"count": "0"})).json()["Resources"] == []


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "active", "value": False},
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "replace", "value": {"active": False, "title": "Boss"}},
        {"op": "add", "path": "urn:ietf:params:scim:schemas:core:2.0:User:active", "value": False},
    ],
    ids=str,
)
async def test_whoever_is_deactivated_loses_session_and_key_here_at_once_and_elsewhere_within_seconds(
    chimera: Running, directory: httpx2.AsyncClient, operation: dict[str, Any]
) -> None:
    made = await brought(directory, f"leaver{len(str(operation))}")
    user, secret = UUID(made["id"]), new_api_key()
    scope = (await chimera.house.people.authenticate(asking(chimera.key))).tenant_id
    await key_of(chimera, scope, user, secret)
    cookie = f"chimera_session={await session_of(chimera, user)}"
    moment = [0.0]
    replica = Authenticator(chimera.house.database, monotonic=lambda: moment[0])
    async with (
        httpx2.AsyncClient(base_url=chimera.url, headers={"Authorization": f"Bearer {secret}"}) as by_key,
        httpx2.AsyncClient(base_url=chimera.url, headers={"Cookie": cookie}) as by_session,
    ):
        assert (await replica(asking(secret))).actor_id == user
        for http in (by_key, by_session):
            assert (await http.get("/api/v1/session")).status_code == 200
        changed = await directory.patch(f"/Users/{made['id']}", json=patching(operation))
        assert changed.json()["active"] is False
        for http in (by_key, by_session):
            assert (await http.get("/api/v1/session")).status_code == 401
        moment[0] += RECHECK_S
        with pytest.raises(UnauthenticatedError):
            await replica(asking(secret))
        back = patching({"op": "replace", "path": "active", "value": True})
        assert (await directory.patch(f"/Users/{made['id']}", json=back)).json()["active"] is True
        assert (await by_session.get("/api/v1/session")).status_code == 401


def asking(secret: str) -> HTTPConnection:
    headers = [(b"authorization", f"Bearer {secret}".encode())]
    return HTTPConnection({"type": "http", "method": "GET", "headers": headers, "client": ("192.0.2.1", 1)})


async def test_owners_are_not_a_directory_s_and_nor_are_passwords(
    chimera: Running, owner: httpx2.AsyncClient, directory: httpx2.AsyncClient
) -> None:
    found = (await directory.get("/Users", params={"filter": f'userName eq "{OWNER_EMAIL}"'})).json()["Resources"][0]
    at = f"/Users/{found['id']}"
    body = {"userName": OWNER_EMAIL, "active": False, "password": "several unrelated words"}
    for answer in (
        await directory.patch(at, json=patching({"op": "replace", "path": "active", "value": False})),
        await directory.put(at, json=body),
        await directory.delete(at),
    ):
        assert refused(answer) == (403, None)
    made = await brought(directory, "wordless", password="several unrelated words")
    async with httpx2.AsyncClient(base_url=chimera.url) as http:
        for email, password, status in (
            (OWNER_EMAIL, OWNER_PASSWORD, 200),
            (made["userName"], "several unrelated words", 401),
        ):
            answer = await http.post("/api/v1/session", json={"email": email, "password": password})
            assert answer.status_code == status


async def test_another_organisation_s_users_and_groups_do_not_exist(
    directory: httpx2.AsyncClient, elsewhere: httpx2.AsyncClient, owner: httpx2.AsyncClient
) -> None:
    user = await brought(directory, "mine")
    group = (await directory.post("/Groups", json={"displayName": "Mine", "members": [{"value": user["id"]}]})).json()
    off = patching({"op": "replace", "path": "active", "value": False})
    for at in (f"/Users/{user['id']}", f"/Groups/{group['id']}", f"/Users/{NOBODY}", "/Users/x", "/Groups/1'--"):
        body = {"userName": user["userName"], "displayName": "Theirs"}
        for answer in (
            await elsewhere.get(at),
            await elsewhere.put(at, json=body),
            await elsewhere.patch(at, json=off),
            await elsewhere.delete(at),
        ):
            assert refused(answer) == (404, None), at
    theirs = await elsewhere.post("/Groups", json={"displayName": "Theirs", "members": [{"value": user["id"]}]})
    assert refused(theirs) == (400, "invalidValue")
    assert user["id"] not in (await elsewhere.get("/Users")).text
    # The same person may belong to both; what one directory does stays in its own house.
    also = await brought(elsewhere, "mine")
    assert also["id"] != user["id"]
    assert (await elsewhere.delete(f"/Users/{also['id']}")).status_code == 204
    assert (await directory.get(f"/Users/{user['id']}")).json()["active"] is True
    service = (await owner.post("/api/v1/service-accounts", json={"name": "robot"})).json()
    assert refused(await directory.delete(f"/Users/{service['id']}")) == (404, None)


async def test_groups_have_the_members_that_the_directory_says(
    directory: httpx2.AsyncClient, owner: httpx2.AsyncClient
) -> None:
    one, two = [each["id"] for each in (await brought(directory, "g1"), await brought(directory, "g2"))]
    made = await directory.post("/Groups", json={"displayName": "Team", "members": [{"value": one}]})
    at = f"/Groups/{made.json()['id']}"
    for operation, expected in (
        ({"op": "add", "path": "members", "value": [{"value": two}]}, {one, two}),
        ({"op": "add", "path": "members", "value": [{"value": two}]}, {one, two}),
        ({"op": "remove", "path": f'members[value eq "{one}"]'}, {two}),
        ({"op": "Replace", "value": {"members": [{"value": one}], "displayName": "Crew"}}, {one}),
        ({"op": "remove", "path": "members", "value": [{"value": one}]}, set()),
        ({"op": "add", "value": {"members": [{"value": one}, {"value": two}]}}, {one, two}),
        ({"op": "remove", "path": "members"}, set()),
    ):
        changed = await directory.patch(at, json=patching(operation))
        assert {member["value"] for member in changed.json()["members"]} == expected, operation
    assert changed.json()["displayName"] == "Crew"
    whole = {"displayName": "Crew", "externalId": "g-1", "members": [{"value": two}]}
    assert [each["value"] for each in (await directory.put(at, json=whole)).json()["members"]] == [two]
    found = (await directory.get("/Groups", params={"filter": 'externalId eq "g-1"'})).json()
    assert found["totalResults"] == 1
    by_hand = (await owner.post("/api/v1/groups", json={"name": "By hand"})).json()
    assert refused(await directory.get(f"/Groups/{by_hand['id']}")) == (404, None)
    assert refused(await directory.post("/Groups", json={"displayName": "By hand"})) == (409, "uniqueness")
    assert (await directory.delete(at)).status_code == 204
    assert refused(await directory.get(at)) == (404, None)


async def test_nobody_is_put_into_a_group_whose_role_the_token_s_maker_does_not_hold(
    chimera: Running, owner: httpx2.AsyncClient, directory: httpx2.AsyncClient
) -> None:
    admin = await brought(directory, "admin")
    await owner.patch(f"/api/v1/users/{admin['id']}", json={"role": "admin"})
    tenant = (await chimera.house.people.authenticate(asking(chimera.key))).tenant_id
    secret = new_api_key()
    await key_of(chimera, tenant, UUID(admin["id"]), secret)
    group = (await directory.post("/Groups", json={"displayName": "Board"})).json()
    given = await owner.patch(f"/api/v1/groups/{group['id']}", json={"role": "owner"})
    assert given.status_code == 200, given.text
    joining = patching({"op": "add", "path": "members", "value": [{"value": admin["id"]}]})
    headers = {"Authorization": f"Bearer {secret}"}
    async with (
        httpx2.AsyncClient(base_url=chimera.url, headers=headers) as by_admin,
        directory_of(chimera, by_admin) as lesser,
    ):
        assert refused(await lesser.patch(f"/Groups/{group['id']}", json=joining)) == (403, None)
    joined = await directory.patch(f"/Groups/{group['id']}", json=joining)
    assert [member["value"] for member in joined.json()["members"]] == [admin["id"]]


async def test_a_token_opens_this_door_alone_until_it_is_revoked(chimera: Running, owner: httpx2.AsyncClient) -> None:
    made = await owner.post("/api/v1/scim-tokens", json={"name": "Short-lived"})
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    token = made.json()["token"]
    listed = await owner.get("/api/v1/scim-tokens")
    assert token not in listed.text
    assert token.startswith(listed.json()["data"][0]["prefix"])
    folder = Path(chimera.house.settings.data_dir)
    for file in (folder / "chimera.db", folder / "chimera.db-wal"):
        assert token.encode() not in file.read_bytes()
    past = (utc_now() - timedelta(seconds=1)).isoformat()
    assert (await owner.post("/api/v1/scim-tokens", json={"name": "Late", "expires_at": past})).status_code == 400
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(base_url=chimera.url, headers=headers) as http:
        assert (await http.get("/scim/v2/Users")).status_code == 200
        assert (await http.get("/api/v1/session")).status_code == 401
        assert (await http.get("/v1/models")).status_code == 401
        assert (await owner.delete(f"/api/v1/scim-tokens/{made.json()['id']}")).status_code == 204
        assert refused(await http.get("/scim/v2/Users")) == (401, None)
    again = await owner.delete(f"/api/v1/scim-tokens/{made.json()['id']}")
    assert (again.status_code, again.json()["code"]) == (404, "scim_token_not_found")


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer cs_", "Basic Og==", "Bearer ' OR '1'='1", "Bearer cs_" + "a" * 5_000, "key"]
)
async def test_without_a_token_there_is_nothing(chimera: Running, authorization: str) -> None:
    given = {"key": f"Bearer {chimera.key}"}.get(authorization, authorization)
    async with httpx2.AsyncClient(base_url=chimera.url, headers={"Authorization": given}) as http:
        for path in ("/Users", "/Groups", f"/Users/{NOBODY}", "/ServiceProviderConfig", "/Schemas", "/ResourceTypes"):
            answer = await http.get(f"/scim/v2{path}")
            assert refused(answer) == (401, None)
            assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", "/Users", b"{", (400, "invalidSyntax")),
        ("POST", "/Users", b"[" * 50_000, (400, "invalidSyntax")),
        ("POST", "/Users", b"[]", (400, "invalidValue")),
        ("POST", "/Users", b"{}", (400, "invalidValue")),
        ("POST", "/Users", b'{"userName": "nobody"}', (400, "invalidValue")),
        ("POST", "/Users", b'{"userName": "a@b.c", "displayName": "\\u0000"}', (400, "invalidValue")),
        ("POST", "/Users", b'{"userName": "' + b"a" * 90_000 + b'@example.com"}', (400, "invalidValue")),
        ("POST", "/Users", b'{"userName": "a@b.c"}' + b" " * 1_100_000, (413, None)),
        ("POST", "/Groups", b'{"displayName": "a", "members": [{"value": "x"}]}', (400, "invalidValue")),
        ("GET", "/Users?filter=userName%20sw%20%22a%22", b"", (400, "invalidFilter")),
        ("GET", "/Users?filter=password%20eq%20%22a%22", b"", (400, "invalidFilter")),
        ("GET", "/Users?filter=userName%20eq%201", b"", (400, "invalidFilter")),
        ("GET", "/Users?filter=" + "(" * 9_000, b"", (400, "invalidFilter")),
        ("GET", "/Users?filter=userName%20gt%20%22a%22", b"", (400, "invalidFilter")),
        ("GET", "/Users?filter=meta.lastModified%20gt%20%22today%22", b"", (400, "invalidFilter")),
        (
            "GET",
            "/Groups?filter=meta.lastModified%20gt%20%220001-01-01T00:00:00%2B14:00%22",
            b"",
            (400, "invalidFilter"),
        ),
        ("GET", "/Users?count=many", b"", (400, "invalidFilter")),
        ("PATCH", f"/Users/{NOBODY}", b'{"Operations": []}', (400, "invalidValue")),
        ("PATCH", f"/Users/{NOBODY}", b'{"Operations": [{"op": "drop"}]}', (400, "invalidSyntax")),
        ("PATCH", f"/Users/{NOBODY}", b'{"Operations": [{"op": "add", "value": 1}]}', (400, "invalidSyntax")),
        ("PUT", "/Users", b"{}", (405, None)),
        ("GET", "/Bulk", b"", (404, None)),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_what_makes_no_sense_is_refused_in_the_shape_of_scim(
    directory: httpx2.AsyncClient, method: str, path: str, body: bytes, expected: tuple[int, str | None]
) -> None:
    assert refused(await directory.request(method, path, content=body)) == expected


async def test_the_service_says_what_it_can(directory: httpx2.AsyncClient) -> None:
    config = (await directory.get("/ServiceProviderConfig")).json()
    assert (config["patch"]["supported"], config["bulk"]["supported"]) == (True, False)
    for listing, names in (("/ResourceTypes", ["User", "Group"]), ("/Schemas", ["User", "Group"])):
        found = (await directory.get(listing)).json()["Resources"]
        assert [each["name"] for each in found] == names
        for each in found:
            assert (await directory.get(f"{listing}/{each['id']}")).json() == each
    assert refused(await directory.get("/Schemas/none")) == (404, None)


async def changed_since(directory: httpx2.AsyncClient) -> None:
    """What a directory asks for that looks only for what changed."""

    async def found(kind: str, operator: str, moment: str) -> set[str]:
        said = f'META.lastModified {operator} "{moment}"'
        answer = await directory.get(f"/{kind}", params={"filter": said})
        assert answer.status_code == 200, answer.text
        return {each["id"] for each in answer.json()["Resources"]}

    first, second = [await brought(directory, name) for name in ("first", "second")]
    made = first["meta"]["lastModified"]
    assert first["id"] in await found("Users", "eq", made)
    assert {first["id"], second["id"]} <= await found("Users", "ge", made)
    assert first["id"] not in await found("Users", "gt", made)
    renamed = patching({"op": "replace", "path": "displayName", "value": "Renamed"})
    moment = (await directory.patch(f"/Users/{first['id']}", json=renamed)).json()["meta"]["lastModified"]
    assert moment > second["meta"]["lastModified"]
    assert await found("Users", "ge", moment) == {first["id"]}
    assert second["id"] in await found("Users", "lt", moment)
    assert first["id"] not in await found("Users", "lt", moment.replace("+00:00", "Z"))
    group = (await directory.post("/Groups", json={"displayName": "Moving"})).json()
    for change in (
        patching({"op": "add", "path": "members", "value": [{"value": second["id"]}]}),
        patching({"op": "remove", "path": "members"}),
        patching({"op": "add", "path": "members", "value": [{"value": second["id"]}]}),
    ):
        before = (await directory.get(f"/Groups/{group['id']}")).json()["meta"]["lastModified"]
        assert (await directory.patch(f"/Groups/{group['id']}", json=change)).json()["meta"]["lastModified"] > before
    before = (await directory.get(f"/Groups/{group['id']}")).json()["meta"]["lastModified"]
    await directory.delete(f"/Users/{second['id']}")
    assert await found("Groups", "gt", before) == {group["id"]}, "it is another group without them"
    assert group["id"] in await found("Groups", "le", "2999-01-01T00:00:00")


async def test_what_changed_since_a_moment_is_found(directory: httpx2.AsyncClient) -> None:
    await changed_since(directory)


async def test_all_of_it_on_postgres(postgres_url: str, tmp_path: Path) -> None:
    async with (
        running(postgres_url, {}, {"data_dir": tmp_path}) as chimera,
        httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers, timeout=20) as owner,
        directory_of(chimera, owner) as directory,
    ):
        await changed_since(directory)
        made = await brought(directory, "ada")
        group = await directory.post("/Groups", json={"displayName": "Team", "members": [{"value": made["id"]}]})
        assert group.json()["members"][0]["display"] == "ada"
        off = patching({"op": "replace", "path": "active", "value": False})
        assert (await directory.patch(f"/Users/{made['id']}", json=off)).json()["active"] is False
        assert (await directory.get("/Groups")).json()["totalResults"] == 2
        assert (await directory.delete(f"/Users/{made['id']}")).status_code == 204
        assert (await directory.get(f"/Groups/{group.json()['id']}")).json()["members"] == []


async def test_a_directory_is_told_the_attributes_that_it_asks_for(directory: httpx2.AsyncClient) -> None:
    member = await brought(directory, "chosen")
    group = (
        await directory.post("/Groups", json={"displayName": "Chosen", "members": [{"value": member["id"]}]})
    ).json()
    user, always = f"/Users/{member['id']}", {"schemas", "id"}

    async def told(path: str, **query: str) -> dict[str, Any]:
        return dict((await directory.get(path, params=query)).json())

    urn = "urn:ietf:params:scim:schemas:core:2.0:User:userName"
    assert await told(user, attributes=urn) == {name: member[name] for name in (*always, "userName")}
    some = await told(user, attributes="EMAILS.value, name")
    assert some["emails"] == [{"value": "chosen@example.com"}]
    assert some.keys() == always | {"emails", "name"}
    meta = {name: value for name, value in member["meta"].items() if name != "version"}
    rest = {name: value for name, value in (member | {"meta": meta}).items() if name != "emails"}
    assert await told(user, excludedAttributes="id,emails,meta.version") == rest
    without = await told(f"/Groups/{group['id']}", excludedAttributes="members")
    assert without == {name: value for name, value in group.items() if name != "members"}
    (listed,) = (await told("/Groups", filter='displayName eq "Chosen"', attributes="displayName"))["Resources"]
    assert listed.keys() == always | {"displayName"}
    both = await directory.get(user, params={"attributes": "name", "excludedAttributes": "emails"})
    assert refused(both) == (400, "invalidValue")
    assert refused(await directory.get(user, params={"attributes": "a," * 101}))[0] == 400
