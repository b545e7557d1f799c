"""Conversations are put into folders, tagged, pinned, put away, or kept for a short time only; over the HTTP API."""

import asyncio
from typing import Any

import httpx2
import pytest
from sqlalchemy import event
from tests.conversations.house import House, Model, Tasks, answer, someone
from tests.conversations.served import client_of

from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Request, Text
from chimera.store import Database

CONVERSATIONS = "/api/v1/conversations"


@pytest.fixture
def house(database: Database, tasks: Tasks) -> House:
    return House(database=database, tasks=tasks, model=Model(*answer("Because.")))


async def made(client: httpx2.AsyncClient, path: str, **body: object) -> str:
    answered = await client.post(path, json=body)
    assert answered.status_code == 201, answered.text
    return str(answered.json()["id"])


async def listed(client: httpx2.AsyncClient, **wanted: object) -> list[str]:
    answered = await client.get(CONVERSATIONS, params=wanted)  # type: ignore[arg-type]  # whatever an address can say
    assert answered.status_code == 200, answered.text
    return [one["title"] for one in answered.json()["data"]]


async def arrange(client: httpx2.AsyncClient, *ids: str, **wanted: object) -> None:
    answered = await client.patch(CONVERSATIONS, json={"conversation_ids": ids, **wanted})
    assert answered.status_code == 204, answered.text


async def test_many_are_filed_tagged_pinned_and_archived_at_once_and_listed_by_that(house: House, ada: Scope) -> None:
    async with client_of(house, ada) as client:
        a, b, c = [await made(client, CONVERSATIONS, title=title) for title in "abc"]
        folder = await made(client, "/api/v1/folders", name="Work", colour="#3366ff", icon="briefcase")
        await arrange(client, a, b, folder_id=folder, pinned=True, add_tags=["Physics", "later"])
        await arrange(client, b, pinned=False, remove_tags=["LATER"])
        await arrange(client, c, archived=True, add_tags=["physics"])
        assert await listed(client) == ["b", "a"]
        assert await listed(client, archived=True) == ["c"]
        assert await listed(client, folder=folder) == ["b", "a"]
        assert await listed(client, pinned=True) == ["a"]
        assert await listed(client, pinned=False) == ["b"]
        assert await listed(client, tag="PHYSICS", q="B") == ["b"]
        assert await listed(client, tag="physics", archived=True) == ["c"]
        assert await listed(client, tag="unknown") == []
        one = (await client.get(f"{CONVERSATIONS}/{a}")).json()
        assert (one["folder_id"], one["tags"]) == (folder, ["later", "Physics"])
        assert (one["pinned"], one["archived"]) == (True, False)

        tags = (await client.get("/api/v1/tags")).json()["data"]
        assert [(tag["name"], tag["conversations"]) for tag in tags] == [("Physics", 3), ("later", 1)]
        clash = await client.patch(f"/api/v1/tags/{tags[0]['id']}", json={"name": "Later"})
        assert clash.status_code == 409
        renamed = await client.patch(f"/api/v1/tags/{tags[0]['id']}", json={"name": "physik"})
        assert renamed.json() == {**tags[0], "name": "physik"}
        assert (await client.delete(f"/api/v1/tags/{tags[1]['id']}")).status_code == 204
        assert (await client.get(f"{CONVERSATIONS}/{a}")).json()["tags"] == ["physik"]
        await client.delete(f"{CONVERSATIONS}/{a}")
        assert (await client.get("/api/v1/tags")).json()["data"][0]["conversations"] == 2


async def test_what_is_not_there_leaves_all_as_it_was(house: House, ada: Scope) -> None:
    async with client_of(house, ada) as client:
        one = await made(client, CONVERSATIONS, title="a")
        for body, code in (
            ({"conversation_ids": [one, str(new_id())], "pinned": True}, "conversation_not_found"),
            ({"conversation_ids": [one], "pinned": True, "folder_id": str(new_id())}, "folder_not_found"),
            ({"conversation_ids": [one], "pinned": True, "add_tags": [f"t{n}" for n in range(20)]}, None),
            ({"conversation_ids": [one], "archived": True, "add_tags": ["one more"]}, "too_many_shelves"),
        ):
            answered = await client.patch(CONVERSATIONS, json=body)
            assert (answered.json()["code"] if code else None) == code
        kept = (await client.get(f"{CONVERSATIONS}/{one}")).json()
        assert (kept["pinned"], kept["archived"], len(kept["tags"])) == (True, False, 20)
    async with client_of(house, someone(ada)) as client:
        strange = await client.patch(CONVERSATIONS, json={"conversation_ids": [one], "pinned": False})
        assert strange.json()["code"] == "conversation_not_found"
        assert (await client.get("/api/v1/tags")).json()["data"] == []


async def test_folders_lie_in_folders_never_in_themselves_and_leave_their_content_behind(
    house: House, ada: Scope
) -> None:
    async with client_of(house, ada) as client:
        chain: list[str] = []
        for depth in range(5):
            chain.append(await made(client, "/api/v1/folders", name=f"{depth}", parent_id=chain[-1] if chain else None))
        deeper = await client.post("/api/v1/folders", json={"name": "6", "parent_id": chain[-1]})
        assert deeper.json()["code"] == "folder_place"
        circle = await client.patch(f"/api/v1/folders/{chain[0]}", json={"parent_id": chain[2]})
        assert circle.json()["code"] == "folder_place"
        strange = await client.post("/api/v1/folders", json={"name": "x", "parent_id": str(new_id())})
        assert strange.json()["code"] == "folder_not_found"
        holding = await made(client, "/api/v1/folders", name="holds another")
        await made(client, "/api/v1/folders", name="held", parent_id=holding)
        with_all = await client.patch(f"/api/v1/folders/{holding}", json={"parent_id": chain[3]})
        assert with_all.json()["code"] == "folder_place"
        assert (await client.patch(f"/api/v1/folders/{holding}", json={"parent_id": chain[2]})).status_code == 200
        assert (await client.delete(f"/api/v1/folders/{holding}")).status_code == 204
        one = await made(client, CONVERSATIONS, title="a")
        await arrange(client, one, folder_id=chain[1])
        assert (await client.delete(f"/api/v1/folders/{chain[1]}")).status_code == 204
        assert (await client.get(f"{CONVERSATIONS}/{one}")).json()["folder_id"] == chain[0]
        folders = (await client.get("/api/v1/folders")).json()["data"]
        left = {row["id"]: row["parent_id"] for row in folders if row["id"] in chain}
        assert left == {chain[0]: None, chain[2]: chain[0], chain[3]: chain[2], chain[4]: chain[3]}
        renamed = await client.patch(f"/api/v1/folders/{chain[0]}", json={"name": "Zero"})
        assert renamed.json()["name"] == "Zero"
        await arrange(client, one, folder_id=None)
        assert (await client.get(f"{CONVERSATIONS}/{one}")).json()["folder_id"] is None
    async with client_of(house, someone(ada)) as client:
        assert (await client.get("/api/v1/folders")).json()["data"] == []
        assert (await client.delete(f"/api/v1/folders/{chain[0]}")).json()["code"] == "folder_not_found"


async def test_what_two_do_to_shelves_at_once_is_done_one_after_the_other(house: House, ada: Scope) -> None:
    async with client_of(house, ada) as client:
        one, other = [await made(client, CONVERSATIONS, title=title) for title in "ab"]
        for name in map(str, range(5)):
            a, b = [await made(client, "/api/v1/folders", name=name) for _ in range(2)]
            moves = [client.patch(f"/api/v1/folders/{x}", json={"parent_id": y}) for x, y in ((a, b), (b, a))]
            assert sorted(done.status_code for done in await asyncio.gather(*moves)) == [200, 409]
            await asyncio.gather(*(arrange(client, bearer, add_tags=[name]) for bearer in (one, other)))
        tags = (await client.get("/api/v1/tags")).json()["data"]
        assert [(tag["name"], tag["conversations"]) for tag in tags] == [(name, 2) for name in map(str, range(5))]


async def test_a_folder_gives_its_model_and_prompt_to_conversations_that_have_none(house: House, ada: Scope) -> None:
    async with client_of(house, ada) as client:
        folder = await made(client, "/api/v1/folders", name="W", model="w/w", system_prompt="Be short.")
        plain = await made(client, CONVERSATIONS)
        own = await made(client, CONVERSATIONS, model="o/o", system_prompt="Be long.")
        await arrange(client, plain, own, folder_id=folder)
        for one, model, prompt in ((plain, "w/w", "Be short."), (own, "o/o", "Be long.")):
            await client.post(f"{CONVERSATIONS}/{one}/messages", json={"text": "Hi"})
            request = house.model.calls[-1].request
            assert isinstance(request, Request)
            assert (request.model, request.system) == (model, (Text(text=prompt),))


async def test_temporary_conversations_are_listed_nowhere_and_can_be_kept_after_all(house: House, ada: Scope) -> None:
    async with client_of(house, ada) as client:
        turn = (await client.post("/api/v1/chat", json={"message": "Secret?", "temporary": True})).json()
        one = f"{CONVERSATIONS}/{turn['conversation_id']}"
        await made(client, CONVERSATIONS, title="b", temporary=True)
        for wanted in ({}, {"q": "secret"}, {"archived": True}, {"pinned": False}):
            assert await listed(client, **wanted) == []
        assert (await client.get(one)).json()["temporary"] is True
        await client.post(f"{one}/messages", json={"text": "More?"})
        await client.patch(one, json={"temporary": False})
        assert await listed(client) == ["Secret?"]


async def test_a_page_takes_as_many_statements_however_long_it_is(house: House, ada: Scope) -> None:
    async with client_of(house, ada) as client:
        counts = []
        for _ in range(2):
            for _ in range(4):
                one = await made(client, CONVERSATIONS, title="a")
                await arrange(client, one, add_tags=["x", "y"])
            seen: list[Any] = []

            def note(*args: object, seen: list[Any] = seen) -> None:
                seen.append(args[2])

            engine = house.database.reader.sync_engine
            event.listen(engine, "before_cursor_execute", note)
            await listed(client)
            event.remove(engine, "before_cursor_execute", note)
            counts.append(len(seen))
        assert counts[0] == counts[1] > 0
