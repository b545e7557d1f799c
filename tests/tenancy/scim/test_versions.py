"""Versions over SCIM 2.0 (RFC 7644, 3.14): nothing is changed over what somebody else changed meanwhile."""

import httpx2
import pytest
from tests.tenancy.scim.directory import brought, patching

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("kind", ["Users", "Groups"])
async def test_what_changed_since_it_was_read_is_not_changed_over_it(directory: httpx2.AsyncClient, kind: str) -> None:
    named = {"Users": {"userName": "versioned@example.com"}, "Groups": {"displayName": "Versioned"}}[kind]
    made = await directory.post(f"/{kind}", json=named)
    here, first = f"/{kind}/{made.json()['id']}", made.headers["etag"]
    assert made.json()["meta"]["version"] == first
    assert (await directory.get(here)).headers["etag"] == first
    unread = await directory.get(here, headers={"if-none-match": first})
    assert (unread.status_code, unread.content, unread.headers["etag"]) == (304, b"", first)
    rename = patching({"op": "replace", "path": "displayName", "value": "Another"})
    changed = await directory.patch(here, json=rename, headers={"if-match": first})
    assert changed.status_code == 200
    second = changed.headers["etag"]
    assert second != first
    assert (await directory.get(here, headers={"if-none-match": first})).status_code == 200
    for late in (
        await directory.patch(here, json=rename, headers={"if-match": first}),
        await directory.put(here, json=named, headers={"if-match": first}),
        await directory.delete(here, headers={"if-match": f'"other", {first}'}),
    ):
        assert (late.status_code, late.json()["status"]) == (412, "412")
    assert (await directory.get(here)).headers["etag"] == second
    assert (await directory.patch(here, json=rename, headers={"if-match": "*"})).status_code == 200
    assert (await directory.delete(here, headers={"if-match": f'"other", {second}'})).status_code == 204


async def test_who_joins_a_group_makes_another_version_of_it(directory: httpx2.AsyncClient) -> None:
    member = await brought(directory, "joiner")
    made = await directory.post("/Groups", json={"displayName": "Joined"})
    here = f"/Groups/{made.json()['id']}"
    joins = patching({"op": "add", "path": "members", "value": [{"value": member["id"]}]})
    assert (await directory.patch(here, json=joins)).headers["etag"] != made.headers["etag"]
