"""The library over HTTP: prompts in versions under labels, shared with whom one says, and rendered."""

from pathlib import Path
from typing import Any

import httpx2
from tests.fakes import FakeUpstream
from tests.serving import Running, provider_environment, running
from tests.surfaces.people import colleague_of, stranger_to
from tests.surfaces.requirements import requirement

PROMPT: dict[str, Any] = {
    "name": "City guide",
    "description": "Tells of a city.",
    "tags": ["Travel"],
    "command": "guide",
    "text": "Tell of {{ city }}.",
    "sections": {"identity": "You are a guide.", "constraints": ["No prices."]},
    "examples": [{"input": "{{ city }}?", "output": "Old."}],
    "variables": [{"name": "city", "choices": ["Rome", "Oslo"]}],
}
PREVIEW: dict[str, Any] = {
    "text": "Tell of {{ city }}.",
    "variables": [{"name": "city"}],
    "values": {"city": "Rome"},
}
PROMPTS = "/api/v1/prompts"


@requirement("prompts.served")
async def test_the_library_over_http(fake: FakeUpstream, sqlite_url: str, tmp_path: Path) -> None:
    async with (
        running(sqlite_url, provider_environment(fake, "openai"), {"data_dir": tmp_path}) as server,
        httpx2.AsyncClient(base_url=server.url, headers=server.headers, timeout=30) as http,
    ):
        made = await http.post(PROMPTS, json=PROMPT)
        assert made.status_code == 201, made.text
        path = f"{PROMPTS}/{made.json()['id']}"
        await _says_what_it_should(http, path)
        await _goes_on_in_versions(http, path)
        await _is_found(http, path)
        await _is_shared(server, http, path)
        await _tells_the_trail(http)


async def _says_what_it_should(http: httpx2.AsyncClient, path: str) -> None:
    said = await http.post(f"{path}/render", json={"variables": {"city": "Rome"}})
    assert said.json() == {
        "text": "You are a guide.\n\nTell of Rome.\n\n## Constraints\n- No prices.\n\n## Examples\n<example>\n<input>\n"
        "Rome?\n</input>\n<output>\nOld.\n</output>\n</example>",
        "version": 1,
    }
    for variables in ({}, {"city": "Bonn"}, {"city": "Rome", "town": "x"}):
        refused = await http.post(f"{path}/render", json={"variables": variables})
        assert (refused.status_code, refused.json()["code"]) == (400, "prompt_variables_invalid")
    for text in ("{{ nobody }}", "{{ city.__class__() }}", "{{ city"):
        for kept, body in ((PROMPTS, PROMPT | {"text": text}), (f"{PROMPTS}/preview", PREVIEW | {"text": text})):
            refused = await http.post(kept, json=body)
            assert (refused.status_code, refused.json()["code"]) == (400, "prompt_template_invalid")
            assert refused.json()["detail"].startswith("text, line 1: ")
    assert (await http.post(f"{PROMPTS}/preview", json=PREVIEW)).json() == {"text": "Tell of Rome."}


async def _goes_on_in_versions(http: httpx2.AsyncClient, path: str) -> None:
    async def labelled(name: str, *versions: dict[str, int], **more: int) -> httpx2.Response:
        return await http.put(f"{path}/labels/{name}", json={"versions": versions, **more})

    async def now(**asked: object) -> int:
        answer = await http.post(f"{path}/render", json={"variables": {"city": "Oslo"}, **asked})
        return int(answer.json()["version"])

    assert (await labelled("production", {"version": 1})).json()["revision"] == 2
    second = {name: PROMPT[name] for name in ("examples", "variables")} | {
        "text": "Praise {{ city }}.",
        "note": "Nicer",
    }
    stale = await http.post(f"{path}/versions", json=second | {"expected_revision": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "prompt_changed")
    assert (await http.post(f"{path}/versions", json=second | {"expected_revision": 2})).json()["version"] == 2
    assert (await now(), await now(label="latest"), await now(version=2)) == (1, 2, 2)
    diff = (await http.get(f"{path}/diff", params={"before": 1, "after": 2})).json()["diff"].splitlines()
    assert diff[:2] == ["--- version 1", "+++ version 2"]
    assert {"-Tell of {{ city }}.", "+Praise {{ city }}."} < set(diff)

    await labelled("production", {"version": 2})
    assert await now() == 2
    await labelled("production", {"version": 1})
    assert await now() == 1, "going back is moving the label"
    await labelled("staging", {"version": 1, "weight": 1}, {"version": 2, "weight": 1})
    drawn = [await now(label="staging", lot=f"user {number}") for number in range(12)]
    assert set(drawn) == {1, 2}
    assert drawn == [await now(label="staging", lot=f"user {number}") for number in range(12)]
    assert (await labelled("production", {"version": 9})).json()["code"] == "prompt_version_not_found"
    assert (await labelled("latest", {"version": 1})).json()["code"] == "invalid_request"
    assert (await http.delete(f"{path}/labels/staging")).status_code == 200
    gone = await http.post(f"{path}/render", json={"label": "staging", "variables": {"city": "Oslo"}})
    assert (gone.status_code, gone.json()["code"]) == (404, "prompt_label_not_found")
    kept = (await http.get(f"{path}/versions", params={"limit": 1})).json()
    assert (kept["has_more"], kept["data"][0]["note"]) == (True, "Nicer")
    assert (await http.get(f"{path}/versions/1")).json()["sections"]["identity"] == "You are a guide."


async def _is_found(http: httpx2.AsyncClient, path: str) -> None:
    await http.post(PROMPTS, json={"name": "Ledger", "text": "Add up."})
    renamed = await http.patch(path, json={"name": "Town guide", "tags": ["travel", "towns"]})
    assert (renamed.json()["name"], renamed.json()["newest"]["version"]) == ("Town guide", 2)
    for asked, names in (
        ({}, ["Town guide", "Ledger"]),
        ({"q": "TELLS town"}, ["Town guide"]),
        ({"tag": "TOWNS"}, ["Town guide"]),
        ({"command": "guide"}, ["Town guide"]),
        ({"q": "nothing"}, []),
    ):
        found = (await http.get(PROMPTS, params=asked)).json()["data"]
        assert [one["name"] for one in found] == names, asked


async def _is_shared(server: Running, http: httpx2.AsyncClient, path: str) -> None:
    me = (await http.get("/api/v1/session")).json()["user"]["id"]
    group = (await http.post("/api/v1/groups", json={"name": "guides"})).json()["id"]
    keys = [await colleague_of(server), await stranger_to(server)]
    colleague, stranger = (
        httpx2.AsyncClient(base_url=server.url, headers={"Authorization": f"Bearer {key}"}, timeout=30) for key in keys
    )
    async with colleague, stranger:
        theirs = (await colleague.get("/api/v1/session")).json()["user"]["id"]
        assert (await colleague.get(path)).status_code == 404, "what is private is nobody else's"
        refused = await http.patch(path, json={"sharing": "groups", "group_ids": [group]})
        assert refused.json()["code"] == "invalid_request", "one does not share with groups of others"
        await _join(http, group, me)
        shared = await http.patch(path, json={"sharing": "groups", "group_ids": [group]})
        assert (shared.status_code, shared.json()["group_ids"]) == (200, [group]), shared.text
        assert (await colleague.get(path)).status_code == 404
        await _join(http, group, theirs)
        seen = await colleague.get(path)
        assert (seen.status_code, seen.json()["editable"]) == (200, False)
        forbidden = await colleague.patch(path, json={"name": "mine now"})
        assert (forbidden.status_code, forbidden.json()["code"]) == (403, "permission_denied")
        copy = (await colleague.post(f"{path}/copy")).json()
        assert (copy["owner_id"], copy["sharing"], copy["newest"]["text"]) == (theirs, "private", "Praise {{ city }}.")
        ours = (await http.patch(path, json={"sharing": "organisation"})).json()
        assert (ours["owner_id"], ours["group_ids"]) == (None, []), "what all share is the organisation's"
        assert (await colleague.patch(path, json={"description": "Ours."})).status_code == 200
        assert (await stranger.get(path)).status_code == 404
        assert (await stranger.get(PROMPTS)).json()["data"] == []
        member = await _member(colleague)
        async with httpx2.AsyncClient(base_url=server.url, headers=member, timeout=30) as less:
            assert (await less.get(path)).json()["editable"] is False
            for body in ({"name": "a", "text": "b", "sharing": "organisation"},):
                assert (await less.post(PROMPTS, json=body)).json()["code"] == "permission_denied"
        assert (await http.delete(path)).status_code == 204
        assert (await colleague.get(path)).status_code == 404


async def _join(http: httpx2.AsyncClient, group: str, user: str) -> None:
    assert (await http.put(f"/api/v1/groups/{group}/members/{user}")).is_success


async def _member(http: httpx2.AsyncClient) -> dict[str, str]:
    """A key that may chat and no more."""
    key = (await http.post("/api/v1/keys", json={"name": "less", "permissions": ["chat"]})).json()["key"]
    return {"Authorization": f"Bearer {key}"}


async def _tells_the_trail(http: httpx2.AsyncClient) -> None:
    entries = (await http.get("/api/v1/audit", params={"limit": 100})).json()["data"]
    acts = {entry["act"] for entry in entries if entry["act"].startswith("prompt.")}
    made = {"created", "version_added", "label_moved", "label_deleted", "changed", "copied", "deleted"}
    assert acts == {f"prompt.{act}" for act in made}


@requirement("prompts.used")
async def test_conversations_and_panels_with_prompts_and_personas(
    fake: FakeUpstream, sqlite_url: str, tmp_path: Path
) -> None:
    flags = {"data_dir": tmp_path, "models": [{"id": MODEL} | RATES]}
    async with (
        running(sqlite_url, provider_environment(fake, "openai"), flags) as server,
        httpx2.AsyncClient(base_url=server.url, headers=server.headers, timeout=30) as http,
    ):
        prompt = (await http.post(PROMPTS, json=CITY)).json()["id"]
        await http.post(f"{PROMPTS}/{prompt}/versions", json=CITY_BODY | {"text": "Praise {{ city }}."})
        await _answers_with_it(http, fake, prompt)
        await _divides_conversations(http, prompt)
        await _plays_a_persona(http, fake, prompt)
        await _sits_on_a_panel(http, fake, prompt)


MODEL = "openai/some-model"
RATES = {"price_input_usd_per_mtok": "1", "price_output_usd_per_mtok": "10"}
FOX = {
    "name": "Fox",
    "avatar": "🦊",
    "model": MODEL,
    "temperature": 0.2,
    "text": "You are a fox.",
    "greeting": "Yip!",
    "starters": ["Run."],
}
CITY_BODY = {"text": "Tell of {{ city }}.", "variables": [{"name": "city", "default": "Rome"}]}
CITY = {"name": "City", **CITY_BODY}


def _systems(fake: FakeUpstream) -> list[str]:
    """What models were told first, oldest first."""
    asked = [one.json["messages"][0] for one in fake.requests if one.method == "POST"]
    return [str(one["content"]) for one in asked if one["role"] in {"system", "developer"}]


async def _answers_with_it(http: httpx2.AsyncClient, fake: FakeUpstream, prompt: str) -> None:
    use = {"id": prompt, "version": 1, "variables": {"city": "{{ city }}"}}
    begun = await http.post("/api/v1/chat", json={"message": "Hi", "model": MODEL, "prompt": use})
    assert begun.json()["message"]["prompt"] == {"id": prompt, "version": 1}, begun.text
    assert _systems(fake)[-1] == "Tell of {{ city }}.", "a value is data"
    path = f"/api/v1/conversations/{begun.json()['conversation_id']}"
    assert (await http.get(path)).json()["prompt"] == use | {"label": None}
    await http.patch(path, json={"prompt": {"id": prompt}, "system_prompt": "Be brief."})
    said = await http.post(f"{path}/messages", json={"text": "And?"})
    assert (said.json()["message"]["prompt"]["version"], _systems(fake)[-1]) == (2, "Praise Rome.\n\nBe brief.")
    once = await http.post(f"{path}/messages", json={"text": "Now?", "prompt": {"id": prompt, "version": 1}})
    assert (once.json()["message"]["prompt"]["version"], _systems(fake)[-1]) == (1, "Tell of Rome.\n\nBe brief.")
    for wrong, code in (
        ({"id": prompt, "version": 7}, "prompt_version_not_found"),
        ({"id": prompt, "variables": {"town": "x"}}, "prompt_variables_invalid"),
        ({"id": begun.json()["id"]}, "prompt_not_found"),
    ):
        for refused in (
            await http.post(f"{path}/messages", json={"text": "Hi", "prompt": wrong}),
            await http.patch(path, json={"prompt": wrong}),
            await http.post("/api/v1/conversations", json={"prompt": wrong}),
        ):
            assert refused.json()["code"] == code
    await http.patch(path, json={"prompt": None})
    bare = await http.post(f"{path}/messages", json={"text": "Hm?"})
    assert (bare.json()["message"]["prompt"], _systems(fake)[-1]) == (None, "Be brief.")
    failing = {"name": "Late", "text": "{{ o.missing }}", "variables": [{"name": "o", "type": "object"}]}
    late = {"id": (await http.post(PROMPTS, json=failing)).json()["id"], "variables": {"o": {}}}
    ended = (await http.post(f"{path}/messages", json={"text": "Hm?", "prompt": late})).json()
    assert (ended["status"], ended["error"]["code"]) == ("failed", "prompt_rendering_failed")


async def _divides_conversations(http: httpx2.AsyncClient, prompt: str) -> None:
    both = {"versions": [{"version": 1}, {"version": 2}]}
    assert (await http.put(f"{PROMPTS}/{prompt}/labels/production", json=both)).status_code == 200
    seen, asked = set(), {"message": "Hi", "model": MODEL, "prompt": {"id": prompt}}
    for _ in range(9):
        first = (await http.post("/api/v1/chat", json=asked)).json()
        path = f"/api/v1/conversations/{first['conversation_id']}/messages"
        again = (await http.post(path, json={"text": "And?"})).json()
        assert (first["status"], again["status"]) == ("completed", "completed"), (first["error"], again["error"])
        assert first["message"]["prompt"] == again["message"]["prompt"], "a conversation keeps its version"
        seen.add(first["message"]["prompt"]["version"])
    assert seen == {1, 2}
    results = (await http.get(f"{PROMPTS}/{prompt}/results")).json()["data"]
    assert [one["version"] for one in results] == [1, 2]
    assert sum(one["answers"] for one in results) == 3 + 18
    assert sum(one["conversations"] for one in results) == 2 + 9
    for one in results:
        assert (one["failed"], one["unpriced"]) == (0, 0)
        assert float(one["cost_usd"]) > 0 < one["input_tokens"]


async def _plays_a_persona(http: httpx2.AsyncClient, fake: FakeUpstream, prompt: str) -> None:
    use = {"id": prompt, "version": 1, "variables": {"city": "Oslo"}}
    made = (await http.post("/api/v1/personas", json=FOX | {"prompt": use})).json()
    begun = (await http.post("/api/v1/conversations", json={"persona_id": made["id"], "temperature": 1.0})).json()
    cast = begun["persona"]
    assert (cast["name"], cast["greeting"], cast["starters"]) == ("Fox", "Yip!", ["Run."])
    assert (begun["model"], begun["temperature"], begun["system_prompt"]) == (MODEL, 1.0, "You are a fox.")
    changed = await http.patch(
        f"/api/v1/personas/{made['id']}", json={"name": "Hound", "played": {"text": "You bark."}}
    )
    assert (changed.json()["version"], changed.json()["text"], changed.json()["model"]) == (2, "You bark.", None)
    path = f"/api/v1/conversations/{begun['id']}"
    await http.post(f"{path}/messages", json={"text": "Hi"})
    assert _systems(fake)[-1] == "Tell of Oslo.\n\nYou are a fox."
    assert "Yip!" not in str(fake.requests[-1].json)
    assert (await http.delete(f"/api/v1/personas/{made['id']}")).status_code == 204
    assert (await http.get(path)).json()["persona"] == begun["persona"], "it stays as it was"
    forked = (await http.post(f"{path}/fork", json={})).json()
    assert (forked["persona"], forked["prompt"]) == (begun["persona"], begun["prompt"])


async def _sits_on_a_panel(http: httpx2.AsyncClient, fake: FakeUpstream, prompt: str) -> None:
    body = {"name": "Owl", "model": MODEL, "text": "You are an owl.", "prompt": {"id": prompt, "version": 2}}
    owl = (await http.post("/api/v1/personas", json=body)).json()["id"]
    path = f"/api/v1/conversations/{(await http.post('/api/v1/conversations', json={})).json()['id']}/panel"
    panel = {"participants": [{"handle": "Owl", "persona_id": owl, "persona": "Hoot."}], "policy": {"kind": "mention"}}
    put = await http.put(path, json=panel)
    assert put.status_code == 200, put.text
    seat = put.json()["participants"][0]
    assert (seat["model"], seat["persona"], seat["persona_id"]) == (
        MODEL,
        "Praise Rome.\n\nYou are an owl.\n\nHoot.",
        owl,
    )
    await http.patch(f"/api/v1/personas/{owl}", json={"played": {"text": "You are a cat."}})
    await http.post(f"{path}/run", json={"text": "Who?"})
    assert _systems(fake)[-1].startswith("Praise Rome.\n\nYou are an owl.\n\nHoot.")
    refused = await http.put(path, json=panel | {"participants": [{"handle": "Owl", "persona_id": owl}]})
    assert refused.json()["code"] == "panel_invalid", "nobody names a model any more"
    nobody = {"handle": "Owl", "model": MODEL, "persona_id": prompt}
    assert (await http.put(path, json=panel | {"participants": [nobody]})).json()["code"] == "persona_not_found"
