"""What the command line and the API tell of conversations and jobs, and do about them, beside a running server."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx2
from tests.bootstrap.terminal import typed
from tests.fakes import FakeUpstream
from tests.serving import ROOT_KEY, Running, provider_environment, running

from chimera.jobs.job import Order
from chimera.jobs.service import Jobs
from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.tenancy.organisations.everybody import tenant_ids

LATER = timedelta(days=1)


async def test_conversations_are_held_and_jobs_are_decided_about(sqlite_url: str, fake: FakeUpstream) -> None:
    folder = Path(sqlite_url.removeprefix("sqlite:///")).parent
    env = {"CHIMERA_DATABASE_URL": sqlite_url, "CHIMERA_DATA_DIR": str(folder), "CHIMERA_ROOT_KEY": ROOT_KEY}
    async with (
        running(sqlite_url, provider_environment(fake, "openai")) as server,
        httpx2.AsyncClient(base_url=server.url, headers=server.headers) as client,
    ):
        said = (await client.post("/api/v1/chat", json={"message": "Why is it blue?", "model": "openai/gpt-5"})).json()
        one = said["conversation_id"]
        address = f"/api/v1/conversations/{one}"

        life = (await client.get(f"{address}/lifecycle")).json()
        assert (life["state"], life["held"], life["retired"]) == ("active", False, None)
        assert (await client.post(f"{address}/complete")).json()["state"] == "completed"
        listed = (await client.get("/api/v1/conversations?state=completed")).json()["data"]
        assert [each["id"] for each in listed] == [one]
        assert (await client.get("/api/v1/conversations?state=active")).json()["data"] == []
        await client.post(f"{address}/messages", json={"text": "And why?"})
        assert (await client.get(address)).json()["state"] == "active"

        await _hold_and_release(client, one, env)
        await _decide_about_jobs(client, server, env)


async def _hold_and_release(client: httpx2.AsyncClient, one: str, env: Mapping[str, str]) -> None:
    address = f"/api/v1/conversations/{one}"
    shown = await typed("conversations", "list", "--json", env=env)
    assert [(each["id"], each["held"]) for each in shown.json] == [(one, False)]
    assert "blue" not in shown.out
    held = await typed("conversations", "hold", one, "--reason", "Case 1", "--json", env=env)
    assert held.json["held"] is True
    refused = await client.delete(address)
    assert (refused.status_code, refused.json()["code"]) == (409, "conversation_held")
    first = (await client.get(f"{address}/messages")).json()["data"][0]["id"]
    assert (await client.delete(f"{address}/messages/{first}")).json()["code"] == "conversation_held"
    whose = (await client.get("/api/v1/privacy/legal-holds")).json()["data"][0]
    assert (whose["conversation_id"], whose["reason"]) == (one, "Case 1")
    erased = await client.post("/api/v1/privacy/erasures", json={"user_id": whose["user_id"]})
    assert erased.json()["code"] == "under_legal_hold"
    assert (await typed("conversations", "release", one, env=env)).code == 0
    assert (await typed("conversations", "release", one, env=env)).code == 1
    assert "Why is it blue?" in (await typed("conversations", "export", one, "--format", "markdown", env=env)).out
    assert (await typed("conversations", "archive", one, "--json", env=env)).json["archived"] is True
    assert (await typed("conversations", "archive", one, "--back", "--json", env=env)).json["archived"] is False
    assert (await typed("conversations", "show", "what", env=env)).code == 2
    assert (await client.delete(address)).status_code == 204


async def _decide_about_jobs(client: httpx2.AsyncClient, server: Running, env: Mapping[str, str]) -> None:
    database = server.house.database
    (tenant_id,) = await tenant_ids(database)
    scope = Scope(tenant_id=tenant_id, actor_id=tenant_id, permissions=frozenset())
    async with database.transaction(scope) as tx:
        jobs = Jobs(wakes=server.house.workers.wakes)
        job: UUID = await jobs.put(tx, scope, Order(kind="of another version", due_at=utc_now() + LATER))
    (seen,) = (await client.get("/api/v1/jobs?state=waiting&kind=of%20another%20version")).json()["data"]
    assert (seen["id"], seen["attempts"]) == (str(job), 0)
    assert (await client.post(f"/api/v1/jobs/{job}/retry")).json()["due_at"] < seen["due_at"]
    told = await typed("jobs", "list", "--json", env=env)
    assert str(job) in [each["id"] for each in told.json]
    assert (await typed("jobs", "retry", str(job), env=env)).code == 0
    assert (await typed("jobs", "cancel", str(job), env=env)).code == 0
    assert (await client.get(f"/api/v1/jobs/{job}")).json()["code"] == "job_not_found"
    assert (await typed("jobs", "show", str(job), env=env)).code == 1
    (schedule,) = (await typed("jobs", "schedules", "--json", env=env)).json
    assert (schedule["name"], schedule["trouble"]) == ("conversations.rest", None)
