"""Conversations as trees, over their HTTP API: asked again, edited, chosen, forked, cut back."""

from typing import Any

import httpx2
import pytest
from tests.conversations.house import House, Model, Tasks, answer, someone
from tests.conversations.served import client_of

from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Request
from chimera.store import Database

CONVERSATIONS = "/api/v1/conversations"


@pytest.fixture
def house(database: Database, tasks: Tasks) -> House:
    return House(database=database, tasks=tasks, model=Model(*answer("Because ", "of Rayleigh.")))


async def asked(client: httpx2.AsyncClient, text: str = "Why is the sky blue?") -> dict[str, Any]:
    """A turn of a new conversation."""
    answered = await client.post("/api/v1/chat", json={"message": text})
    assert answered.status_code == 201, answered.text
    return dict(answered.json())


async def said(client: httpx2.AsyncClient, one: str, text: str, **more: object) -> dict[str, Any]:
    answered = await client.post(f"{one}/messages", json={"text": text, **more})
    assert answered.status_code == 201, answered.text
    return dict(answered.json())


async def shown(client: httpx2.AsyncClient, one: str) -> list[dict[str, Any]]:
    return list((await client.get(f"{one}/messages")).json()["data"])


def words(house: House) -> list[str]:
    """What the model was shown last, message by message."""
    request = house.model.calls[-1].request
    assert isinstance(request, Request)
    return ["".join(getattr(part, "text", "") for part in message.parts) for message in request.messages]


async def test_an_edited_question_begins_a_branch_and_the_former_one_is_not_shown_to_models(
    house: House, ada: Scope
) -> None:
    async with client_of(house, ada) as client:
        first = await asked(client, "Sky?")
        one = f"{CONVERSATIONS}/{first['conversation_id']}"
        second = await said(client, one, "And at night?")
        edited = await said(client, one, "And in the evening?", parent_id=first["message"]["id"])
        assert words(house) == ["Sky?", "Because of Rayleigh.", "And in the evening?"]
        assert edited["user_message_id"] != second["user_message_id"]
        page = await shown(client, one)
        assert [message["parts"][0]["text"] for message in page] == [
            "Sky?", "Because of Rayleigh.", "And in the evening?", "Because of Rayleigh.",
        ]  # fmt: skip
        assert [message["sibling_index"] for message in page] == [0, 0, 1, 0]
        assert page[2]["siblings"] == [second["user_message_id"], edited["user_message_id"]]
        assert page[0]["siblings"] == [page[0]["id"]]

        anew = await said(client, one, "Sea?", parent_id=None)
        assert words(house) == ["Sea?"]
        page = await shown(client, one)
        assert page[0]["siblings"] == [first["user_message_id"], anew["user_message_id"]]

        unknown = await client.post(f"{one}/messages", json={"text": "Hi", "parent_id": str(new_id())})
        assert (unknown.status_code, unknown.json()["code"]) == (404, "message_not_found")
        elsewhere = (await asked(client))["message"]["id"]
        strange = await client.post(f"{one}/messages", json={"text": "Hi", "parent_id": elsewhere})
        assert (strange.status_code, strange.json()["code"]) == (404, "message_not_found")


async def test_an_answer_is_given_again_beside_the_first_by_whatever_model(house: House, ada: Scope) -> None:
    async with client_of(house, ada) as client:
        first = await asked(client)
        one, message = f"{CONVERSATIONS}/{first['conversation_id']}", first["message"]["id"]
        house.model.steps = answer("Otherwise.")
        again = await client.post(
            f"{one}/messages/{message}/regenerate", json={"model": "other/model", "temperature": 1.5}
        )
        assert again.status_code == 201, again.text
        assert again.json()["user_message_id"] == first["user_message_id"]
        call = house.model.calls[-1]
        assert isinstance(call.request, Request)
        assert (call.request.model, call.request.sampling.temperature) == ("other/model", 1.5)
        assert call.wishes.cache == "refresh", "whoever asks again wants another answer"
        assert words(house) == ["Why is the sky blue?"], "the former answer is not shown"
        page = await shown(client, one)
        assert page[1]["parts"] == [{"type": "text", "text": "Otherwise."}]
        assert page[1]["siblings"] == [message, again.json()["message"]["id"]]
        assert page[1]["sibling_index"] == 1

        of_question = await client.post(f"{one}/messages/{first['user_message_id']}/regenerate", json={})
        assert of_question.json()["user_message_id"] == first["user_message_id"]
        assert (await client.get(one)).json()["message_count"] == 4
        page = await shown(client, one)
        assert page[1]["sibling_index"] == 2


async def test_any_branch_is_chosen_and_continued(house: House, ada: Scope) -> None:
    async with client_of(house, ada) as client:
        first = await asked(client, "Sky?")
        one, message = f"{CONVERSATIONS}/{first['conversation_id']}", first["message"]["id"]
        second = await said(client, one, "And at night?")
        other = (await client.post(f"{one}/messages/{message}/regenerate", json={})).json()
        chosen = await client.put(f"{one}/branch", json={"message_id": message})
        assert chosen.status_code == 200, chosen.text
        assert [said["id"] for said in await shown(client, one)][-1] == second["message"]["id"]
        await client.put(f"{one}/branch", json={"message_id": other["message"]["id"]})
        await said(client, one, "Sure?")
        assert words(house) == ["Sky?", "Because of Rayleigh.", "Sure?"]
        await client.put(f"{one}/branch", json={"message_id": first["user_message_id"]})
        assert (await shown(client, one))[-2]["parts"][0]["text"] == "Sure?", "what was said last lies there"
        missing = await client.put(f"{one}/branch", json={"message_id": str(new_id())})
        assert missing.json()["code"] == "message_not_found"


async def test_a_branch_or_a_message_that_is_not_shown_is_read_without_choosing_it(house: House, ada: Scope) -> None:
    async with client_of(house, ada) as client:
        first = await asked(client, "Sky?")
        one, message = f"{CONVERSATIONS}/{first['conversation_id']}", first["message"]["id"]
        second = await said(client, one, "And at night?")
        other = (await client.post(f"{one}/messages/{message}/regenerate", json={})).json()
        page = (await client.get(f"{one}/messages", params={"branch": message, "limit": 3})).json()
        assert [said["id"] for said in page["data"]][-1] == second["message"]["id"], "to its newest message"
        assert page["has_more"]
        earlier = (await client.get(f"{one}/messages", params={"before": page["data"][0]["id"]})).json()
        assert [said["id"] for said in earlier["data"]] == [first["user_message_id"]]
        alone = (await client.get(f"{one}/messages/{message}")).json()
        assert (alone["siblings"], alone["sibling_index"]) == ([message, other["message"]["id"]], 0)
        assert (await shown(client, one))[-1]["id"] == other["message"]["id"], "shown is what was"
        for unknown in (f"{one}/messages?branch={new_id()}", f"{one}/messages/{new_id()}"):
            assert (await client.get(unknown)).json()["code"] == "message_not_found"


async def test_the_tree_tells_every_message_in_short_page_by_page(house: House, ada: Scope) -> None:
    async with client_of(house, ada) as client:
        first = await asked(client, "Sky? " + "na " * 200)
        one = f"{CONVERSATIONS}/{first['conversation_id']}"
        again = (await client.post(f"{one}/messages/{first['message']['id']}/regenerate", json={"model": "b/b"})).json()
        tree = (await client.get(f"{one}/tree", params={"limit": 2})).json()
        rest = (await client.get(f"{one}/tree", params={"cursor": tree["next_cursor"]})).json()
        assert rest["next_cursor"] is None
        assert tree["leaf_id"] == again["message"]["id"]
        nodes = [*tree["data"], *rest["data"]]
        question = first["user_message_id"]
        assert [(node["id"], node["parent_id"], node["role"]) for node in nodes] == [
            (again["message"]["id"], question, "assistant"),
            (first["message"]["id"], question, "assistant"),
            (question, None, "user"),
        ]
        assert (nodes[0]["excerpt"], nodes[0]["model"], nodes[0]["status"]) == (
            "Because of Rayleigh.",
            "b/b",
            "complete",
        )
        assert nodes[2]["excerpt"].startswith("Sky? na na")
        assert len(nodes[2]["excerpt"]) < 125


async def test_a_fork_has_its_own_copies_of_one_branch_and_says_where_it_came_from(house: House, ada: Scope) -> None:
    async with client_of(house, ada) as client:
        first = await asked(client, "Sky?")
        one, message = f"{CONVERSATIONS}/{first['conversation_id']}", first["message"]["id"]
        await client.patch(one, json={"system_prompt": "Be short.", "model": "test/a"})
        await client.post(f"{one}/messages/{message}/pin")
        await said(client, one, "And at night?")
        forked = await client.post(f"{one}/fork", json={"message_id": message, "title": "Elsewhere"})
        assert forked.status_code == 201, forked.text
        made = forked.json()
        assert (made["title"], made["system_prompt"], made["model"]) == ("Elsewhere", "Be short.", "test/a")
        assert (made["forked_from_id"], made["forked_at_id"]) == (first["conversation_id"], message)
        assert made["message_count"] == 2
        other = f"{CONVERSATIONS}/{made['id']}"
        before, after = (await shown(client, one))[:2], await shown(client, other)
        assert {said["id"] for said in before}.isdisjoint(said["id"] for said in after)
        for old, new in zip(before, after, strict=True):
            for name in ("role", "parts", "model", "status", "usage", "pinned", "created_at"):
                assert new[name] == old[name]
        await said(client, other, "Why?")
        assert words(house) == ["Sky?", "Because of Rayleigh.", "Why?"]
        assert len(await shown(client, one)) == 4
        await client.delete(one)
        assert len(await shown(client, other)) == 4, "it does not need the one that it came from"
        assert (await client.post(f"{other}/fork", json={})).json()["message_count"] == 4
        empty = (await client.post(CONVERSATIONS, json={"title": "Empty"})).json()["id"]
        assert (await client.post(f"{CONVERSATIONS}/{empty}/fork", json={})).json()["message_count"] == 0


async def test_a_message_is_deleted_with_all_that_follows_and_its_journals(house: House, ada: Scope) -> None:
    async with client_of(house, ada) as client:
        first = await asked(client, "Sky?")
        one, message = f"{CONVERSATIONS}/{first['conversation_id']}", first["message"]["id"]
        second = await said(client, one, "And at night?")
        again = (await client.post(f"{one}/messages/{second['message']['id']}/regenerate", json={})).json()
        edited = await said(client, one, "And in the evening?", parent_id=message)
        assert (await client.delete(f"{one}/messages/{edited['message']['id']}")).status_code == 204
        assert (await shown(client, one))[-1]["id"] == edited["user_message_id"]
        assert (await client.delete(f"{one}/messages/{edited['user_message_id']}")).status_code == 204
        assert (await shown(client, one))[-1]["id"] == again["message"]["id"], "what is newest beside it is shown"
        assert (await client.delete(f"{one}/messages/{second['user_message_id']}")).status_code == 204
        assert [said["id"] for said in await shown(client, one)] == [first["user_message_id"], message]
        for turn in (second, again, edited):
            assert (await client.get(f"/api/v1/turns/{turn['id']}")).status_code == 404
        assert (await client.get(f"/api/v1/turns/{first['id']}")).status_code == 200
        assert (await client.delete(f"{one}/messages/{first['user_message_id']}")).status_code == 204
        assert await shown(client, one) == []
        assert (await client.delete(f"{one}/messages/{message}")).json()["code"] == "message_not_found"
        await said(client, one, "Anew?")
        assert words(house) == ["Anew?"]


async def test_what_is_a_colleague_s_is_not_there(house: House, ada: Scope) -> None:
    async with client_of(house, ada) as client:
        first = await asked(client)
    one, message = f"{CONVERSATIONS}/{first['conversation_id']}", first["message"]["id"]
    async with client_of(house, someone(ada)) as client:
        for method, path, body in (
            ("GET", f"{one}/tree", None),
            ("GET", f"{one}/messages/{message}", None),
            ("GET", f"{one}/messages?branch={message}", None),
            ("PUT", f"{one}/branch", {"message_id": message}),
            ("POST", f"{one}/fork", {}),
            ("POST", f"{one}/messages/{message}/regenerate", {}),
            ("POST", f"{one}/messages/{message}/continue", {}),
            ("POST", f"{one}/messages/{message}/compare", {"models": ["a/a", "b/b"]}),
            ("POST", f"{one}/compare", {"models": ["a/a", "b/b"], "text": "Hi"}),
            ("DELETE", f"{one}/messages/{message}", None),
        ):
            answered = await client.request(method, path, json=body)
            assert (answered.status_code, answered.json()["code"]) == (404, "conversation_not_found"), path
