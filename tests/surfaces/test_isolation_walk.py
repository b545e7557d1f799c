"""A walk over every endpoint as a stranger: without credentials, and as the owner of another organisation."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from fastapi.routing import iter_route_contexts
from tests.serving import Running
from tests.surfaces.description import PUBLIC, described, operations
from tests.surfaces.requirements import requirement
from tests.surfaces.shapes import refused

from chimera.bootstrap.web import Doors, create_app
from chimera.kit.ids import new_id
from chimera.tenancy.credentials import hashed, new_api_key, shown_prefix
from chimera.tenancy.keys.repository import AllApiKeys
from chimera.tenancy.keys.tables import ApiKeyRow
from chimera.tenancy.permissions import ALL, OWNER
from chimera.tenancy.repository import AllTenants, AllUsers
from chimera.tenancy.tables import TenantRow, UserRow

pytestmark = pytest.mark.asyncio(loop_scope="module")

# Public, and not in the description: pages for people and monitoring, which hold nothing of any organisation.
PAGES = {"/docs", "/docs/start.js", "/metrics", "/openapi.json"}
SECRET = "the plan for the coup"
# A body that would succeed, had the caller the right to it.
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("patch", "/api/v1/conversations/{conversation_id}"): {"title": "mine now"},
    ("post", "/api/v1/conversations/{conversation_id}/messages"): {"text": "Hi"},
    ("post", "/api/v1/conversations"): {"title": "Mine"},
    ("post", "/api/v1/cache/{entry_id}/feedback"): {"good": False},
    ("put", "/api/v1/policies/cache"): {"mode": "exact"},
    ("put", "/api/v1/policies/experiments"): {"running": []},
    ("put", "/api/v1/policies/layout"): {"auto": True},
    ("post", "/api/v1/lint"): {"request": {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}},
    ("put", "/api/v1/policies/limits"): {"tier": "unlimited"},
    ("put", "/api/v1/policies/resilience"): {"level": "full"},
    ("put", "/api/v1/policies/routing"): {"dial": 1.0},
    ("put", "/api/v1/policies/spend"): {"unpriced": "refuse"},
    ("post", "/api/v1/chat"): {"message": "Hi"},
    ("post", "/api/v1/estimate"): {"model": "auto", "messages": [{"role": "user", "content": "Hi"}]},
    ("post", "/api/v1/route"): {"model": "auto", "messages": [{"role": "user", "content": "Hi"}]},
    ("post", "/api/v1/route/replay"): {"dial": 0.5},
    ("post", "/api/v1/feedback"): {"call_id": "0199c3f4-0000-7000-8000-000000000000", "good": True},
    ("post", "/api/v1/keys"): {"name": "mine"},
    ("post", "/api/v1/password"): {"old_password": "x", "new_password": "several unrelated words"},
    ("post", "/api/v1/budgets"): {"name": "mine", "kind": "tenant", "period": "month", "limit": "1", "hard": False},
    ("patch", "/api/v1/budgets/{budget_id}"): {"name": "mine now"},
    ("post", "/api/v1/webhooks"): {"url": "https://example.invalid/mine"},
    ("patch", "/api/v1/webhooks/{webhook_id}"): {"description": "mine now"},
    ("post", "/api/v1/webhooks/{webhook_id}/replay"): {"since": "2026-01-01T00:00:00Z"},
    ("post", "/api/v1/session"): {"email": "nobody@example.com", "password": "x"},
    ("post", "/v1/chat/completions"): {"model": "openai/gpt-5", "messages": [{"role": "user", "content": "Hi"}]},
    ("post", "/v1/files"): {},  # a form, which `test_files.py` sends
    ("post", "/v1/batches"): {
        "input_file_id": f"file-{'0' * 32}",
        "endpoint": "/v1/embeddings",
        "completion_window": "24h",
    },
    ("post", "/v1/moderations"): {"input": "Hi"},
    ("post", "/v1/audio/speech"): {"model": "tts-1", "input": "Hi", "voice": "alloy"},
    ("post", "/v1/audio/transcriptions"): {},
    ("post", "/v1/audio/translations"): {},
    ("post", "/v1/images/generations"): {"model": "gpt-image-1", "prompt": "a fox"},
    ("post", "/v1/responses"): {"model": "openai/gpt-5", "input": "Hi"},
    ("post", "/v1/responses/compact"): {"model": "openai/gpt-5", "input": "Hi"},
    ("post", "/v1/responses/input_tokens"): {"model": "openai/gpt-5", "input": "Hi"},
    ("post", "/v1/messages"): {
        "model": "openai/gpt-5",
        "max_tokens": 9,
        "messages": [{"role": "user", "content": "Hi"}],
    },
    ("post", "/v1/messages/count_tokens"): {
        "model": "openai/gpt-5",
        "messages": [{"role": "user", "content": "Hi"}],
    },
    ("post", "/v1/embeddings"): {"model": "openai/text-embedding-3-small", "input": "Hi"},
    **{
        ("post", f"/v1beta/models/{{model}}:{method}"): {"contents": [{"parts": [{"text": "Hi"}]}]}
        for method in ("generateContent", "streamGenerateContent", "countTokens")
    },
    ("post", "/v1beta/models/{model}:embedContent"): {"content": {"parts": [{"text": "Hi"}]}},
    ("post", "/v1beta/models/{model}:batchEmbedContents"): {
        "requests": [{"model": "models/openai/gpt-5", "content": {"parts": [{"text": "Hi"}]}}]
    },
    ("post", "/api/chat"): {"model": "openai/gpt-5", "messages": [{"role": "user", "content": "Hi"}]},
    ("post", "/api/generate"): {"model": "openai/gpt-5", "prompt": "Hi"},
    ("post", "/api/embed"): {"model": "openai/text-embedding-3-small", "input": "Hi"},
    ("post", "/api/embeddings"): {"model": "openai/text-embedding-3-small", "prompt": "Hi"},
    ("post", "/api/show"): {"model": "openai/gpt-5"},
}
# Path parameters that name no tenant's thing.
SHARED = {"model": "openai/gpt-5", "month": "2026-11"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Belongings:
    """What the first organisation has: ids by the name of their path parameter, and those found elsewhere."""

    ids: dict[str, str]
    message_id: str
    cursor: str

    @property
    def traces(self) -> set[str]:
        """What no stranger may see anywhere."""
        return {*self.ids.values(), self.message_id, SECRET}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def belongings(caller: httpx2.AsyncClient) -> Belongings:
    turn = (await caller.post("/api/v1/chat", json={"message": SECRET})).json()
    await caller.post("/api/v1/conversations", json={"title": SECRET})
    key = (await caller.post("/api/v1/keys", json={"name": SECRET})).json()
    file = (await caller.post("/v1/files", data={"purpose": "batch"}, files={"file": (SECRET, b"{}")})).json()
    asked = {"input_file_id": file["id"], "endpoint": "/v1/embeddings", "completion_window": "24h"}
    batch = (await caller.post("/v1/batches", json=asked)).json()
    kept = (await caller.post("/v1/responses", json={"model": "openai/gpt-5", "input": SECRET})).json()
    page = (await caller.get("/api/v1/conversations?limit=1")).json()
    entry_id = await cached(caller)
    hook = (
        await caller.post("/api/v1/webhooks", json={"url": "https://example.invalid", "description": SECRET})
    ).json()
    sent = (await caller.post(f"/api/v1/webhooks/{hook['id']}/ping")).json()
    ids = {"conversation_id": turn["conversation_id"], "turn_id": turn["id"], "key_id": key["id"]}
    ids |= {"file_id": file["id"], "batch_id": batch["id"], "response_id": kept["id"], "entry_id": entry_id}
    budget = BODIES["post", "/api/v1/budgets"] | {"name": SECRET}
    ids |= {"webhook_id": hook["id"], "delivery_id": sent["id"]}
    ids |= {"budget_id": (await caller.post("/api/v1/budgets", json=budget)).json()["id"]}
    return Belongings(ids=ids, message_id=turn["message"]["id"], cursor=page["next_cursor"])


async def cached(caller: httpx2.AsyncClient) -> str:
    """Id of an answer that the first organisation is given again."""
    asked = {"model": "openai/gpt-5", "messages": [{"role": "user", "content": SECRET}]}
    await caller.put("/api/v1/policies/cache", json={"mode": "exact"})
    await caller.post("/v1/chat/completions", json=asked)
    again = await caller.post("/v1/chat/completions", json=asked)
    await caller.delete("/api/v1/policies/cache")
    return again.headers["x-chimera-cache-id"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stranger(standing: Running) -> AsyncGenerator[httpx2.AsyncClient]:
    """The owner of another organisation, with a key that may do everything there."""
    tenant, user, secret = new_id(), new_id(), new_api_key()
    async with standing.house.database.system_transaction() as tx:
        await AllTenants(tx).add(TenantRow(id=tenant, name="Others"))
        other = UserRow(tenant_id=tenant, id=user, email="other@example.com", name="other", role=OWNER)
        await AllUsers(tx).add(other)
        await AllApiKeys(tx).add(
            ApiKeyRow(
                tenant_id=tenant,
                user_id=user,
                name="other",
                prefix=shown_prefix(secret),
                secret_hash=hashed(secret.encode()),
                permissions=sorted(ALL),
            )
        )
    headers = {"Authorization": f"Bearer {secret}"}
    async with httpx2.AsyncClient(base_url=standing.url, headers=headers, timeout=20) as http:
        yield http


def innermost(app: Any) -> Any:
    """What stands behind all layers before it."""
    while hasattr(app, "app"):
        app = app.app
    return app


def body_of(method: str, path: str, operation: dict[str, Any]) -> dict[str, Any] | None:
    assert ("requestBody" in operation) == ((method, path) in BODIES), f"tell this walk how to {method} {path}"
    return BODIES.get((method, path))


def filled(path: str, ids: dict[str, str]) -> str:
    for name, value in (ids | SHARED).items():
        path = path.replace(f"{{{name}}}", value)
    assert "{" not in path, f"tell this walk what to put in {path}"
    return path


async def assert_untouched(caller: httpx2.AsyncClient, belongings: Belongings) -> None:
    conversation = await caller.get(f"/api/v1/conversations/{belongings.ids['conversation_id']}")
    assert (conversation.json()["title"], conversation.json()["message_count"]) == (SECRET, 2)
    assert (await caller.get(f"/api/v1/turns/{belongings.ids['turn_id']}")).json()["status"] == "completed"
    assert SECRET in (await caller.get(f"/api/v1/cache/{belongings.ids['entry_id']}")).json()["text"]
    keys = (await caller.get("/api/v1/keys")).json()["data"]
    assert belongings.ids["key_id"] in [key["id"] for key in keys]


@requirement("access.tenant")
async def test_another_organisation_s_things_are_not_found_by_any_endpoint(
    standing: Running, caller: httpx2.AsyncClient, stranger: httpx2.AsyncClient, belongings: Belongings
) -> None:
    walked = 0
    for method, path, operation in operations(await described(standing)):
        if (method, path) in PUBLIC:
            continue
        body = body_of(method, path, operation)
        response = await stranger.request(method, filled(path, belongings.ids), json=body)
        where = f"{method} {path}: {response.text[:300]}"
        if any(f"{{{name}}}" in path for name in belongings.ids):
            assert response.status_code == 404, where
            refused(response)
            walked += 1
        else:
            assert not [trace for trace in belongings.traces if trace in response.text], where
    assert walked >= 9
    await assert_untouched(caller, belongings)


@requirement("access.tenant")
async def test_nor_are_they_reached_through_bodies_and_queries(
    caller: httpx2.AsyncClient, stranger: httpx2.AsyncClient, belongings: Belongings
) -> None:
    taken = belongings.ids["conversation_id"]
    for stream in (False, True):
        response = await stranger.post(
            "/api/v1/chat", json={"message": "Hi", "conversation_id": taken, "stream": stream}
        )
        assert refused(response) == "conversation_not_found"
    own = (await stranger.post("/api/v1/chat", json={"message": "Hi"})).json()["conversation_id"]
    before = await stranger.get(f"/api/v1/conversations/{own}/messages?before={belongings.message_id}")
    assert refused(before) == "message_not_found"
    for query in (f"cursor={belongings.cursor}", "q=coup", "limit=100"):
        listed = await stranger.get(f"/api/v1/conversations?{query}")
        assert listed.status_code == 200
        assert not [trace for trace in belongings.traces if trace in listed.text]
    await assert_untouched(caller, belongings)


@requirement("access.public")
async def test_without_credentials_only_the_public_endpoints_answer(standing: Running, belongings: Belongings) -> None:
    async with httpx2.AsyncClient(base_url=standing.url) as nobody:
        for method, path, operation in operations(await described(standing)):
            body = body_of(method, path, operation)
            response = await nobody.request(method, filled(path, belongings.ids), json=body)
            if (method, path) not in PUBLIC:
                assert (refused(response), response.status_code) == ("unauthenticated", 401), f"{method} {path}"
            elif path == "/api/v1/session" and method == "post":
                assert refused(response) == "invalid_credentials"
            else:
                assert response.is_success, f"{method} {path}"
        for page in (*PAGES, "/", "/some/page/of/the/app"):
            answer = await nobody.get(page)
            assert answer.status_code in {200, 503}  # 503: the web app is not built
            assert not [trace for trace in belongings.traces if trace in answer.text]


@requirement("access.public")
async def test_nothing_is_served_that_is_not_described(standing: Running) -> None:
    doors = create_app(standing.house)
    while not isinstance(doors, Doors):
        doors = doors.app
    served = {route.path for route in iter_route_contexts(innermost(doors.rest).routes)}
    served |= {route.path.replace(":path}", "}") for route in innermost(doors.compat).router.routes}
    # Gemini's have a second address each, which is described with the first.
    served -= {path for path in served if path.startswith("/v1/models/{model}:")}
    assert served == set((await described(standing))["paths"]) | PAGES
