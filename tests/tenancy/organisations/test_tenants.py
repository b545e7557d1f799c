"""Organisations as operators found, change and delete them, and as nobody else does."""

import asyncio
import importlib
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
import pytest
from tests.tenancy.house import sign_in
from tests.tenancy.people.town import Town

from chimera.conversations.repository import KeptConversations
from chimera.conversations.tables import ConversationRow
from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.privacy.repository import KeptHolds
from chimera.privacy.tables import LegalHoldRow
from chimera.store import Table
from chimera.tenancy.repository import AllPeople

SOURCE = Path(__file__).parents[3] / "src"
for file in sorted(SOURCE.rglob("tables.py")):
    if file.parent.name != "store":
        importlib.import_module(".".join(file.relative_to(SOURCE).with_suffix("").parts))
TENANTS = "/api/v1/tenants"
NEW = "a password nobody has yet"


def code_of(response: httpx2.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


async def founded(town: Town, **said: object) -> str:
    answer = await town.owner.http.post(TENANTS, json={"name": "Acme", "owner_email": "ada@example.org"} | said)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def owned(town: Town) -> UUID:
    """A new organisation whose owner, Ada, has accepted."""
    await founded(town)
    token = town.post.mails[-1].text.partition("#")[2].split()[0]
    async with town.house.client() as http:
        joined = (await http.post("/api/v1/invitations/accept", json={"token": token, "password": NEW})).json()
    return UUID(joined["tenant_id"])


async def test_an_organisation_is_founded_and_its_owner_comes_in(town: Town) -> None:
    tenant_id = await owned(town)
    async with town.house.client() as browser:
        person = (await sign_in(browser, email="ada@example.org", password=NEW)).json()
    assert person["tenant"] == {"id": str(tenant_id), "name": "Acme"}
    assert "encryption:manage" in person["permissions"]
    assert "operate" not in person["permissions"]
    assert town.recorder.names == ["tenant.created", "invitation.accepted"]


async def test_organisations_are_listed_by_the_page_and_changed(town: Town) -> None:
    ids = [await founded(town, name=f"Acme {number}", owner_email=f"{number}@example.org") for number in range(3)]
    first = (await town.owner.http.get(f"{TENANTS}?limit=2")).json()
    rest = (await town.owner.http.get(f"{TENANTS}?limit=2&cursor={first['next_cursor']}")).json()
    assert [one["id"] for one in first["data"] + rest["data"]] == [*reversed(ids), str(town.tenant.id)]
    assert rest["next_cursor"] is None
    one = f"{TENANTS}/{ids[0]}"
    assert (await town.owner.http.patch(one, json={"tier": "starter"})).json()["tier"] == "starter"
    assert (await town.owner.http.patch(one, json={"name": "Emca"})).json()["tier"] == "starter"
    changed = (await town.owner.http.patch(one, json={"tier": None})).json()
    assert (changed["tier"], changed["name"]) == (None, "Emca")
    assert (await town.owner.http.get(one)).json() == changed
    assert (await town.owner.http.patch(one, json={"tier": "gold"})).status_code == 422


async def test_nobody_of_a_suspended_organisation_gets_in(town: Town) -> None:
    eve = await town.somebody("owner", name="Eve", tenant=await town.tenant_named("others"))
    one = f"{TENANTS}/{eve.tenant_id}"
    assert (await eve.http.get("/whoami")).is_success
    assert (await town.owner.http.patch(one, json={"suspended": True})).json()["suspended_at"] is not None
    assert (await eve.http.get("/whoami")).status_code == 401
    await town.owner.http.patch(one, json={"suspended": False})
    town.house.clock.pass_by(timedelta(seconds=1))  # so long a refusal is believed
    assert (await eve.http.get("/whoami")).is_success


async def test_only_operators_see_organisations_and_no_other_finds_them(town: Town) -> None:
    eve = await town.somebody("owner", name="Eve", tenant=await town.tenant_named("others"))
    colleague = await town.somebody("owner", name="Grace")
    for who in (eve, colleague):
        for answer in (
            await who.http.get(TENANTS),
            await who.http.get(f"{TENANTS}/{town.tenant.id}"),
            await who.http.post(TENANTS, json={"name": "Mine", "owner_email": "eve@example.org"}),
            await who.http.patch(f"{TENANTS}/{who.tenant_id}", json={"tier": "unlimited"}),
            await who.http.delete(f"{TENANTS}/{town.tenant.id}"),
        ):
            assert code_of(answer) == (403, "permission_denied")
    for method in ("GET", "PATCH", "DELETE"):
        body = {} if method == "PATCH" else None
        missing = await town.owner.http.request(method, f"{TENANTS}/{uuid4()}", json=body)
        assert code_of(missing) == (404, "tenant_not_found")


async def test_operators_see_nothing_inside(town: Town) -> None:
    eve = await town.somebody("owner", name="Eve", tenant=await town.tenant_named("others"))
    group = (await eve.http.post("/api/v1/groups", json={"name": "Secret"})).json()["id"]
    for path in (f"/api/v1/users/{eve.id}", f"/api/v1/groups/{group}"):
        headers = {"x-tenant-id": str(eve.tenant_id)}
        assert (await town.owner.http.get(path)).status_code == 404
        assert code_of(await town.owner.http.get(path, headers=headers)) == (403, "tenant_mismatch")
    assert "Secret" not in (await town.owner.http.get("/api/v1/groups")).text


async def test_operators_do_not_saw_off_the_branch_they_sit_on(town: Town) -> None:
    own = f"{TENANTS}/{town.tenant.id}"
    assert code_of(await town.owner.http.patch(own, json={"suspended": True})) == (409, "own_tenant")
    assert code_of(await town.owner.http.delete(own)) == (409, "own_tenant")


async def test_a_deleted_organisation_leaves_nothing_in_any_table(town: Town) -> None:
    tenant_id = await owned(town)
    scope = Scope(tenant_id=tenant_id, actor_id=uuid4(), permissions=frozenset())
    async with town.house.database.transaction(scope) as tx:
        await KeptConversations(tx, scope).add(ConversationRow(owner_id=scope.actor_id, title="secret plans"))
    one = f"{TENANTS}/{tenant_id}"
    assert code_of(await town.owner.http.delete(one)) == (409, "tenant_active")
    await town.owner.http.patch(one, json={"suspended": True})
    assert code_of(await town.owner.http.delete(one)) == (409, "tenant_active")
    town.house.clock.pass_by(timedelta(minutes=1))
    async with town.house.database.transaction(scope) as tx:
        held = await KeptHolds(tx, scope).add(LegalHoldRow(user_id=uuid4(), reason="Case 1", created_by=scope.actor_id))
    refused = await town.owner.http.delete(one)
    assert code_of(refused) == (409, "under_legal_hold")
    assert str(held.id) in refused.text
    async with town.house.database.transaction(scope) as tx:
        assert await KeptConversations(tx, scope).count() == 1, "nothing of it is gone"
        assert await KeptHolds(tx, scope).release(held.id, utc_now())
    assert (await town.owner.http.delete(one)).status_code == 204
    assert code_of(await town.owner.http.get(one)) == (404, "tenant_not_found")
    async with town.house.database.reading(scope) as tx:
        for table in Table.metadata.sorted_tables:
            if "tenant_id" in table.columns:
                left = await tx.execute(table.select().where(table.columns["tenant_id"] == tenant_id))
                assert left.all() == [], table.name
    async with town.house.database.system_reading() as tx:
        assert {person.email for person in await tx.scalars(AllPeople(tx).every())} == {"owner@example.org"}
    assert (await town.owner.http.get("/whoami")).is_success


@pytest.mark.parametrize("smuggled", ["id", "created_at", "suspended_at", "operator"])
async def test_nothing_is_smuggled_in(town: Town, smuggled: str) -> None:
    said = {"name": "Acme", "owner_email": "ada@example.org", smuggled: str(uuid4())}
    assert (await town.owner.http.post(TENANTS, json=said)).status_code == 422


async def test_the_same_owner_may_be_invited_to_two_organisations_at_once(town: Town) -> None:
    made = await asyncio.gather(*(founded(town, name=name) for name in ("One", "Two")))
    assert len(set(made)) == 2
    assert len(town.post.mails) == 2
