"""Conversations taken in: none twice, none of another's, none lost, and no money of it."""

import asyncio
import copy
import json
from contextlib import aclosing
from typing import Any

import pytest
from tests.conversations.house import someone
from tests.conversations.interchange.exports import EVERY, chatgpt, claude, librechat, said
from tests.conversations.interchange.offices import EXPORT, IMPORT, Office, bring, bring_file, counts, documents
from tests.conversations.interchange.reading import NOW, words

from chimera.conversations.interchange.documents import path_of
from chimera.conversations.interchange.items import Bounds
from chimera.kit.scope import Scope
from chimera.store import Database

ALL = [make() for makes in EVERY.values() for make in makes]


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


async def test_what_was_said_elsewhere_is_a_conversation_here_once(office: Office, ada: Scope) -> None:
    async with office.visited(ada) as http:
        told = await bring(http, *ALL)
        assert counts(told) == {"made": 7}
        assert told["sources"] == {"chatgpt": 1, "claude": 2, "open_webui": 2, "librechat": 2}
        listed = (await http.get("/api/v1/conversations")).json()["data"]
        assert sorted(one["title"] for one in listed) == sorted(["Skies"] * 4 + ["Again", "Old", "Flat"])
        [skies] = [one for one in listed if one["message_count"] == 9]
        assert (skies["created_at"], skies["model"]) == ("2023-11-14T22:13:20.123000Z", None)
        shown = (await http.get(f"/api/v1/conversations/{skies['id']}/messages")).json()["data"]
        assert [one["parts"][-1].get("text") for one in shown][-1] == "A cat."
        assert (shown[-1]["model"], shown[-1]["cost_usd"]) == ("gpt-4o", None)
        before = await documents(http)
        again = await bring(http, *reversed(ALL))
        assert (counts(again), again["messages"]) == ({"unchanged": 7}, 0)
        assert await documents(http) == before
    acts = [act for act in office.trail.acts if act.name == "conversations.imported"]
    assert [act.details["made"] for act in acts] == [7, 0]
    assert acts[0].details["sources"] == "chatgpt, claude, librechat, open_webui"


async def test_a_conversation_that_grew_there_grows_here_and_stays_where_it_was_continued_here(
    office: Office, ada: Scope
) -> None:
    grown = chatgpt()
    grown["mapping"]["a3"]["children"] = ["q4"]
    grown["mapping"]["q4"] = {"id": "q4", "message": said("user", "More?"), "parent": "a3", "children": []}
    grown |= {"current_node": "q4", "update_time": 1_700_009_000.0}
    async with office.visited(ada) as http:
        await bring(http, chatgpt())
        [was] = await documents(http)
        told = await bring(http, grown)
        assert (counts(told), told["messages"]) == ({"extended": 1}, 1)
        [now] = await documents(http)
        assert {one.id for one in was.messages} < {one.id for one in now.messages}
        assert words(path_of(now)[-1]) == ["More?"]
        assert now.updated_at.timestamp() == 1_700_009_000
        assert counts(await bring(http, grown)) == {"unchanged": 1}
        # An older file takes nothing back.
        assert counts(await bring(http, chatgpt())) == {"unchanged": 1}
        assert (await documents(http))[0].leaf_id == now.leaf_id


async def test_what_was_deleted_here_comes_again_only_when_it_is_asked_for(office: Office, ada: Scope) -> None:
    async with office.visited(ada) as http:
        await bring(http, chatgpt(), claude())
        [first, _] = (await http.get("/api/v1/conversations")).json()["data"]
        assert (await http.delete(f"/api/v1/conversations/{first['id']}")).status_code == 204
        assert counts(await bring(http, chatgpt(), claude())) == {"unchanged": 1, "deleted": 1}
        assert counts(await bring(http, chatgpt(), claude(), again=True)) == {"unchanged": 1, "made": 1}
        assert counts(await bring(http, chatgpt(), claude())) == {"unchanged": 2}
        assert len(await documents(http)) == 2


async def test_everybody_has_their_own_even_of_the_same_file(office: Office, ada: Scope) -> None:
    others = [someone(ada), someone()]
    async with office.visited(ada) as http:
        await bring(http, chatgpt())
        mine = await documents(http)
    for other in others:
        async with office.visited(other) as http:
            assert counts(await bring(http, chatgpt())) == {"made": 1}
            [theirs] = await documents(http)
            assert theirs.id != mine[0].id
            assert not {one.id for one in theirs.messages} & {one.id for one in mine[0].messages}
            found = await http.get(f"/api/v1/conversations/{mine[0].id}/export")
            assert (found.status_code, found.json()["code"]) == (404, "conversation_not_found")
            # A file that names another's conversation reaches nothing of it.
            stolen = json.dumps({"title": "Mine", "id": mine[0].id, "mapping": chatgpt()["mapping"]})
            assert counts(await bring_file(http, stolen.encode())) == {"made": 1}


async def test_one_file_taken_in_twice_at_once_makes_nothing_twice(office: Office, ada: Scope) -> None:
    other = Office(office.database)
    async with office.visited(ada) as one, other.visited(ada) as two:
        told = await asyncio.gather(bring(one, *ALL), bring(two, *ALL))
        assert sum(one["made"] for one in told) == 7
        assert len(await documents(one)) == 7


async def test_one_person_brings_one_file_at_a_time(office: Office, ada: Scope) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def slowly() -> Any:
        yield b"["
        begun.set()
        await may_end.wait()
        yield json.dumps(claude()).encode() + b"]"

    first = asyncio.create_task(office.imports.take(ada, slowly(), again=False))
    await begun.wait()
    async with office.visited(ada) as http, office.visited(someone(ada)) as another:
        refused = await http.post(IMPORT, content=b"[]")
        assert (refused.status_code, refused.json()["code"]) == (409, "import_in_progress")
        assert counts(await bring(another, claude())) == {"made": 1}
        may_end.set()
        assert (await first).outcomes["made"] == 1
        assert counts(await bring(http, claude())) == {"unchanged": 1}


async def test_a_reader_of_events_hears_how_far_a_file_is_and_what_became_of_it(office: Office, ada: Scope) -> None:
    events = {"accept": "text/event-stream"}
    async with office.visited(ada) as http:
        answer = await http.post(IMPORT, content=json.dumps(ALL).encode(), headers=events)
        told = _events(answer.text)
        assert (told[0][0], told[-1][0]) == ("import.progress", "import.finished")
        assert counts(told[0][1]) == {}
        assert counts(told[-1][1]) == {"made": 7}
        assert told[-1][1]["sources"]["claude"] == 2
        [(name, problem)] = _events((await http.post(IMPORT, content=b"{}", headers=events)).text)[1:]
        assert (name, problem["code"], problem["status"]) == ("import.failed", "import_format_unknown", 400)
        some = [one["id"] for one in (await http.get("/api/v1/conversations")).json()["data"]][:2]
        exported = await http.get(EXPORT, params={"conversation_id": some})
        assert sorted(json.loads(line)["id"] for line in exported.text.splitlines()) == sorted(some)
    small = Office(office.database, Bounds(file_bytes=100, conversation_bytes=100))
    async with small.visited(ada) as http:
        refused = await http.post(IMPORT, content=b" " * 101, headers=events)
        assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")


async def test_whoever_leaves_keeps_what_came_in_and_may_come_again(office: Office, ada: Scope) -> None:
    async def pieces() -> Any:
        yield json.dumps(ALL).encode()

    async with aclosing(office.imports.follow(ada, pieces(), again=False)) as states:
        async for state in states:
            if state.outcomes["made"] == 2:
                break
    assert [act.details["made"] for act in office.trail.acts] == [2]
    async with office.visited(ada) as http:
        assert counts(await bring(http, *ALL)) == {"unchanged": 2, "made": 5}


def _events(body: str) -> list[tuple[str, dict[str, Any]]]:
    frames = [dict(line.split(": ", 1) for line in block.splitlines()) for block in body.strip().split("\n\n")]
    return [(frame["event"], json.loads(frame["data"])) for frame in frames]


@pytest.mark.parametrize("content", [b"", b"[]", b"hello", b'{"a": 1}', b"[{]", b"PK\x03\x04 no"])
async def test_a_file_of_nothing_is_refused(office: Office, ada: Scope, content: bytes) -> None:
    async with office.visited(ada) as http:
        refused = await http.post(IMPORT, content=content)
        assert refused.status_code == 400
        assert refused.json()["code"] in {"import_format_unknown", "import_archive_invalid"}


async def test_failures_and_warnings_are_told_and_bounded(office: Office, ada: Scope) -> None:
    odd = claude("odd")
    async with office.visited(ada) as http:
        told = await bring(http, odd, *({"mapping": {}, "title": f"Empty {n}"} for n in range(150)), {"x": 1})
        assert (told["made"], told["failed"], len(told["failures"])) == (1, 151, 100)
        assert told["failures"][0] == {
            "file": "",
            "number": 2,
            "id": "",
            "title": "Empty 0",
            "code": "empty",
            "detail": "It has no messages that anybody would see.",
        }
        [warning] = told["warnings"]
        assert (warning["title"], warning["number"]) == ("Skies", 1)
        assert "hologram" in warning["detail"]


async def test_a_file_that_is_too_large_is_refused(database: Database, ada: Scope) -> None:
    small = Office(database, Bounds(file_bytes=1_000, conversation_bytes=1_000))
    async with small.visited(ada) as http:
        refused = await http.post(IMPORT, content=b"[" + b" " * 1_000)
        assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")


async def test_ids_that_collide_stay_apart(office: Office, ada: Scope) -> None:
    """Everywhere a first message is called `q`; and one id means another conversation in another house."""
    same = [librechat("same"), claude("same"), chatgpt("same"), librechat("other")]
    async with office.visited(ada) as http:
        assert counts(await bring(http, *same)) == {"made": 4}
        found = await documents(http)
        messages = [one.id for document in found for one in document.messages]
        assert len(messages) == len(set(messages))


async def test_our_own_export_comes_back_whole_elsewhere_and_changes_nothing_at_home(
    office: Office, ada: Scope
) -> None:
    async with office.visited(ada) as http, office.visited(someone()) as elsewhere:
        await bring(http, *ALL)
        content = (await http.get(EXPORT)).content
        assert counts(await bring_file(http, content)) == {"unchanged": 7}
        assert counts(await bring_file(elsewhere, content)) == {"made": 7}
        mine, theirs = await documents(http), await documents(elsewhere)
        assert [_without_ids(one) for one in theirs] == [_without_ids(one) for one in mine]
        assert counts(await bring_file(elsewhere, content)) == {"unchanged": 7}
        # A backup brings back what is gone.
        for one in mine[:2]:
            await http.delete(f"/api/v1/conversations/{one.id}")
        assert counts(await bring_file(http, content, again=True)) == {"unchanged": 5, "made": 2}
        back = {json.dumps(_without_ids(one), default=str) for one in await documents(http)}
        assert back == {json.dumps(_without_ids(one), default=str) for one in mine}


def _without_ids(document: Any) -> Any:
    """The tree with places instead of ids."""
    places = {one.id: place for place, one in enumerate(document.messages)}
    told = [
        (places[one.id], places.get(one.parent_id), one.role, one.parts, one.created_at, one.model, one.status)
        for one in document.messages
    ]
    return document.title, document.created_at, document.updated_at, places.get(document.leaf_id), told


async def test_a_file_of_a_later_version_is_refused_conversation_by_conversation(office: Office, ada: Scope) -> None:
    async with office.visited(ada) as http:
        await bring(http, claude())
        own = json.loads((await http.get(EXPORT)).content)
        later, broken = own | {"version": 2, "id": "x"}, copy.deepcopy(own) | {"id": "y"}
        broken["messages"][0]["role"] = "system"
        told = await bring(http, later, broken, claude())
        assert counts(told) == {"unchanged": 1, "failed": 2}
        assert [one["code"] for one in told["failures"]] == ["invalid", "invalid"]
        assert "version 2" in told["failures"][0]["detail"]
        assert "messages[0].role" in told["failures"][1]["detail"]


async def test_nothing_is_later_than_now(office: Office, ada: Scope) -> None:
    late = chatgpt() | {"create_time": 7e9, "update_time": 7.1e9}
    async with office.visited(ada) as http:
        await bring(http, late)
        [found] = await documents(http)
        assert (found.created_at, found.updated_at) == (NOW, NOW)
