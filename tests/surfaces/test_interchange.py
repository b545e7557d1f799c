"""Conversations as files through the whole server: out of one account, into another, and larger than other bodies."""

import base64
import json
from pathlib import Path
from typing import Any

import httpx2
from tests.conversations.interchange.exports import PNG, chatgpt, claude
from tests.fakes import Answer, FakeUpstream
from tests.serving import Running, provider_environment, running
from tests.surfaces.people import colleague_of
from tests.surfaces.requirements import requirement

ROOT = "/api/v1/conversations"
PICTURE = "data:image/png;base64," + base64.b64encode(PNG).decode()


@requirement("interchange.served")
async def test_conversations_leave_as_files_and_come_back_whole(
    fake: FakeUpstream, sqlite_url: str, tmp_path: Path
) -> None:
    flags = {"data_dir": tmp_path, "max_body_mb": 1, "max_import_mb": 3}
    async with (
        running(sqlite_url, provider_environment(fake), flags) as server,
        httpx2.AsyncClient(base_url=server.url, headers=server.headers, timeout=30) as mine,
    ):
        fake.say(Answer(text="Because of Rayleigh.", reasoning="Short waves."))
        told = await _all_that_a_conversation_may_hold(mine)
        [taken] = await _at_a_colleague_s(server, told)
        assert (taken["model"], taken["fallback_model"]) == (told["model"], told["fallback_model"])
        assert _shape(taken) == _shape(told)
        await _is_larger_than_other_bodies(mine)
        await _is_found_among_all_that_was_said(mine)
        await _is_told_to_the_trail(mine)


async def _all_that_a_conversation_may_hold(http: httpx2.AsyncClient) -> dict[str, Any]:
    profile = {"title": "Skies", "model": "openai/gpt-5", "system_prompt": "Be brief.", "temperature": 0.5}
    talk = (await http.post(ROOT, json=profile | {"fallback_model": "openai/gpt-4o"})).json()["id"]
    said = await http.post(f"{ROOT}/{talk}/messages", json={"text": "Why?\x00", "images": [PICTURE]})
    assert said.status_code == 201, said.text
    await http.post(f"{ROOT}/{talk}/messages/{said.json()['message']['id']}/pin")
    seats: dict[str, Any] = {
        "participants": [{"handle": "Ada", "model": "openai/gpt-5"}],
        "policy": {"kind": "round_robin"},
    }
    seats["limits"] = {"rounds": 1}
    await http.put(f"{ROOT}/{talk}/panel", json=seats)
    spoken = await http.post(f"{ROOT}/{talk}/panel/run", json={"text": "And you?"})
    assert spoken.status_code == 201, spoken.text
    answer = await http.get(f"{ROOT}/{talk}/export")
    assert answer.headers["content-disposition"] == f'attachment; filename="{talk}.json"'
    told: dict[str, Any] = answer.json()
    assert (told["format"], told["version"], told["id"]) == ("chimera.conversation", 1, talk)
    assert len(told["messages"]) == 4
    first, answered, _, speech = told["messages"]
    assert sorted(part["type"] for part in first["parts"]) == ["image", "text"]
    assert answered["pinned"] is True
    assert answered["usage"]["input_tokens"] > 0
    assert speech["speech"]["handle"] == "Ada"
    return told


async def _at_a_colleague_s(server: Running, told: dict[str, Any]) -> list[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {await colleague_of(server)}"}
    async with httpx2.AsyncClient(base_url=server.url, headers=headers, timeout=30) as theirs:
        taken = await theirs.post(f"{ROOT}/import", json=told)
        assert taken.status_code == 200, taken.text
        assert (taken.json()["made"], taken.json()["messages"]) == (1, 4)
        lines = (await theirs.get(f"{ROOT}/export")).text.splitlines()
        panel = (await theirs.get(f"{ROOT}/{json.loads(lines[0])['id']}/panel")).json()
        assert panel["participants"][0]["handle"] == "Ada"
        return [json.loads(line) for line in lines]


def _shape(told: dict[str, Any]) -> dict[str, Any]:
    """All of it but for ids, which are made anew wherever it comes."""
    places = {one["id"]: place for place, one in enumerate(told["messages"])}
    whole = {name: value for name, value in told.items() if name not in {"id", "leaf_id", "messages"}}
    whole["leaf"] = places[told["leaf_id"]]
    messages = []
    for one in told["messages"]:
        kept = {name: value for name, value in one.items() if name not in {"id", "parent_id", "turn_id", "context"}}
        context = {name: value for name, value in (one.get("context") or {}).items() if not _names(value)}
        messages.append(kept | {"parent": places.get(one.get("parent_id")), "context": context})
    return whole | {"messages": messages}


def _names(value: object) -> bool:
    return isinstance(value, list | str) and bool(value)


async def _is_larger_than_other_bodies(http: httpx2.AsyncClient) -> None:
    large = chatgpt(title="Large")
    large["mapping"]["a1"]["message"]["content"]["parts"] = ["x" * 1_500_000]
    answer = await http.post(f"{ROOT}/import", content=json.dumps([large, claude()]).encode())
    assert (answer.status_code, answer.json()["made"]) == (200, 2), answer.text
    refused = await http.post(f"{ROOT}/import", content=b"[" + b" " * 3_200_000)
    assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")


async def _is_found_among_all_that_was_said(http: httpx2.AsyncClient) -> None:
    found = await http.get("/api/v1/search", params={"q": "green"})
    assert found.status_code == 200, found.text
    assert "green" in found.text


async def _is_told_to_the_trail(http: httpx2.AsyncClient) -> None:
    acts = (await http.get("/api/v1/audit", params={"act": "conversations.*"})).json()["data"]
    assert {one["act"] for one in acts} == {"conversations.imported", "conversations.exported"}
    assert not [one for one in acts if "Skies" in one["details"]]
