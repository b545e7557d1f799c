"""Links that show conversations: made, opened, narrowed by policy, revoked; over the HTTP API, on two replicas."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from tests.conversations.house import someone
from tests.conversations.shares.offices import NOW, Office, Said, beside, say

from chimera.conversations.repository import KeptConversations
from chimera.conversations.tree.repository import Trees
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Document, Image, Text, Thinking, ToolCall, ToolResult
from chimera.policies.sections.branding import BrandingPolicy
from chimera.policies.sections.sharing import SharingPolicy
from chimera.store import Database
from chimera.tenancy.repository import AllTenants
from chimera.tenancy.tables import TenantRow

PIXEL = "data:image/png;base64,iVBORw0KGgo="
QUESTION = (Text(text="Why is the sky blue? Write to ada@example.com."), Image(url=PIXEL))
ANSWER = (
    Thinking(text="a thought", signature="signed", origin="gemini"),
    Text(text="Because short"),
    ToolCall(id="toolu_1", name="look_up", arguments='{"q": "blue"}'),
    ToolResult(call_id="toolu_1", parts=(Text(text="a result"),)),
    Text(text="er waves scatter more."),
)


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


@pytest.fixture
async def ada(database: Database) -> Scope:
    """Of an organisation that may decide something."""
    scope = someone()
    async with database.system_transaction() as tx:
        await AllTenants(tx).add(TenantRow(id=scope.tenant_id, name="Analysts"))
    return scope


async def shared(client: httpx2.AsyncClient, said: Said, **body: object) -> dict[str, Any]:
    answered = await client.post(said.shares, json=body)
    assert answered.status_code == 201, answered.text
    made: dict[str, Any] = answered.json()
    return made


async def seen(office: Office, made: dict[str, Any], viewer: Scope | None = None) -> httpx2.Response:
    async with office.client(viewer) as client:
        return await client.get(f"/api/v1{made['path']}")


async def allow(office: Office, scope: Scope, **policy: Any) -> None:
    await office.policies.change(scope, "sharing", SharingPolicy(**policy))


def is_gone(answered: httpx2.Response) -> bool:
    return (answered.status_code, answered.json().get("code")) == (404, "share_not_found")


async def test_a_link_bears_the_name_of_its_organisation_unless_it_leaves_out_whose_it_is(
    office: Office, ada: Scope
) -> None:
    await allow(office, ada, audience="anybody")
    await office.policies.change(ada, "branding", BrandingPolicy(name="Acme", colour="#0b6e4f"))
    said = await say(office.database, ada, QUESTION, ANSWER)
    async with office.client(ada) as client:
        signed = await shared(client, said, audience="anybody", left_out=[])
        unsigned = await shared(client, said, audience="anybody", left_out=["sharer"])
    assert (await seen(office, signed)).json()["brand"] == {"name": "Acme", "colour": "#0b6e4f"}
    assert (await seen(office, unsigned)).json()["brand"] is None


async def test_a_link_shows_its_path_and_what_was_not_left_out(office: Office, ada: Scope) -> None:
    await allow(office, ada, audience="anybody")
    said = await say(office.database, ada, QUESTION, ANSWER, system_prompt="Be brief.")
    await beside(office.database, ada, said, (Text(text="another root"),), (Text(text="another answer"),))
    async with office.client(ada) as client:
        usual = await shared(client, said, audience="anybody")
        everything = await shared(client, said, audience="anybody", left_out=[], masked=False)
    answered = await seen(office, usual)
    assert answered.headers["x-robots-tag"] == "noindex, nofollow, noarchive"
    assert answered.headers["referrer-policy"] == "no-referrer"
    assert answered.headers["cache-control"] == "no-store"
    told = answered.json()
    assert (told["title"], told["shared_by"], told["system_prompt"]) == ("Skies", "Ada", None)
    assert (told["is_mine"], told["may_copy"]) == (False, False)
    question, answer = told["messages"]
    assert question["parts"] == [{"type": "text", "text": "Why is the sky blue? Write to ⟨e-mail⟩."}]
    assert question["left_out"] == ["attachments"]
    assert [part.get("text") or part["name"] for part in answer["parts"]] == [
        "Because short",
        "look_up",
        "er waves scatter more.",
    ]
    assert (answer["model"], answer["cost_usd"], answer["left_out"]) == (
        "test/model",
        None,
        ["thinking", "tool_results"],
    )
    for hidden in ("a thought", "a result", "another", "signed", "toolu", said.leaf_id, said.conversation_id, PIXEL):
        assert hidden not in answered.text

    whole = (await seen(office, everything)).json()
    assert whole["system_prompt"] == "Be brief."
    assert whole["messages"][0]["parts"][0]["text"].endswith("ada@example.com.")
    picture = whole["messages"][0]["parts"][1]["url"]
    async with office.client() as client:
        there = await client.get(picture)
        assert (there.headers["content-type"], there.content[:4]) == ("image/png", b"\x89PNG")
        assert (await client.get(picture[:-1] + "1")).status_code == 404
        assert (await client.get(f"/api/v1{usual['path']}/pictures/0")).status_code == 404
    assert whole["messages"][1]["cost_usd"] == "0.00123"


async def test_whoever_may_not_see_it_learns_nothing_and_a_revoked_link_is_gone_on_every_replica(
    office: Office, ada: Scope
) -> None:
    other = Office(office.database)
    said = await say(office.database, ada, QUESTION, ANSWER)
    colleague, stranger = someone(ada), someone()
    viewer = Scope(tenant_id=ada.tenant_id, actor_id=new_id(), permissions=frozenset({"models:read"}))
    async with office.client(ada) as client:
        refused = await client.post(said.shares, json={"audience": "anybody"})
        assert (refused.status_code, refused.json()["code"]) == (403, "sharing_not_allowed")
        made = await shared(client, said)
        assert (await seen(other, made, ada)).json()["is_mine"]
        assert (await seen(other, made, colleague)).json()["may_copy"]
        answers = [await seen(other, made, who) for who in (stranger, None, viewer)]
        answers.append(await seen(other, {"path": "/shared/unknown"}, ada))
        assert all(is_gone(answered) for answered in answers)
        without_id = [{**answered.json(), "request_id": ""} for answered in answers]
        assert without_id == [without_id[0]] * 4
        (listed,) = (await client.get(said.shares)).json()["data"]
        assert (listed["views"], listed["path"]) == (1, made["path"])
        assert (await client.delete(f"{said.shares}/{made['id']}")).status_code == 204
        assert is_gone(await seen(other, made, ada))
        assert is_gone(await client.delete(f"{said.shares}/{made['id']}"))
    assert [name for name, _ in office.records.told] == ["share.made", "share.revoked"]
    assert other.records.told == [("share.opened", colleague)]


async def test_a_tightened_policy_bites_at_once_and_links_end(office: Office, ada: Scope) -> None:
    other = Office(office.database)
    await allow(office, ada, audience="anybody", longest_days=10)
    said = await say(office.database, ada, QUESTION, ANSWER)
    async with office.client(ada) as client:
        made = await shared(client, said, audience="anybody")
        assert made["open_until"] == "2030-01-11T00:00:00Z"
        for days in (-1, 11):
            late = {"expires_at": (NOW + timedelta(days=days)).isoformat()}
            assert (await client.post(said.shares, json=late)).status_code == 400
            assert (await client.patch(f"{said.shares}/{made['id']}", json=late)).status_code == 400
        assert (await seen(other, made)).is_success
        for policy in ({"audience": "organisation"}, {"audience": "off"}):
            await allow(office, ada, **policy)
            assert is_gone(await seen(other, made))
            (listed,) = (await client.get(said.shares)).json()["data"]
            assert listed["open_until"] is None
        assert (await client.post(said.shares)).json()["code"] == "sharing_not_allowed"
        await allow(office, ada, audience="anybody", longest_days=1)
        assert (await seen(other, made)).json()["open_until"] == "2030-01-02T00:00:00Z"
        other.later(days=2)
        assert is_gone(await seen(other, made))
        await allow(office, ada, audience="anybody")
        assert (await seen(other, made)).is_success
        ends = {"expires_at": (NOW + timedelta(days=1)).isoformat()}
        assert (await client.patch(f"{said.shares}/{made['id']}", json=ends)).status_code == 200
        assert is_gone(await seen(other, made))


async def test_what_is_put_away_cut_off_deleted_or_another_s_is_not_shown(office: Office, ada: Scope) -> None:
    said = await say(office.database, ada, QUESTION, ANSWER)
    temporary = await say(office.database, ada, QUESTION, temporary=True)
    empty = await say(office.database, ada)
    conversation_id = UUID(said.conversation_id)
    async with office.client(ada) as client:
        for one in (temporary, empty):
            assert (await client.post(one.shares)).json()["code"] == "conversation_not_shareable"
        made, leaf = await shared(client, said), await shared(client, said, message_id=said.leaf_id)
        assert (await client.post(empty.shares, json={"message_id": said.leaf_id})).json()[
            "code"
        ] == "message_not_found"
        for name in ("archived", "temporary"):
            for there in (True, False):
                async with office.database.transaction(ada) as tx:
                    setattr(await KeptConversations(tx, ada).found(conversation_id), name, there)
                assert is_gone(await seen(office, made, ada)) == there
        for state, gone in (("retired", True), ("completed", False)):
            async with office.database.transaction(ada) as tx:
                (await KeptConversations(tx, ada).found(conversation_id)).state = state
            assert is_gone(await seen(office, made, ada)) == gone
        office.shut_out.add(ada.actor_id)
        assert is_gone(await seen(office, made, ada))
        office.shut_out.clear()
        async with office.client(someone(ada)) as colleague:
            for path in (said.shares, f"{said.shares}/{made['id']}"):
                method = "GET" if path == said.shares else "DELETE"
                assert (await colleague.request(method, path)).json()["code"] == "conversation_not_found"
        async with office.database.transaction(ada) as tx:
            await Trees(tx, ada).remove([UUID(said.leaf_id)])
        assert is_gone(await seen(office, leaf, ada))
        assert (await client.get(said.shares)).json()["data"] == []


async def test_a_colleague_goes_on_with_what_is_shown_and_nothing_else(office: Office, ada: Scope) -> None:
    said = await say(office.database, ada, (*QUESTION, Document(url="https://x", name="plan.pdf")), ANSWER)
    colleague, stranger = someone(ada), someone()
    async with office.client(ada) as client:
        made = await shared(client, said, left_out=["thinking"])
    fork = f"/api/v1{made['path']}/fork"
    async with office.client(colleague) as client:
        copied = (await client.post(fork)).json()
        assert (copied["title"], copied["message_count"], copied["forked_from_id"]) == ("Skies", 2, None)
    async with office.database.reading(colleague) as tx:
        nodes = await Trees(tx, colleague).nodes(UUID(copied["id"]))
        rows = await Trees(tx, colleague).whole([node.id for node in nodes])
    kept = "".join(row.parts for row in rows.values())
    assert "plan.pdf" in kept
    assert PIXEL in kept
    assert not [hidden for hidden in ("a thought", "ada@", "https://x", "signed") if hidden in kept]
    async with office.client(stranger) as client:
        assert is_gone(await client.post(fork))
    await allow(office, ada, copies=False)
    async with office.client(colleague) as client:
        assert (await client.post(fork)).json()["code"] == "share_copy_not_allowed"


async def test_one_s_own_links_are_listed_over_all_conversations_and_nobody_else_s(office: Office, ada: Scope) -> None:
    first, second = [await say(office.database, ada, QUESTION, ANSWER) for _ in range(2)]
    async with office.client(ada) as client:
        made = [await shared(client, said) for said in (first, second)]
        page = (await client.get("/api/v1/shares/own", params={"limit": 1})).json()
        rest = (await client.get("/api/v1/shares/own", params={"limit": 1, "cursor": page["next_cursor"]})).json()
        listed = page["data"] + rest["data"]
        assert [one["path"] for one in listed] == [one["path"] for one in reversed(made)]
        assert listed[0]["conversation_id"] == made[1]["conversation_id"]
        assert rest["next_cursor"] is None
        assert (await client.delete("/api/v1/shares/own")).status_code == 405
    colleague = Scope(tenant_id=ada.tenant_id, actor_id=new_id(), permissions=ada.permissions)
    async with office.client(colleague) as client:
        assert (await client.get("/api/v1/shares/own")).json()["data"] == []


async def test_guardians_see_all_links_of_the_organisation_and_revoke_them(office: Office, ada: Scope) -> None:
    said = await say(office.database, ada, QUESTION, ANSWER)
    guardian = Scope(tenant_id=ada.tenant_id, actor_id=new_id(), permissions=frozenset({"privacy:manage"}))
    elsewhere = Scope(tenant_id=new_id(), actor_id=new_id(), permissions=guardian.permissions)
    async with office.client(ada) as client:
        made = await shared(client, said)
        assert (await client.get("/api/v1/shares")).status_code == 403
    async with office.client(elsewhere) as client:
        assert (await client.get("/api/v1/shares")).json()["data"] == []
        assert is_gone(await client.delete(f"/api/v1/shares/{made['id']}"))
    async with office.client(guardian) as client:
        answered = await client.get("/api/v1/shares")
        (listed,) = answered.json()["data"]
        assert (listed["id"], listed["owner_id"]) == (made["id"], str(ada.actor_id))
        assert made["path"].rpartition("/")[2] not in answered.text
        assert (await client.delete(f"/api/v1/shares/{made['id']}")).status_code == 204
    assert is_gone(await seen(office, made, ada))


async def test_one_address_asks_only_so_often(database: Database) -> None:
    office = Office(database, a_minute=3)
    answers = [(await seen(office, {"path": "/shared/unknown"})).status_code for _ in range(4)]
    assert answers == [404, 404, 404, 429]
