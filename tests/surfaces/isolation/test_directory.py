"""The door for directories, which is not in the description: nobody comes in by it but an organisation's own."""

from typing import Any

import httpx2
import pytest
from tests.serving import Running
from tests.surfaces.isolation.belongings import Belongings
from tests.surfaces.isolation.footprint import footprint
from tests.surfaces.requirements import requirement

pytestmark = pytest.mark.asyncio(loop_scope="module")

DEACTIVATE = {"Operations": [{"op": "replace", "path": "active", "value": False}]}
RENAME = {"Operations": [{"op": "replace", "path": "displayName", "value": "Ours now"}]}
ASKED: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/Users", None),
    ("POST", "/Users", {"userName": "mine@example.com"}),
    ("GET", "/Users/{user_id}", None),
    ("PUT", "/Users/{user_id}", {"userName": "mine@example.com", "active": False}),
    ("PATCH", "/Users/{user_id}", DEACTIVATE),
    ("DELETE", "/Users/{user_id}", None),
    ("GET", "/Groups", None),
    ("POST", "/Groups", {"displayName": "Mine", "members": []}),
    ("GET", "/Groups/{group_id}", None),
    ("PUT", "/Groups/{group_id}", {"displayName": "Mine now", "members": []}),
    ("PATCH", "/Groups/{group_id}", RENAME),
    ("DELETE", "/Groups/{group_id}", None),
)


@requirement("access.directory")
async def test_keys_and_strangers_do_not_open_the_door_for_directories(
    standing: Running, caller: httpx2.AsyncClient, belongings: Belongings
) -> None:
    before = footprint(standing)
    async with httpx2.AsyncClient(base_url=standing.url) as nobody:
        for http in (nobody, caller):
            for method, path, body in ASKED:
                answer = await http.request(method, f"/scim/v2{belongings.address(path)}", json=body)
                assert answer.status_code == 401, f"{method} {path}: {answer.text[:300]}"
                assert not belongings.in_text(answer.text)
    assert not before.changes_to(footprint(standing))


@requirement("access.directory", "access.tenant")
async def test_a_directory_reaches_its_own_organisation_alone(
    standing: Running, stranger: httpx2.AsyncClient, belongings: Belongings, home: Any
) -> None:
    token = (await stranger.post("/api/v1/scim-tokens", json={"name": "ours"})).json()["token"]
    before = footprint(standing)
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(base_url=standing.url, headers=headers) as directory:
        for method, path, body in ASKED:
            answer = await directory.request(method, f"/scim/v2{belongings.address(path)}", json=body)
            expected = answer.status_code == 404 if belongings.names(path) else answer.is_success
            assert expected, f"{method} {path}: {answer.status_code} {answer.text[:300]}"
            assert not belongings.in_text(answer.text)
        theirs = {"value": belongings.ids["user_id"]}
        grouped = await directory.post("/scim/v2/Groups", json={"displayName": "Both", "members": [theirs]})
        assert grouped.status_code in {400, 404}, grouped.text[:300]
        for path in ("/api/v1/users", "/api/v1/keys", "/v1/models", "/api/v1/session"):
            assert (await directory.get(path)).status_code == 401, f"{path} takes a directory's token"
    after = footprint(standing)
    assert not before.changes_to(after, home)
    assert not before.additions_in(after, home)
