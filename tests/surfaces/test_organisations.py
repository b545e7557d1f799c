"""What organisations and their groups mean to a call, whatever API it speaks."""

from uuid import uuid4

import httpx2
from tests.fakes import FakeUpstream
from tests.serving import Running
from tests.surfaces.requirements import requirement

HI = [{"role": "user", "content": "Hi"}]
ASKED = {
    "/v1/chat/completions": {"model": "openai/gpt-5", "messages": HI},
    "/v1/messages": {"model": "openai/gpt-5", "max_tokens": 9, "messages": HI},
    "/v1beta/models/openai/gpt-5:generateContent": {"contents": [{"parts": [{"text": "Hi"}]}]},
    "/api/chat": {"model": "openai/gpt-5", "messages": HI, "stream": False},
    "/api/v1/chat": {"message": "Hi", "model": "openai/gpt-5"},
}


@requirement("access.tenant")
async def test_a_request_that_names_another_organisation_is_refused_on_every_api(chimera: Running) -> None:
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as http:
        own = (await http.get("/api/v1/session")).json()["tenant"]["id"]
        for path, body in ASKED.items():
            for named, status in ((str(uuid4()), 403), (f"{own}, {uuid4()}", 400), ("mine", 400)):
                answer = await http.post(path, json=body, headers={"x-tenant-id": named})
                assert (answer.status_code, "X-Tenant-ID" in answer.text) == (status, True), path
            assert (await http.post(path, json=body, headers={"x-tenant-id": own.upper()})).is_success, path
        twice = [("x-tenant-id", own), ("x-tenant-id", str(uuid4()))]
        assert (await http.get("/api/v1/session", headers=twice)).status_code == 400


@requirement("access.tenant")
async def test_a_group_is_a_team_whose_budget_binds_its_members(chimera: Running) -> None:
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as http:
        me = (await http.get("/api/v1/users/me")).json()["id"]
        group = (await http.post("/api/v1/groups", json={"name": "Research"})).json()["id"]
        asked = {"name": "Research", "kind": "team", "period": "month", "limit": "1000000", "unit": "tokens"}
        unknown = await http.post("/api/v1/budgets", json=asked | {"subject": str(uuid4())})
        assert (unknown.status_code, unknown.json()["code"]) == (404, "subject_not_found")
        budget = (await http.post("/api/v1/budgets", json=asked | {"subject": group})).json()["id"]
        path = "/v1/chat/completions"
        assert (await http.post(path, json=ASKED[path])).is_success
        assert await spent(http, budget) == 0
        await http.put(f"/api/v1/groups/{group}/members/{me}")
        assert (await http.post(path, json=ASKED[path])).is_success
        used = await spent(http, budget)
        assert used > 0
        await http.patch(f"/api/v1/budgets/{budget}", json={"limit": "1"})
        refused = await http.post(path, json=ASKED[path])
        assert (refused.status_code, refused.json()["error"]["code"]) == (402, "budget_exhausted")
        await http.delete(f"/api/v1/groups/{group}/members/{me}")
        assert (await http.post(path, json=ASKED[path])).is_success
        assert await spent(http, budget) == used


async def spent(http: httpx2.AsyncClient, budget: str) -> float:
    standings = (await http.get(f"/api/v1/budgets/{budget}")).json()["standings"]
    return float(standings[0]["spent"]) if standings else 0.0


@requirement("access.models")
async def test_nobody_of_an_organisation_asks_a_model_that_it_does_not_allow(
    fake: FakeUpstream, chimera: Running
) -> None:
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers, timeout=20) as http:
        assert (await http.put("/api/v1/policies/models", json={"allowed": ["deepseek/*"]})).is_success
        before = len(fake.requests)
        for path, body in ASKED.items():
            assert "model_not_allowed" in (await http.post(path, json=body)).text.lower(), path
        assert len(fake.requests) == before
        path = "/v1/chat/completions"
        refused = await http.post(path, json=ASKED[path])
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "model_not_allowed")
        allowed = await http.post(path, json=ASKED[path] | {"model": "deepseek/some-model"})
        assert allowed.is_success
        chosen = await http.post(path, json=ASKED[path] | {"model": "auto"})
        assert not chosen.is_success or chosen.headers["x-chimera-model"].startswith("deepseek/")
        await http.delete("/api/v1/policies/models")
        assert (await http.post(path, json=ASKED[path])).is_success


@requirement("access.models")
async def test_an_organisation_s_fallbacks_answer_where_a_model_cannot(chimera: Running) -> None:
    path = "/v1/chat/completions"
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers, timeout=20) as http:
        await http.put("/api/v1/policies/models", json={"fallback": ["deepseek/some-model"]})
        answer = await http.post(path, json=ASKED[path] | {"model": "openai/fault-503"})
    assert answer.is_success, answer.text
    assert answer.headers["x-chimera-model"] == "deepseek/some-model"
