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
        refused = await http.post(PROMPTS, json=PROMPT | {"text": text})
        assert (refused.status_code, refused.json()["code"]) == (400, "prompt_template_invalid")
        assert refused.json()["detail"].startswith("text, line 1: ")


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
