"""The HTTP API: shapes, statuses and refusals."""

import asyncio
import base64
import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

import pytest
from tests.conversations.house import STARTED, House, Model, Tasks, answer, someone, texts
from tests.conversations.served import application, client_of
from tests.sealing import connect_with_keys

from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import ProviderRateLimitError
from chimera.store import Database

PICTURE = "data:image/png;base64," + base64.b64encode(b"\x89PNG").decode()
CONVERSATIONS = "/api/v1/conversations"


@pytest.fixture
def house(database: Database, tasks: Tasks) -> House:
    return House(database=database, tasks=tasks, model=Model(*answer("Because ", "of Rayleigh.")))


@pytest.fixture
async def sqlite_house(sqlite_url: str, tasks: Tasks) -> AsyncGenerator[House]:
    """For refusals that never reach the database."""
    async with connect_with_keys(sqlite_url) as opened:
        yield House(database=opened, tasks=tasks, model=Model())


async def test_a_conversation_from_its_beginning_to_its_end(house: House, ada: Scope) -> None:
    async with client_of(house, ada) as client:
        made = await client.post(CONVERSATIONS, json={"title": "Skies", "model": "m", "temperature": 0.5})
        assert made.status_code == 201
        body = made.json()
        assert set(body) == {
            "id", "title", "model", "system_prompt", "temperature", "fallback_model", "prompt", "persona",
            "created_at", "updated_at", "message_count", "active_turn_id", "has_panel",
            "active_turn_ids", "forked_from_id", "forked_at_id",
            "folder_id", "tags", "pinned", "archived", "temporary", "titled_by", "steps", "state", "state_since",
        }  # fmt: skip
        assert body["created_at"].endswith("Z")
        one = f"{CONVERSATIONS}/{body['id']}"

        said = await client.post(f"{one}/messages", json={"text": "Why is the sky blue?", "images": [PICTURE]})
        assert said.status_code == 201
        turn = said.json()
        assert (turn["status"], turn["error"], turn["conversation_id"]) == ("completed", None, body["id"])
        assert turn["message"]["parts"] == [{"type": "text", "text": "Because of Rayleigh."}]
        assert turn["message"]["usage"] == {
            "input_tokens": 7, "output_tokens": 3, "cached_tokens": 2, "reasoning_tokens": 1,
        }  # fmt: skip
        assert (await client.get(f"/api/v1/turns/{turn['id']}")).json() == turn

        page = (await client.get(f"{one}/messages")).json()
        assert page["has_more"] is False
        asked, answered = page["data"]
        assert asked["parts"] == [
            {"type": "image", "url": PICTURE},
            {"type": "text", "text": "Why is the sky blue?"},
        ]
        assert (answered.pop("siblings"), answered.pop("sibling_index")) == ([answered["id"]], 0)
        assert (answered, answered["parent_id"]) == (turn["message"], asked["id"])

        renamed = await client.patch(one, json={"title": "Blau 🔵"})
        assert (renamed.json()["title"], renamed.json()["model"], renamed.json()["message_count"]) == (
            "Blau 🔵",
            "m",
            2,
        )
        listed = (await client.get(CONVERSATIONS, params={"q": "BLAU"})).json()
        assert ([item["id"] for item in listed["data"]], listed["next_cursor"]) == ([body["id"]], None)

        assert (await client.delete(one)).status_code == 204
        gone = await client.get(one)
        assert (gone.status_code, gone.json()["code"]) == (404, "conversation_not_found")
        assert gone.headers["content-type"] == "application/problem+json"


async def test_chat_makes_a_conversation_or_goes_on_with_one(house: House, ada: Scope) -> None:
    async with client_of(house, ada) as client:
        asked = {"message": "Why?", "system_prompt": "Be brief.", "model": "m", "max_tokens": 5}
        first = (await client.post("/api/v1/chat", json=asked)).json()
        made = (await client.get(f"{CONVERSATIONS}/{first['conversation_id']}")).json()
        assert (made["title"], made["system_prompt"], made["model"]) == ("Why?", "Be brief.", "m")
        again = {"message": "And?", "conversation_id": first["conversation_id"]}
        second = (await client.post("/api/v1/chat", json=again)).json()
        assert second["conversation_id"] == first["conversation_id"]
        assert len(house.model.calls[-1].request.messages) == 3


async def test_a_failed_turn_is_told_as_a_problem_inside_the_turn(house: House, ada: Scope) -> None:
    house.model.steps = (
        STARTED,
        *texts("Half"),
        ProviderRateLimitError("Slow down.", provider="test", retry_after_s=3),
    )
    async with client_of(house, ada) as client:
        told = await client.post("/api/v1/chat", json={"message": "Why?"}, headers={"x-request-id": "r1"})
        turn = told.json()
    assert (told.status_code, turn["status"]) == (201, "failed")
    assert turn["error"] == {
        "type": "about:blank", "title": "Too Many Requests", "status": 429, "detail": "Slow down.",
        "code": "provider_rate_limited", "request_id": "r1", "retry_after_s": 3.0,
    }  # fmt: skip
    assert turn["message"]["error"] == {"code": "provider_rate_limited", "detail": "Slow down."}
    assert turn["message"]["parts"] == [{"type": "text", "text": "Half"}]


async def test_a_second_message_meets_a_conflict_until_the_first_is_stopped(house: House, ada: Scope) -> None:
    house.model.steps = (asyncio.Event(),)
    taken = await house.ask(ada)
    one = f"{CONVERSATIONS}/{taken.turn.conversation_id}"
    async with client_of(house, ada) as client:
        refused = await client.post(f"{one}/messages", json={"text": "Now?"})
        assert (refused.status_code, refused.json()["code"]) == (409, "turn_in_progress")
        assert (await client.get(one)).json()["active_turn_id"] == str(taken.turn.id)
        stopped = await client.post(f"/api/v1/turns/{taken.turn.id}/stop")
        assert (stopped.status_code, stopped.json()["id"]) == (202, str(taken.turn.id))
        assert (await house.end(ada, taken)).turn.status == "stopped"


async def test_another_s_ids_are_not_found_on_any_endpoint(house: House, ada: Scope) -> None:
    taken = await house.ask(ada)
    await house.end(ada, taken)
    one, turn = f"{CONVERSATIONS}/{taken.turn.conversation_id}", f"/api/v1/turns/{taken.turn.id}"
    for other in (someone(), someone(ada)):
        async with client_of(house, other) as client:
            answers = [
                await client.get(one),
                await client.patch(one, json={"title": "mine"}),
                await client.delete(one),
                await client.get(f"{one}/messages"),
                await client.post(f"{one}/messages", json={"text": "Hi"}),
                await client.post(f"{one}/messages", json={"text": "Hi", "stream": True}),
                await client.post(
                    "/api/v1/chat", json={"message": "Hi", "conversation_id": str(taken.turn.conversation_id)}
                ),
                await client.get(turn),
                await client.get(f"{turn}/events"),
                await client.post(f"{turn}/stop"),
            ]
        assert [answer.status_code for answer in answers] == [404] * len(answers)
        codes = {answer.json()["code"] for answer in answers}
        assert codes == {"conversation_not_found", "turn_not_found"}
    assert (await house.conversations.get(ada, taken.turn.conversation_id)).row.title == "Why is the sky blue?"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": ""}, "text"),
        ({"text": " \n"}, "text"),
        ({"text": "half \ud83d"}, "text"),
        ({"text": "Hi", "fallback_model": "\udfff"}, "fallback_model"),
        ({"text": 5}, "text"),
        ({"text": "x" * 200_001}, "text"),
        ({"text": "Hi", "temperature": 2.1}, "temperature"),
        ({"text": "Hi", "temperature": -0.1}, "temperature"),
        ({"text": "Hi", "max_tokens": 0}, "max_tokens"),
        ({"text": "Hi", "max_tokens": 2**40}, "max_tokens"),
        ({"text": "Hi", "model": ""}, "model"),
        ({"text": "Hi", "model": "a\x00b"}, "model"),
        ({"text": "Hi", "images": ["https://example.com/a.png"]}, "images.0"),
        ({"text": "Hi", "images": ["data:image/svg+xml;base64,aGk="]}, "images.0"),
        ({"text": "Hi", "images": ["data:image/png;base64,***"]}, "images.0"),
        ({"text": "Hi", "images": ["data:image/png;base64,"]}, "images.0"),
        ({"text": "Hi", "images": ["data:image/png;base64," + "A" * 14_000_000]}, "images.0"),
        ({"text": "Hi", "images": [PICTURE] * 11}, "images"),
        ({"text": "Hi", "surprise": 1}, "surprise"),
    ],
)
async def test_a_malformed_message_is_refused_with_the_field_that_is_wrong(
    sqlite_house: House, ada: Scope, body: dict[str, Any], field: str
) -> None:
    async with client_of(sqlite_house, ada) as client:
        refused = await client.post(
            f"{CONVERSATIONS}/{new_id()}/messages",
            content=json.dumps(body),
            headers={"content-type": "application/json"},
        )
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (422, "invalid_request")
    assert field in [error["field"] for error in problem["errors"]]


async def test_any_text_that_json_can_say_is_kept_as_it_is(house: House, ada: Scope) -> None:
    said = 'zero \x00 quote " backslash \\ emoji 👩\u200d🔬 line\u2028end'
    async with client_of(house, ada) as client:
        turn = (await client.post("/api/v1/chat", json={"message": said})).json()
        messages = (await client.get(f"{CONVERSATIONS}/{turn['conversation_id']}/messages")).json()
    assert messages["data"][0]["parts"] == [{"type": "text", "text": said}]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "cursor=nonsense", "cursor=%00", "q=%00", "q=" + "x" * 201]
)
async def test_a_malformed_query_is_refused(house: House, ada: Scope, query: str) -> None:
    async with client_of(house, ada) as client:
        refused = await client.get(f"{CONVERSATIONS}?{query}")
    assert refused.status_code in {400, 422}
    assert refused.json()["code"] == "invalid_request"


async def test_pages_can_be_walked_to_the_end(house: House, ada: Scope) -> None:
    async with client_of(house, ada) as client:
        made = [(await client.post(CONVERSATIONS, json={"title": f"{n}"})).json()["id"] for n in range(5)]
        seen: list[str] = []
        query: dict[str, str] = {"limit": "2"}
        while True:
            page = (await client.get(CONVERSATIONS, params=query)).json()
            seen += [item["id"] for item in page["data"]]
            if page["next_cursor"] is None:
                break
            query["cursor"] = page["next_cursor"]
    assert seen == made[::-1]


async def test_without_any_model_it_says_so(house: House, ada: Scope) -> None:
    house.default_model = None
    async with client_of(house, ada) as client:
        refused = await client.post("/api/v1/chat", json={"message": "Hi"})
    assert (refused.status_code, refused.json()["code"]) == (400, "model_required")


async def test_who_may_not_chat_is_refused_everywhere(sqlite_house: House, ada: Scope) -> None:
    no_chatter = replace(ada, permissions=frozenset({"models:read"}))
    async with client_of(sqlite_house, no_chatter) as client:
        answers = [
            await client.get(CONVERSATIONS),
            await client.post("/api/v1/chat", json={"message": "Hi"}),
            await client.get(f"/api/v1/turns/{new_id()}/events"),
        ]
    assert [answer.status_code for answer in answers] == [403] * 3


async def test_every_operation_is_described(house: House, ada: Scope) -> None:
    described = application(house).openapi()
    operations = [op for path in described["paths"].values() for op in path.values()]
    assert len(operations) == 31
    assert all(op["description"] or op["summary"] for op in operations)
    taken = described["paths"]["/api/v1/chat"]["post"]["responses"]
    assert "Problem" in described["components"]["schemas"]
    assert "text/event-stream" in taken["200"]["content"]
    assert "application/problem+json" in taken["409"]["content"]
    assert taken["201"]["content"]["application/json"]["schema"]["$ref"].endswith("/TurnRead")
