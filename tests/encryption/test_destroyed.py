"""Once an organisation destroyed its keys: every address answers, what is lost is called so, and all else goes on."""

import io
import json
import zipfile
from pathlib import Path

import httpx2

from tests.encryption.test_content import say_everything
from tests.fakes import FakeUpstream
from tests.serving import provider_environment, running
from tests.surfaces.description import described, operations
from tests.surfaces.isolation.belongings import SECRET, Belongings, bring

GONE = {"/v1/responses/{response_id}", "/v1/responses/{response_id}/input_items", "/v1/files/{file_id}/content"}
FORGOTTEN = {
    "/api/v1/cache/{entry_id}": (404, "cached_answer_not_found"),
    "/api/v1/shared/{token}": (404, "share_not_found"),
}
# The provider that a stranger would have named is nowhere.
UNREACHABLE = {"/api/v1/sso/{provider_id}/start"}
# Whose answers tell what people wrote and models said.
WORDS = ("/conversations", "/turns", "/cache", "/v1/files", "/v1/responses", "/v1/batches", "/deliveries")


async def walked(http: httpx2.AsyncClient, paths: list[str], belongings: Belongings) -> dict[str, tuple[int, str, str]]:
    """Status, code and text of what every address answers."""
    answers = {path: await http.get(belongings.address(path)) for path in paths}
    return {path: (one.status_code, _code(one), one.text) for path, one in answers.items()}


def _code(answer: httpx2.Response) -> str:
    if answer.is_success:
        return ""
    told = answer.json()
    return str(told.get("code") or told["error"]["code"])


async def destroy_keys(http: httpx2.AsyncClient) -> None:
    holds = (await http.get("/api/v1/privacy/legal-holds")).json()["data"]
    for hold in holds:  # or else it is refused
        assert (await http.delete(f"/api/v1/privacy/legal-holds/{hold['id']}")).is_success
    name = (await http.get("/api/v1/session")).json()["tenant"]["name"]
    assert (await http.delete("/api/v1/encryption/keys", params={"name": name})).is_success


async def test_every_address_answers_and_life_goes_on(database_url: str, tmp_path: Path) -> None:
    async with (
        FakeUpstream(keys={"good-key"}, retry_after_s=0.05) as fake,
        running(database_url, provider_environment(fake), {"data_dir": tmp_path}) as chimera,
        httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers, timeout=30) as http,
    ):
        belongings = await bring(http)
        paths = [path for method, path, _ in operations(await described(chimera)) if method == "get"]
        before = await walked(http, paths, belongings)
        await destroy_keys(http)
        after = await walked(http, paths, belongings)
        assert {path for path in paths if after[path][0] >= 500} <= UNREACHABLE
        otherwise = {path: after[path][:2] for path in paths if after[path][:2] != before[path][:2]}
        assert otherwise == dict.fromkeys(GONE, (410, "key_destroyed")) | FORGOTTEN
        told = {path: text for path, (_, _, text) in after.items() if any(word in path for word in WORDS)}
        assert [path for path, text in told.items() if SECRET in text] == []
        assert "event: turn.finished" in after["/api/v1/turns/{turn_id}/events"][2]
        assert json.loads(after["/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}"][2])["payload"] is None
        await assert_webhooks_are_mended(http, belongings.address("/api/v1/webhooks/{webhook_id}"))
        await assert_exported(http)
        await say_everything(http)


async def assert_webhooks_are_mended(http: httpx2.AsyncClient, hook: str) -> None:
    (listed,) = (await http.get("/api/v1/webhooks")).json()["data"]
    assert (listed["secret_lost"], listed["enabled"]) == (True, True)
    assert (await http.post(f"{hook}/secret")).json()["secret"].startswith("whsec_")
    assert not (await http.get(hook)).json()["secret_lost"]


async def assert_exported(http: httpx2.AsyncClient) -> None:
    """Everything that is left, and what is lost."""
    await http.post("/api/v1/chat", json={"message": "Anew"})
    answer = await http.post("/api/v1/privacy/exports", json={})
    assert answer.status_code == 200, answer.text
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    manifest = json.loads(archive.read("manifest.json"))
    lost = {"conversations": 2, "messages": 2, "response_contents": 1, "files": 1, "file_chunks": 1, "batches": 1}
    lost |= {"folders": 1, "tags": 1, "memories": 1, "memory_settings": 1, "library_items": 2, "library_versions": 2}
    assert manifest["lost"] == lost
    assert not [name for name in archive.namelist() if name.startswith("files/")]
    talks = {one["title"]: one for one in map(json.loads, archive.read("data/conversations-00000.jsonl").splitlines())}
    assert "lost" not in talks["Anew"]
    assert "You said: Anew" in [message["parts"][0]["text"] for message in talks["Anew"]["messages"]]
    readable = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".md"))
    assert "Anew" in readable
    assert readable.count("*Lost") == 2
