"""What a running server notes: credentials used and refused, models called, what was administered and read."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.fakes import FakeUpstream
from tests.serving import OWNER_EMAIL, OWNER_PASSWORD, Running, provider_environment, running

MODEL = "openai/gpt-4o"


@pytest.fixture
async def chimera(sqlite_url: str, tmp_path: Path) -> AsyncGenerator[Running]:
    async with (
        FakeUpstream() as fake,
        running(sqlite_url, provider_environment(fake, "openai"), {"data_dir": tmp_path}) as server,
    ):
        yield server


async def trail(chimera: Running, **asked: str) -> list[dict[str, Any]]:
    await chimera.house.audit.notes.flush()
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as http:
        answer = await http.get("/api/v1/audit", params=asked | {"limit": "200"})
        assert answer.status_code == 200, answer.text
        return list(answer.json()["data"])


async def test_calls_keys_and_changes_stand_in_the_trail_and_no_secret_does(chimera: Running) -> None:
    canary = "canary-of-a-prompt"
    body = {"model": MODEL, "messages": [{"role": "user", "content": canary}]}
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as http:
        assert (await http.post("/v1/chat/completions", json=body)).status_code == 200
        made = (await http.post("/api/v1/keys", json={"name": "mine", "permissions": ["models:read"]})).json()
        await http.put("/api/v1/policies/cache", json={"mode": "exact"})
        weak = {"Authorization": f"Bearer {made['key']}"}
        assert (await http.get("/api/v1/audit", headers=weak)).status_code == 403
        await http.delete(f"/api/v1/keys/{made['id']}")
        assert (await http.get("/api/v1/models", headers=weak)).status_code == 401
        unknown = {"Authorization": "Bearer ck_nobody-has-ever-had-this-one"}
        assert (await http.get("/api/v1/models", headers=unknown)).status_code == 401
    entries = await trail(chimera)
    acts = [one["act"] for one in reversed(entries)]
    wanted = {"key.used", "model.called", "key.created", "policy.changed", "request.refused", "key.revoked"}
    assert wanted | {"credential.refused"} <= set(acts)
    assert acts.count("key.used") == 2, "once an hour for each key and address"
    assert acts.count("credential.refused") == 1, "of a key that nobody ever had, no organisation is told"
    (called,) = [one for one in entries if one["act"] == "model.called"]
    told = json.loads(called["details"])
    assert (called["target_id"], called["outcome"], told["attempts"]) == (MODEL, "ok", 1)
    assert told["output_tokens"] > 0
    (refused,) = [one for one in entries if one["act"] == "credential.refused"]
    assert (refused["key_id"], refused["outcome"]) == (made["id"], "unauthenticated")
    (created,) = [one for one in entries if one["act"] == "key.created"]
    assert (created["address"], created["request_id"][:4]) == ("127.0.0.1", "req_")
    assert not any(secret in json.dumps(entries) for secret in (canary, made["key"], chimera.key))


async def test_refused_sessions_and_tokens_stand_in_it_once_however_often_they_come(chimera: Running) -> None:
    origin = {"origin": chimera.url}
    async with httpx2.AsyncClient(base_url=chimera.url, headers=origin) as http:
        account = {"email": OWNER_EMAIL, "password": OWNER_PASSWORD}
        assert (await http.post("/api/v1/session", json=account)).status_code == 200
        cookie = {"cookie": f"chimera_session={http.cookies['chimera_session']}"}
        pair = (await http.post("/api/v1/token", json={"client": "script"})).json()
        token = {"authorization": f"Bearer {pair['access_token']}"}
        for good in (cookie, token):
            assert (await http.get("/api/v1/models", headers=good)).status_code == 200
        revoked = await http.post("/api/v1/token/revoke", json={"refresh_token": pair["refresh_token"]})
        assert revoked.is_success, revoked.text
        foreign = await http.post(
            "/api/v1/keys", json={"name": "a"}, headers=cookie | {"origin": "https://evil.example"}
        )
        assert foreign.json()["code"] == "cross_site_request"
        assert (await http.delete("/api/v1/session")).status_code == 204
        http.cookies.clear()
        forged = token["authorization"][:-6] + "AAAAAA"
        for bad in (cookie, token, {"authorization": forged}, {"cookie": "chimera_session=nobodys"}):
            for _ in range(7):
                assert (await http.get("/api/v1/models", headers=bad)).status_code == 401
    entries = await trail(chimera, act="credential.refused")
    told = [(json.loads(one["details"]), one["outcome"]) for one in reversed(entries)]
    assert sum(said["times"] for said, _ in told if said["credential"] == "session") == 8
    assert sum(said["times"] for said, _ in told if said["credential"] == "token") == 7
    assert {outcome for _, outcome in told} == {"cross_site_request", "unauthenticated"}
    assert len(told) < 10
    assert all(one["actor_id"] for one in entries)


async def test_who_reads_the_trail_stands_in_it(chimera: Running) -> None:
    await trail(chimera)
    await trail(chimera)
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as http:
        lines = (await http.get("/api/v1/audit/export")).text.splitlines()
        assert {"entry"} == set(json.loads(lines[0]))
        (key,) = (await http.get("/api/v1/audit/keys")).json()["data"]
        assert (key["algorithm"], len(key["public_key"])) == ("Ed25519", 64)
        assert (await http.get("/api/v1/audit", params={"act": "%"})).status_code == 422
    assert {"audit.read", "audit.exported"} <= {one["act"] for one in await trail(chimera, act="audit.*")}


async def test_a_stopped_server_leaves_no_note_behind_and_a_checkpoint_outside(sqlite_url: str, tmp_path: Path) -> None:
    async with (
        running(sqlite_url, {}, {"data_dir": tmp_path}) as server,
        httpx2.AsyncClient(base_url=server.url, headers=server.headers) as http,
    ):
        assert (await http.get("/api/v1/models")).status_code == 200
    (line,) = (tmp_path / "audit-checkpoints.jsonl").read_text().splitlines()
    said = json.loads(json.loads(line)["text"])
    assert said["number"] >= 1


async def test_webhooks_budgets_and_exports_of_the_ledger_stand_in_it(chimera: Running) -> None:
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as http:
        url = "https://hooks.example.com/?token=canary-of-an-address"
        hook = (await http.post("/api/v1/webhooks", json={"url": url})).json()
        assert (await http.post(f"/api/v1/webhooks/{hook['id']}/secret")).status_code < 300
        assert (await http.delete(f"/api/v1/webhooks/{hook['id']}")).status_code == 204
        terms = {"name": "All", "kind": "tenant", "period": "month", "limit": "5"}
        budget = (await http.post("/api/v1/budgets", json=terms)).json()
        await http.patch(f"/api/v1/budgets/{budget['id']}", json={"limit": "6"})
        assert (await http.delete(f"/api/v1/budgets/{budget['id']}")).status_code == 204
        assert (await http.get("/api/v1/ledger/export")).status_code == 200
    entries = await trail(chimera)
    acts = {one["act"] for one in entries}
    assert {"webhook.created", "webhook.rotated", "webhook.deleted", "ledger.exported"} <= acts
    assert {"budget.created", "budget.changed", "budget.removed"} <= acts
    assert "canary" not in json.dumps(entries)
    assert hook["secret"] not in json.dumps(entries)
