"""Roles of an organisation's own, and models of each role: given by who holds them, felt at once, told in the docs."""

from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.tenancy.house import EMAIL, KEY, House

from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.tenancy.keys.key import KeyTerms
from chimera.tenancy.permissions import ALL, KNOWN, MEANINGS, ROLES
from chimera.tenancy.repository import AllUsers
from chimera.tenancy.roles import endpoints
from chimera.tenancy.roles.service import MOST, Roles
from chimera.tenancy.tables import GroupRow, UserRow
from chimera.web.routers import join

BEARER = {"authorization": f"Bearer {KEY}"}
ANALYST: dict[str, Any] = {"name": "analyst", "description": "Reads", "permissions": ["chat", "spend:read"]}
REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "roles.md"


@pytest.fixture
async def house(house: House) -> House:
    roles = Roles(database=house.database, on_changed=house.authenticator.forget, now=house.clock.now)
    join(house.app.router, endpoints.router(roles))
    return house


async def holder(house: House, role: str, **terms: Any) -> dict[str, str]:
    """Headers of somebody of the first organisation who has a role, and a key that may do all of it."""
    async with house.database.system_transaction() as tx:
        owner = (await tx.scalars(AllUsers(tx).every().where(UserRow.email == EMAIL))).one()
        row = UserRow(tenant_id=owner.tenant_id, name=role, role=role, email=f"{new_id()}@example.org")
        await AllUsers(tx).add(row)
    scope = Scope(tenant_id=row.tenant_id, actor_id=row.id, permissions=ALL)
    return {"x-api-key": (await house.keys.create(scope, KeyTerms(name=role, **terms))).secret}


def code(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


async def test_a_role_gives_what_it_says_as_soon_as_it_says_it(house: House) -> None:
    headers = await holder(house, "analyst")
    async with house.client(**BEARER) as owner, house.client(**headers) as analyst:
        assert (await analyst.get("/whoami")).json()["may"] == []
        made = await owner.post("/api/v1/roles", json=ANALYST)
        assert made.status_code == 201, made.text
        assert (await analyst.get("/whoami")).json()["may"] == ["chat", "spend:read"]
        path = f"/api/v1/roles/{made.json()['id']}"
        assert (await owner.patch(path, json={"permissions": ["models:read"]})).json()["description"] == "Reads"
        assert (await analyst.get("/whoami")).json()["may"] == ["models:read"]
        assert (await owner.get(path)).json()["permissions"] == ["models:read"]
        listed = (await owner.get("/api/v1/roles")).json()["data"]
        assert [role["name"] for role in listed] == [*ROLES, "analyst"]
        assert {role["name"]: set(role["permissions"]) for role in listed[:-1]} == {**ROLES}


async def test_a_role_binds_its_holders_to_models_and_a_built_in_one_as_well(house: House) -> None:
    headers = await holder(house, "member")
    async with house.client(**BEARER) as owner, house.client(**headers) as member:
        bound = await owner.put("/api/v1/roles/built-in/member", json={"models": ["openai/*", "openai/*"]})
        assert (bound.status_code, bound.json()["models"]) == (200, ["openai/*"])
        await member.get("/whoami")
        assert house.seen[-1].models == (("openai/*",),)
        assert (await owner.put("/api/v1/roles/built-in/member", json={"models": None})).json()["models"] is None
        await member.get("/whoami")
        assert not house.seen[-1].models
        assert code(await owner.put("/api/v1/roles/built-in/emperor", json={"models": None})) == (404, "role_not_found")


async def test_nobody_writes_a_role_that_gives_more_than_they_hold(house: House) -> None:
    headers = await holder(house, "admin")
    async with house.client(**BEARER) as owner, house.client(**headers) as admin:
        strong = (await owner.post("/api/v1/roles", json=ANALYST | {"permissions": ["encryption:manage"]})).json()
        path, refused = f"/api/v1/roles/{strong['id']}", (403, "permission_denied")
        assert code(await admin.post("/api/v1/roles", json=ANALYST | {"permissions": sorted(ALL)})) == refused
        assert code(await admin.patch(path, json={"permissions": ["chat"]})) == refused
        assert code(await admin.delete(path)) == refused
        assert code(await admin.put("/api/v1/roles/built-in/owner", json={"models": ["openai/*"]})) == refused
        made = (await admin.post("/api/v1/roles", json=ANALYST | {"name": "lesser"})).json()
        wider = {"permissions": ["chat", "encryption:manage"]}
        assert code(await admin.patch(f"/api/v1/roles/{made['id']}", json=wider)) == refused
        assert code(await owner.post("/api/v1/roles", json=ANALYST | {"permissions": ["operate"]}))[0] == 400
    async with house.client(**await holder(house, "admin", permissions=("roles:manage",))) as narrowed:
        assert code(await narrowed.post("/api/v1/roles", json=ANALYST | {"name": "x"})) == refused
        assert code(await narrowed.put("/api/v1/roles/built-in/viewer", json={"models": None})) == refused


async def test_who_is_bound_to_models_binds_others_to_no_more(house: House) -> None:
    headers = await holder(house, "admin")
    async with house.client(**BEARER) as owner, house.client(**headers) as admin:
        await owner.put("/api/v1/roles/built-in/admin", json={"models": ["openai/*"]})
        for models in (None, ["*"], ["openai/gpt-5", "anthropic/*"]):
            made = await admin.post("/api/v1/roles", json=ANALYST | {"models": models})
            assert code(made) == (403, "permission_denied")
        made = await admin.post("/api/v1/roles", json=ANALYST | {"models": ["openai/gpt-5"]})
        assert made.status_code == 201
        lifted = await admin.patch(f"/api/v1/roles/{made.json()['id']}", json={"models": None})
        assert code(lifted) == (403, "permission_denied")
        freed = await admin.put("/api/v1/roles/built-in/admin", json={"models": None})
        assert code(freed) == (403, "permission_denied")


async def test_a_role_that_somebody_has_is_not_deleted(house: House) -> None:
    async with house.client(**BEARER) as owner:
        made = (await owner.post("/api/v1/roles", json=ANALYST)).json()
        path = f"/api/v1/roles/{made['id']}"
        await holder(house, "analyst")
        assert code(await owner.delete(path)) == (409, "role_in_use")
        teams = (await owner.post("/api/v1/roles", json=ANALYST | {"name": "teams"})).json()
        async with house.database.system_transaction() as tx:
            user = (await tx.scalars(AllUsers(tx).every().where(UserRow.role == "analyst"))).one()
            tx.add(GroupRow(tenant_id=user.tenant_id, name="A team", role="teams"))
            user.role = "member"
        assert code(await owner.delete(f"/api/v1/roles/{teams['id']}")) == (409, "role_in_use")
        assert (await owner.delete(path)).status_code == 204
        assert code(await owner.delete(path)) == (404, "role_not_found")


async def test_names_are_taken_once_and_never_from_what_is_built_in(house: House) -> None:
    async with house.client(**BEARER) as owner:
        assert (await owner.post("/api/v1/roles", json=ANALYST)).status_code == 201
        for name in ("analyst", "owner", "viewer"):
            assert code(await owner.post("/api/v1/roles", json=ANALYST | {"name": name})) == (409, "role_exists")
        for name in ("", "Analyst", "two words", "a" * 64, "9lives", "nul\x00"):
            assert (await owner.post("/api/v1/roles", json=ANALYST | {"name": name})).status_code == 422
        smuggled: list[dict[str, Any]] = [{"tenant_id": str(new_id())}, {"built_in": True}, {"models": []}]
        for more in smuggled:
            assert (await owner.post("/api/v1/roles", json=ANALYST | {"name": "b"} | more)).status_code == 422
        unknown = await owner.post("/api/v1/roles", json=ANALYST | {"name": "b", "permissions": ["fly"]})
        assert unknown.status_code == 400
        for number in range(MOST - 1):
            made = await owner.post("/api/v1/roles", json={"name": f"r{number}", "permissions": []})
            assert made.status_code == 201
        assert code(await owner.post("/api/v1/roles", json=ANALYST | {"name": "b"})) == (409, "too_many_roles")


async def test_roles_are_read_by_who_sees_users_and_found_in_no_other_organisation(house: House) -> None:
    async with house.client(**BEARER) as owner:
        made = (await owner.post("/api/v1/roles", json=ANALYST)).json()
        path = f"/api/v1/roles/{made['id']}"
    stranger = await house.another_tenant()
    strange = await house.keys.create(
        Scope(tenant_id=stranger.tenant_id, actor_id=stranger.actor_id, permissions=ALL), KeyTerms(name="strange")
    )
    async with house.client(**{"x-api-key": strange.secret}) as other:
        for method, body in (("GET", None), ("PATCH", {"description": "mine"}), ("DELETE", None)):
            assert code(await other.request(method, path, json=body)) == (404, "role_not_found")
        assert "analyst" not in (await other.get("/api/v1/roles")).text
    async with house.client(**await holder(house, "member")) as member:
        assert code(await member.get("/api/v1/roles")) == (403, "permission_denied")
        told = (await member.get("/api/v1/permissions")).json()["data"]
        assert {permission["name"]: permission["meaning"] for permission in told} == {**MEANINGS}


def test_every_permission_is_explained_and_the_reference_has_the_table_of_roles() -> None:
    assert set(MEANINGS) == KNOWN
    text = REFERENCE.read_text()
    names = [*ROLES]
    expected = [f"| Permission | {' | '.join(names)} | What it lets do |", f"|---|{'---|' * (len(names) + 1)}"]
    for permission, meaning in MEANINGS.items():
        marks = " | ".join("x" if permission in ROLES[name] else "" for name in names)
        expected.append(f"| `{permission}` | {marks} | {meaning} |")
    assert "\n".join(expected) in text, "the table is:\n" + "\n".join(expected)
